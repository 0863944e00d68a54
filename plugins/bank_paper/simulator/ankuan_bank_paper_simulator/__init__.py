"""Simulator of a counter that takes paper. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_paper_simulator.counter import wire_app
from ankuan_simcore.numbering import WITHOUT_SUB_ACCOUNTS
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import Context, HttpWire, Profile


def _settings(_context: Context, _main: str | None) -> dict[str, str]:
    return {"bank_name": "示例农村商业银行", "branch": "示例支行"}


PROFILE = Profile(
    id="bank_paper",
    display_name="纸质办理银行（柜台）",
    admin_port=9192,
    numbering=WITHOUT_SUB_ACCOUNTS,
    settings=_settings,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [HttpWire("wire", wire_app, 9191)], argv)
