"""Simulator of the bank's front-end program: TCP with a length prefix, result files. Shares no code with the plugin."""

from collections.abc import Sequence

from ankuan_bank_abc_simulator.operations import FILES
from ankuan_bank_abc_simulator.tcp import wire_handler
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import Context, Profile, TcpWire


def _settings(context: Context, _main: str | None) -> dict[str, str]:
    return {
        "address": context.address(),
        "corp_no": "6666888899990001",
        "operator_no": "0001",
        "province": "15",
        "file_folder": str(context.folder(FILES)),
    }


NUMBERING = Numbering(
    next_main="1700010400{:07d}".format, tail_digits=0, first_tail=1, last_tail=0, adjustment="{}-0".format
)
"""Main accounts of 17 digits, no sub-accounts."""
PROFILE = Profile(
    id="bank_abc", display_name="农业银行银企通", admin_port=9152, numbering=NUMBERING, settings=_settings
)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [TcpWire("wire", wire_handler, 9151)], argv)
