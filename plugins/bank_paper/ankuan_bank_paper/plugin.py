"""Who this bank is and what it can do."""

from collections.abc import Mapping

from ankuan.plugin_api.bank import BankCapabilities, FundAccountRef, PluginServices, Setting
from ankuan.plugin_api.settings import read_settings
from ankuan_bank_paper.connector import PaperConnector

CAPABILITIES = BankCapabilities(
    paper=True,
    answers_queries=False,
    statements_pull=False,
    balances=False,
    client_ref_max_length=12,
    client_ref_alphabet="0123456789ABCDEFGHJKLMNPQRSTUVWXYZ",
    encoding="utf-8",
)
SETTINGS = (
    Setting(name="bank_name", label="银行名称", help="印在付款凭证上，如 示例农村商业银行"),
    Setting(name="branch", label="受理网点", help="递交凭证的网点"),
    Setting(name="bank_code", label="本户联行号", help="12 位数字，可不填", required=False, pattern="[0-9]{12}"),
    Setting(name="signatures", label="签字栏", help="用顿号分隔", default="经办、复核、财务负责人"),
)


class PaperPlugin:
    """Any bank whose counter takes printed orders. Implements ``BankPlugin``."""

    id = "bank_paper"
    display_name = "纸质办理银行"
    bank_code_prefix = "402"
    """Rural credit co-operatives. For others of the kind nothing depends on it: the teller knows his own bank."""
    capabilities = CAPABILITIES
    settings: tuple[Setting, ...] = SETTINGS

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise InvalidSettings naming the field that does not fit."""
        read_settings(SETTINGS, settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> PaperConnector:
        """There is nothing to connect to; the connector makes sheets."""
        del services
        return PaperConnector(account, read_settings(SETTINGS, account.settings))
