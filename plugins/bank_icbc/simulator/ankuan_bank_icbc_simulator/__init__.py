"""Simulator of a NetSafe Client and the bank behind it: two HTTP ports. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_icbc_simulator.app import secure_app, sign_app
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import Context, HttpWire, Profile


def _prefix(main: str) -> str:
    return f"95588{main[-9:]:0>9}"


def _settings(context: Context, _main: str | None) -> dict[str, str]:
    return {
        "sign_url": context.url("sign"),
        "secure_url": context.url("secure"),
        "cis": "370290009999999",
        "cert_id": "court0102.y.1602",
        "cards": "on",
    }


NUMBERING = Numbering(
    next_main="16020011192{:08d}".format,
    prefix=_prefix,
    tail_digits=5,
    last_tail=99_999,
    adjustment="{}-0".format,
)
"""Accounts and cards (管家卡) have 19 digits; a card has nine digits of its account and a tail of five."""
PROFILE = Profile(
    id="bank_icbc", display_name="工商银行银企互联", admin_port=9112, numbering=NUMBERING, settings=_settings
)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --sign-port, --admin-port, --data, --keys, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [HttpWire("secure", secure_app, 9111), HttpWire("sign", sign_app)], argv)
