"""Agricultural Bank of China (农业银行) direct link: hook implementation only."""

from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.hooks import hookimpl
from ankuan_bank_abc.plugin import AbcPlugin


@hookimpl
def ankuan_register_bank() -> BankPlugin:
    """Tell the platform what this plugin speaks to."""
    return AbcPlugin()
