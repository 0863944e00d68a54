"""China Construction Bank (建设银行) external link platform: hook implementation only."""

from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.hooks import hookimpl
from ankuan_bank_ccb.plugin import CcbPlugin


@hookimpl
def ankuan_register_bank() -> BankPlugin:
    """Tell the platform what this plugin speaks to."""
    return CcbPlugin()
