"""Industrial and Commercial Bank of China (工商银行), NetSafe Client: hook implementation only."""

from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.hooks import hookimpl
from ankuan_bank_icbc.plugin import IcbcPlugin


@hookimpl
def ankuan_register_bank() -> BankPlugin:
    """Tell the platform what this plugin speaks to."""
    return IcbcPlugin()
