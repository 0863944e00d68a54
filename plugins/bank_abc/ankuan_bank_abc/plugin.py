"""Who this bank is and what it can do."""

from collections.abc import Mapping

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, PluginServices, Setting
from ankuan.plugin_api.transport import TcpTransport, length_prefixed
from ankuan_bank_abc.config import SETTINGS, read_config
from ankuan_bank_abc.connector import AbcConnector
from ankuan_bank_abc.messages import ENCODING, PREFIX_BYTES, body_length

CAPABILITIES = BankCapabilities(client_ref_max_length=20, client_ref_alphabet="0123456789", encoding=ENCODING)


class AbcPlugin:
    """Agricultural Bank of China. Implements ``BankPlugin``."""

    id = "bank_abc"
    display_name = "中国农业银行"
    bank_code_prefix = "103"
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_config(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> AbcConnector:
        """A connector for one fund account. Opens no connection yet."""
        config = read_config(account.settings)
        framed = length_prefixed(PREFIX_BYTES, body_length)
        transport = TcpTransport(config.address, services.clock, framed, half_close=False)
        return AbcConnector(account, config, transport, services.clock, services.timeout_seconds)
