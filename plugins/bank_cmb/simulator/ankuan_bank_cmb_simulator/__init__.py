"""Simulator of the bank's CloudDC gateway: HTTP form, JSON, SM2 and SM4. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_cmb_simulator.app import settings, wire_app
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import HttpWire, Profile, run_simulator

PROFILE = Profile(
    id="bank_cmb",
    display_name="招商银行云直联",
    admin_port=9132,
    numbering=Numbering(
        next_main="53190{:010d}".format, tail_digits=10, last_tail=9_999_999_999, adjustment="{}0000000000".format
    ),
    settings=settings,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --keys DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [HttpWire("wire", wire_app, port=9131)], argv)
