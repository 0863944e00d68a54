"""Who this bank is and what it can do."""

from collections.abc import Mapping

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, PluginServices, Setting
from ankuan.plugin_api.transport import HttpTransport
from ankuan_bank_icbc.config import SETTINGS, read_config
from ankuan_bank_icbc.connector import IcbcConnector
from ankuan_bank_icbc.session import Desk

CAPABILITIES = BankCapabilities(
    pay_from_sub_account=True,
    batch_limit=500,
    receipts=True,
    client_ref_max_length=20,
    client_ref_alphabet="0123456789",
    encoding="gbk",
)


class IcbcPlugin:
    """Industrial and Commercial Bank of China. Implements ``BankPlugin``."""

    id = "bank_icbc"
    display_name = "工商银行"
    bank_code_prefix = "102"
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_config(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> IcbcConnector:
        """A connector for one fund account. Opens no connection yet."""
        config = read_config(account.settings)
        desk = Desk(
            config=config,
            sign_port=HttpTransport(config.sign_url, services.clock, headers={"Content-Type": "INFOSEC_SIGN/1.0"}),
            secure_port=HttpTransport(
                config.secure_url,
                services.clock,
                headers={"Content-Type": "application/x-www-form-urlencoded; charset=GBK"},
            ),
            clock=services.clock,
        )
        return IcbcConnector(account, desk, services.timeout_seconds)
