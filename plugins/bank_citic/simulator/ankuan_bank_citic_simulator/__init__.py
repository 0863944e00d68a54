"""Simulator of the bank's front-end program: HTTP, XML in GBK. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_citic_simulator.app import wire_app
from ankuan_simcore.serve import Profile, run_simulator

PROFILE = Profile(id="bank_citic", display_name="中信银行银企直联", default_port=9101, default_admin_port=9102)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, wire_app, argv)
