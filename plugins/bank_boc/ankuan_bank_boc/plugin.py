"""Who this bank is and what it can do."""

from collections.abc import Mapping

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, PluginServices, Setting
from ankuan.plugin_api.transport import HttpTransport
from ankuan_bank_boc.config import SETTINGS, read_config
from ankuan_bank_boc.connector import BATCH_LIMIT, BocConnector
from ankuan_bank_boc.messages import ENCODING

CAPABILITIES = BankCapabilities(
    batch_limit=BATCH_LIMIT,
    receipts=True,
    client_ref_max_length=12,
    client_ref_alphabet="0123456789ABCDEFGHJKLMNPQRSTUVWXYZ",
    encoding=ENCODING,
)


class BocPlugin:
    """Bank of China. Implements ``BankPlugin``."""

    id = "bank_boc"
    display_name = "中国银行"
    bank_code_prefix = "104"
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_config(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> BocConnector:
        """A connector for one fund account. Opens no connection yet."""
        config = read_config(account.settings)
        headers = {"Content-Type": "application/xml; charset=UTF-8"}
        transport = HttpTransport(config.endpoint, services.clock, headers=headers)
        return BocConnector(account, config, transport, services.clock, services.timeout_seconds)
