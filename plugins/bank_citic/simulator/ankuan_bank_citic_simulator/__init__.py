"""Simulator of the bank's front-end program: HTTP, XML in GBK. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_citic_simulator.app import wire_app
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import Context, HttpWire, Profile


def _prefix(main: str) -> str:
    return f"81{main[-10:]:0>10}"


def _adjustment(main: str) -> str:
    return f"{_prefix(main)}0000000"


def _settings(context: Context, _main: str | None) -> dict[str, str]:
    return {"endpoint": context.url(), "user_name": "court0102"}


NUMBERING = Numbering(
    next_main="811250101230{:07d}".format,
    prefix=_prefix,
    tail_digits=7,
    last_tail=9_999_999,
    adjustment=_adjustment,
    shows_adjustment=True,
)
"""19 digits: ``81``, ten digits of the main account, a tail of seven; tail zero is the 公共调账账号."""
PROFILE = Profile(
    id="bank_citic",
    display_name="中信银行银企直联",
    admin_port=9102,
    numbering=NUMBERING,
    settings=_settings,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --keys DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [HttpWire("wire", wire_app, 9101)], argv)
