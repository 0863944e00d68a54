"""Simulator of the multi-bank funds platform: ISO 20022 over signed HTTP. Shares no code with the plugin it tests."""

from collections.abc import Sequence

from ankuan_bank_platform_simulator.app import wire_app
from ankuan_bank_platform_simulator.door import USUAL
from ankuan_bank_platform_simulator.keys import app_id, key_name, own_key
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import Context, HttpWire, Profile

BANK_CODE = "313451000015"
"""The bank at which the simulated court's account is: a city bank, as most that are reached by way of a hub."""


def _settings(context: Context, _main: str | None) -> dict[str, str]:
    return {
        "endpoint": context.url(),
        "app_id": app_id(USUAL),
        "algorithm": USUAL,
        "signer": "signer_softkey",
        "signing_key": key_name(USUAL),
        "platform_public_key": own_key(context, USUAL).public,
        "bank_code": BANK_CODE,
    }


NUMBERING = Numbering(
    next_main="8660100010{:06d}".format, tail_digits=8, last_tail=99_999_999, adjustment="{}00000000".format
)
"""A sub-account is the main account's number and eight digits; unowned money shows as the main account's."""
PROFILE = Profile(
    id="bank_platform",
    display_name="多银行资金平台",
    admin_port=9142,
    numbering=NUMBERING,
    settings=_settings,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; ``argv``: --port, --admin-port, --data DIR, --keys DIR, --account NUMBER=NAME."""
    return run_simulator(PROFILE, [HttpWire("wire", wire_app, 9141)], argv)
