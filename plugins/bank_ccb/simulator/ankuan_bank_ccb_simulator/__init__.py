"""Simulator of the bank's front-end program: bare TCP, XML in GB18030. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_ccb_simulator.tcp import wire_handler
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import Context, Profile, TcpWire


def _settings(context: Context, _main: str | None) -> dict[str, str]:
    return {
        "address": context.address(),
        "customer_id": "SDP370102000001",
        "user_id": "WLPT01",
        "password": "888888",
        "failed_results": "3",
    }


NUMBERING = Numbering(
    next_main="3705016{:013d}".format, tail_digits=0, first_tail=1, last_tail=0, adjustment="{}-0".format
)
"""Main accounts of 20 digits, no sub-accounts."""
PROFILE = Profile(
    id="bank_ccb",
    display_name="建设银行外联平台",
    admin_port=9122,
    numbering=NUMBERING,
    settings=_settings,
    manual_confirm=True,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [TcpWire("wire", wire_handler, 9121)], argv)
