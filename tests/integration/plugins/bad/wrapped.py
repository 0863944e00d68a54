"""A bank plugin with room for one defect: everything goes to the CITIC connector unless a defect overrides it."""

from collections.abc import Callable, Mapping

from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    BankAnswer,
    BankBalance,
    BankCapabilities,
    FundAccountRef,
    LinePage,
    OpenedSubAccounts,
    PaymentOrder,
    PluginServices,
    SingleOrder,
)
from ankuan_bank_citic.config import SETTINGS
from ankuan_bank_citic.connector import CiticConnector
from ankuan_bank_citic.plugin import CAPABILITIES, CiticPlugin


class Wrapped:
    """Implements ``BankConnector`` as CITIC does. Defects are subclasses."""

    def __init__(self, inner: CiticConnector) -> None:
        self.inner = inner

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        return await self.inner.open_sub_accounts(names)

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        return await self.inner.fetch_lines(cursor)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        return await self.inner.balance(sub_account_no)

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return await self.inner.pay(order)

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        return await self.inner.adjust(order)

    async def query(self, order: SingleOrder) -> BankAnswer:
        return await self.inner.query(order)

    async def aclose(self) -> None:
        await self.inner.aclose()


Wrap = Callable[[CiticConnector], Wrapped]


class BadPlugin:
    """Implements ``BankPlugin``."""

    id = "bank_citic"
    display_name = "中信银行"
    bank_code_prefix = "302"
    settings = SETTINGS

    def __init__(self, wrap: Wrap = Wrapped, capabilities: BankCapabilities = CAPABILITIES) -> None:
        self.wrap = wrap
        self.capabilities = capabilities

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        CiticPlugin().validate_settings(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> Wrapped:
        return self.wrap(CiticPlugin().connect(account, services))
