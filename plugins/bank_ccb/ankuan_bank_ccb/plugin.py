"""Who this bank is and what it can do."""

from collections.abc import Mapping

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, PluginServices, Setting
from ankuan.plugin_api.transport import TcpTransport
from ankuan_bank_ccb.config import SETTINGS, read_config
from ankuan_bank_ccb.connector import CcbConnector

CAPABILITIES = BankCapabilities(
    manual_confirm=True,
    client_ref_max_length=16,
    client_ref_alphabet="0123456789",
    encoding="gb18030",
)


class CcbPlugin:
    """China Construction Bank. Implements ``BankPlugin``."""

    id = "bank_ccb"
    display_name = "中国建设银行"
    bank_code_prefix = "105"
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_config(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> CcbConnector:
        """A connector for one fund account. Opens no connection yet."""
        config = read_config(account.settings)
        transport = TcpTransport(config.address, services.clock)
        return CcbConnector(account, config, transport, services.clock, services.timeout_seconds)
