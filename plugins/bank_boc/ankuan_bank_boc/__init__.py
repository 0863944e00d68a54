"""Bank of China (中国银行) B2E: hook implementation only."""

from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.hooks import hookimpl
from ankuan_bank_boc.plugin import BocPlugin


@hookimpl
def ankuan_register_bank() -> BankPlugin:
    """Tell the platform what this plugin speaks to."""
    return BocPlugin()
