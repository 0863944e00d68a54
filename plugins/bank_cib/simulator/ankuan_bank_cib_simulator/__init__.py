"""Simulator of the bank's agent (银企代理): HTTP, XML in GBK. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_cib_simulator.app import settings, wire_app
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import HttpWire, Profile

NUMBERING = Numbering(
    next_main="117010100{:09d}".format,
    tail_digits=6,
    first_tail=10_000,
    last_tail=999_989,
    adjustment="{}000000".format,
    shows_adjustment=True,
)
"""Main accounts of eighteen digits, six more for a sub-account; 000000 stands for what no sub-account owns."""
PROFILE = Profile(
    id="bank_cib", display_name="兴业银行银企直联", admin_port=9172, numbering=NUMBERING, settings=settings
)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --keys DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [HttpWire("wire", wire_app, 9171)], argv)
