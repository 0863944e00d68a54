"""China Merchants Bank (招商银行) CloudDC: hook implementation only."""

from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.hooks import hookimpl
from ankuan_bank_cmb.plugin import CmbPlugin


@hookimpl
def ankuan_register_bank() -> BankPlugin:
    """Tell the platform what this plugin speaks to."""
    return CmbPlugin()
