"""Who this bank is and what it can do."""

from collections.abc import Mapping
from datetime import time

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, Hours, PluginServices, Setting
from ankuan_bank_cmb.client import Gateway
from ankuan_bank_cmb.compose import BATCH_LIMIT
from ankuan_bank_cmb.config import SETTINGS, read_config
from ankuan_bank_cmb.connector import CmbConnector
from ankuan_bank_cmb.session import Desk

CAPABILITIES = BankCapabilities(
    sub_accounts_online=True,
    pay_from_sub_account=True,
    adjustments=True,
    transfers=True,
    batch_limit=BATCH_LIMIT,
    statements_push=True,
    receipts=True,
    client_ref_max_length=30,
    client_ref_alphabet="0123456789",
    encoding="gbk",
    large_value=Hours(time(9, 0), time(17, 0)),
)


class CmbPlugin:
    """China Merchants Bank. Implements ``BankPlugin``."""

    id = "bank_cmb"
    display_name = "招商银行"
    bank_code_prefix = "308"
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_config(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> CmbConnector:
        """A connector for one fund account. Opens no connection yet."""
        config = read_config(account.settings)
        gateway = Gateway(config.endpoint, config.receipt_host, services.clock, config.concurrent_requests)
        desk = Desk(gateway, config, services.signer(config.signer), services.clock)
        return CmbConnector(account, desk, services.timeout_seconds)
