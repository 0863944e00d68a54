"""Who this bank is and what it can do."""

from collections.abc import Mapping
from datetime import time

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, Hours, PluginServices, Setting
from ankuan.plugin_api.transport import HttpTransport
from ankuan_bank_citic.compose import BATCH_LIMIT
from ankuan_bank_citic.config import SETTINGS, read_config
from ankuan_bank_citic.connector import CiticConnector

CAPABILITIES = BankCapabilities(
    sub_accounts_online=True,
    sub_accounts_pool=True,
    pay_from_sub_account=True,
    adjustments=True,
    transfers=True,
    batch_limit=BATCH_LIMIT,
    receipts=True,
    client_ref_max_length=20,
    client_ref_alphabet="0123456789",
    encoding="gbk",
    large_value=Hours(time(9, 0), time(17, 0)),
)


class CiticPlugin:
    """China CITIC Bank. Implements ``BankPlugin``."""

    id = "bank_citic"
    display_name = "中信银行"
    bank_code_prefix = "302"
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_config(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> CiticConnector:
        """A connector for one fund account. Opens no connection yet."""
        config = read_config(account.settings)
        front_end = HttpTransport(config.endpoint, services.clock, headers={"Content-Type": "text/xml; charset=GBK"})
        return CiticConnector(account, config, front_end, services.clock, services.timeout_seconds)
