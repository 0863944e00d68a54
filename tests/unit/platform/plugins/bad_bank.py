"""A bank whose connector does what a test says, operation by operation."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    BankCapabilities,
    BankConnector,
    BankLine,
    BatchOrder,
    FundAccountRef,
    IncomingNotice,
    LineDirection,
    LineKind,
    PaymentOrder,
    PluginServices,
    Setting,
    SettingKind,
    TransferOrder,
)
from ankuan.plugin_api.wire import RawExchange

ACCOUNT = FundAccountRef("8112500000000000001", "示例区人民法院案款专户", None, {"endpoint": "http://bank.test/"})
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
EXCHANGE = RawExchange("OP", b"asked", b"answered", AT, AT)
UNANSWERED = RawExchange("OP", b"asked", None, AT, AT)
PAYMENT = PaymentOrder(
    "20261120000000000001", Money(100), None, "6217000000000000018", "甲", "建设银行", None, False, "x"
)
ADJUSTMENT = AdjustmentOrder("20261120000000000002", Money(100), "8112500000000000002", "案款", "R1", "x")
TRANSFER = TransferOrder("20261120000000000003", Money(100), None, "8112500000000000002", "案款", "x")
BATCH = BatchOrder("B1", (PAYMENT, PAYMENT))
NOTICE = IncomingNotice({}, b"{}", AT)
LINE = BankLine(
    "k1", LineDirection.CREDIT, LineKind.EXTERNAL, Money(1), date(2026, 11, 20), None, None, "乙", "6217", "", ""
)
Act = Callable[[], Awaitable[Any]]


def always(value: Any) -> Act:
    """An act that answers the value."""

    async def answer() -> Any:
        return value

    return answer


def raising(error: BaseException) -> Act:
    """An act that raises."""

    async def act() -> Any:
        raise error

    return act


@dataclass
class BadBank:
    """Implements ``BankPlugin``. ``act``: what every method of its connectors does."""

    act: Act
    connecting: Callable[[], Any] | None = None
    asked: list[str] = field(default_factory=list)
    settings: tuple[Setting, ...] = (Setting(name="endpoint", label="地址", kind=SettingKind.URL),)
    id: str = "bank_bad"
    display_name: str = "示例银行"
    bank_code_prefix: str = "999"
    capabilities: BankCapabilities = field(default_factory=BankCapabilities)

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Anything goes."""

    def connect(self, account: FundAccountRef, services: PluginServices) -> BankConnector:
        if self.connecting is not None:
            return self.connecting()  # type: ignore[no-any-return]
        return BadConnector(self)


class BadConnector:
    """Every ability; each method is the same act."""

    def __init__(self, bank: BadBank) -> None:
        self._bank = bank

    async def _do(self, name: str) -> Any:
        self._bank.asked.append(name)
        return await self._bank.act()

    async def pay(self, order: PaymentOrder) -> Any:
        return await self._do("pay")

    async def pay_batch(self, batch: BatchOrder) -> Any:
        return await self._do("pay_batch")

    async def adjust(self, order: AdjustmentOrder) -> Any:
        return await self._do("adjust")

    async def transfer(self, order: TransferOrder) -> Any:
        return await self._do("transfer")

    async def query(self, order: Any) -> Any:
        return await self._do("query")

    async def fetch_lines(self, cursor: str | None) -> Any:
        return await self._do("fetch_lines")

    async def balance(self, sub_account_no: str | None = None) -> Any:
        return await self._do("balance")

    async def open_sub_accounts(self, names: tuple[str, ...]) -> Any:
        return await self._do("open_sub_accounts")

    async def list_sub_accounts(self, cursor: str | None) -> Any:
        return await self._do("list_sub_accounts")

    async def receipt(self, line: BankLine) -> Any:
        return await self._do("receipt")

    async def check_account(self, claim: Any) -> Any:
        return await self._do("check_account")

    async def read_notice(self, notice: IncomingNotice) -> Any:
        return await self._do("read_notice")

    def paper_order(self, order: PaymentOrder) -> Any:
        self._bank.asked.append("paper_order")
        try:
            self._bank.act().send(None)  # type: ignore[attr-defined]  # acts without a wait end at once
        except StopIteration as done:
            return done.value

    async def aclose(self) -> None:
        """Nothing to give back."""
