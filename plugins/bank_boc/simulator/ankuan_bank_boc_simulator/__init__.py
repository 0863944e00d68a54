"""Simulator of the bank's front-end program: HTTP, XML in UTF-8. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_boc_simulator.app import wire_app
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import Context, HttpWire, Profile


def _settings(context: Context, _main: str | None) -> dict[str, str]:
    return {
        "endpoint": context.url(),
        "terminal_id": "E192168001001",
        "customer_id": "12345678",
        "operator_id": "87654321",
        "operator_password": "888888",
        "bank_number": "104451000001",
    }


NUMBERING = Numbering(next_main="2000{:08d}".format, tail_digits=0, first_tail=1, last_tail=0, adjustment="{}-0".format)
"""Main accounts of twelve digits, no sub-accounts."""
PROFILE = Profile(id="bank_boc", display_name="中国银行 B2E", admin_port=9162, numbering=NUMBERING, settings=_settings)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [HttpWire("wire", wire_app, 9161)], argv)
