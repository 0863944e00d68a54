"""Multi-bank funds platform (多银行资金平台), ISO 20022 over HTTP: hook implementations only."""

from ankuan.plugin_api.accounts import AccountVerifier
from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.hooks import hookimpl
from ankuan_bank_platform.plugin import PlatformPlugin
from ankuan_bank_platform.verifier import PlatformVerifier, settings_file


@hookimpl
def ankuan_register_bank() -> BankPlugin:
    """Tell the platform what this plugin speaks to."""
    return PlatformPlugin()


_FILE = settings_file()
if _FILE is not None:
    # Only then: a verifier that can't ask anybody must not look like one that can.
    _VERIFIER_FILE = _FILE

    @hookimpl
    def ankuan_register_account_verifier() -> AccountVerifier:
        """Tell the platform who checks accounts of other banks."""
        return PlatformVerifier(_VERIFIER_FILE)
