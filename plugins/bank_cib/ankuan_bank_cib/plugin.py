"""Who this bank is and what it can do."""

from collections.abc import Mapping
from datetime import time, timedelta

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, Hours, PluginServices, Setting
from ankuan.plugin_api.transport import HttpTransport
from ankuan_bank_cib.compose import BATCH_LIMIT
from ankuan_bank_cib.config import SETTINGS, read_config
from ankuan_bank_cib.connector import CibConnector
from ankuan_bank_cib.numbers import CAPACITY
from ankuan_bank_cib.opening import OPENED_PER_CALL
from ankuan_bank_cib.session import CONTENT_TYPE, Desk

CAPABILITIES = BankCapabilities(
    sub_accounts_online=True,
    sub_accounts_per_call=OPENED_PER_CALL,
    sub_accounts_capacity=CAPACITY,
    pay_from_sub_account=True,
    adjustments=True,
    transfers=True,
    batch_limit=BATCH_LIMIT,
    query_after=timedelta(minutes=15),
    statements_push=True,
    receipts=True,
    client_ref_max_length=30,
    client_ref_alphabet="0123456789",
    encoding="gbk",
    large_value=Hours(time(9, 0), time(17, 0)),
)


class CibPlugin:
    """Industrial Bank. Implements ``BankPlugin``."""

    id = "bank_cib"
    display_name = "兴业银行"
    bank_code_prefix = "309"
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_config(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> CibConnector:
        """A connector for one fund account. Opens no connection yet."""
        config = read_config(account.settings)
        agent = HttpTransport(config.endpoint, services.clock, headers={"Content-Type": CONTENT_TYPE})
        return CibConnector(account, Desk(agent, config, services.clock), services.timeout_seconds)
