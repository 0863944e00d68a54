"""Who this bank is and what it can do."""

from collections.abc import Mapping
from datetime import time

from ankuan.kernel.clock import Clock, SystemClock
from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef
from ankuan_bank_citic.client import FrontEnd, http_client
from ankuan_bank_citic.config import SCHEMA, read_settings
from ankuan_bank_citic.connector import CiticConnector

CAPABILITIES = BankCapabilities(
    sub_accounts_online=True,
    adjustments=True,
    pay_from_sub_account=True,
    realtime_result=False,
    batch_limit=1,
    client_ref_max_length=20,
    client_ref_alphabet="0123456789",
    encoding="gbk",
    large_value_from=time(9, 0),
    large_value_until=time(17, 0),
)


class CiticPlugin:
    """China CITIC Bank. Implements ``BankPlugin``. The clock is given by tests."""

    id = "bank_citic"
    display_name = "中信银行"
    bank_code_prefix = "302"
    capabilities = CAPABILITIES
    settings_schema: Mapping[str, str] = SCHEMA

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_settings(settings)

    def connect(self, account: FundAccountRef, *, timeout_seconds: int) -> CiticConnector:
        """A connector for one fund account. Opens no connection yet."""
        config = read_settings(account.settings)
        front_end = FrontEnd(http_client(), config.endpoint, self._clock)
        return CiticConnector(account, config, front_end, self._clock, timeout_seconds)
