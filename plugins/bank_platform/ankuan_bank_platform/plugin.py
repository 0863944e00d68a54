"""Who this is and what it can do."""

from collections.abc import Mapping
from datetime import time
from typing import Final

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, Hours, PluginServices, Setting
from ankuan_bank_platform.client import Platform, http_client
from ankuan_bank_platform.config import SETTINGS, read_config
from ankuan_bank_platform.connector import SUB_ACCOUNTS_PER_CALL, PlatformConnector
from ankuan_bank_platform.initiation import BATCH_LIMIT
from ankuan_bank_platform.signing import Nonces

CAPABILITIES: Final = BankCapabilities(
    sub_accounts_online=True,
    sub_accounts_pool=True,
    sub_accounts_per_call=SUB_ACCOUNTS_PER_CALL,
    pay_from_sub_account=True,
    adjustments=True,
    transfers=True,
    batch_limit=BATCH_LIMIT,
    statements_push=True,
    receipts=True,
    account_check=True,
    client_ref_max_length=35,
    client_ref_alphabet="0123456789",
    encoding="utf-8",
    large_value=Hours(time(9, 0), time(17, 0)),
)


class PlatformPlugin:
    """The hub of the indirectly connected banks. Implements ``BankPlugin``."""

    id = "bank_platform"
    display_name = "多银行资金平台"
    bank_code_prefix = "000"
    """No bank's: the court's own bank is a setting (``bank_code``), and the plugin tells payments inside it itself."""
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def __init__(self) -> None:
        self._nonces: dict[str, Nonces] = {}

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_config(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> PlatformConnector:
        """A connector for one fund account. Opens no connection yet. Raises InvalidSettings without its signer."""
        config = read_config(account.settings)
        credentials = config.link.credentials(services)
        # Connectors come and go with every call; what was seen of one platform outlives them.
        seen = self._nonces.setdefault(config.link.endpoint, Nonces())
        platform = Platform(http_client(), config.link.endpoint, credentials, services.clock, seen)
        return PlatformConnector(account, config, platform, services.clock, services.timeout_seconds)
