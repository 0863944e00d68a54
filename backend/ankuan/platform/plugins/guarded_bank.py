"""A bank's connector as the rooms see it: every ability of the contract, each behind the guard."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from ankuan.platform.plugins import checked_reads
from ankuan.platform.plugins.checked_orders import checked_answer, checked_batch, unknown, unknown_batch
from ankuan.platform.plugins.errors import NotAble
from ankuan.platform.plugins.guard import Ask, Guard
from ankuan.plugin_api.accounts import AccountCheck, AccountClaim, AccountVerdict
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    Adjusts,
    BankAnswer,
    BankBalance,
    BankConnector,
    BankLine,
    BankNotice,
    BankReceipt,
    BatchAnswer,
    BatchOrder,
    ChecksAccounts,
    GivesReceipts,
    IncomingNotice,
    LinePage,
    ListsSubAccounts,
    OpenedSubAccounts,
    OpensSubAccounts,
    PaperOrder,
    PaymentOrder,
    PaysBatches,
    PrintsOrders,
    ReadsNotices,
    SingleOrder,
    SubAccountPage,
    TransferOrder,
    Transfers,
)
from ankuan.plugin_api.errors import MalformedAnswer, NotOffered, PluginError

P = TypeVar("P")
INSIDE_SECONDS: Final = 5.0
LARGEST_NOTICE: Final = 1024 * 1024


class GuardedBank:
    """A connector behind the guard. Implements every Protocol of ``plugin_api.bank``; what a bank can't do raises
    ``NotOffered``. Orders raise ``NothingSent`` when the host held them back: then certainly nothing was sent.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """See ``BankConnector``; ``not_found`` is no answer to a submission and becomes ``unknown``."""
        return await self._submit("pay", lambda bank: bank.pay(order))

    async def pay_batch(self, batch: BatchOrder) -> BatchAnswer:
        """See ``PaysBatches``: as many answers as orders, or ``unknown`` for all of them."""
        size = len(batch.orders)
        return await self._guard.order(
            "pay_batch",
            lambda bank: _able(bank, PaysBatches).pay_batch(batch),  # type: ignore[type-abstract]
            read=partial(checked_batch, size=size),
            unsure=partial(unknown_batch, size),
        )

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """See ``Adjusts``."""
        return await self._submit("adjust", lambda bank: _able(bank, Adjusts).adjust(order))  # type: ignore[type-abstract]

    async def transfer(self, order: TransferOrder) -> BankAnswer:
        """See ``Transfers``."""
        return await self._submit("transfer", lambda bank: _able(bank, Transfers).transfer(order))  # type: ignore[type-abstract]

    async def query(self, order: SingleOrder) -> BankAnswer:
        """See ``BankConnector``. While the endpoint is left alone, one query at a time goes as a probe."""
        return await self._guard.order(
            "query",
            lambda bank: bank.query(order),
            read=partial(checked_answer, submit=False),
            unsure=unknown,
        )

    async def _submit(self, operation: str, ask: Ask) -> BankAnswer:
        return await self._guard.order(operation, ask, read=partial(checked_answer, submit=True), unsure=unknown)

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """See ``BankConnector``."""
        return await self._guard.read(
            "fetch_lines", lambda bank: bank.fetch_lines(cursor), check=checked_reads.checked_lines, again=True
        )

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """See ``BankConnector``."""
        return await self._guard.read(
            "balance", lambda bank: bank.balance(sub_account_no), check=checked_reads.checked_balance, again=True
        )

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        """Time limit grows with the number of accounts, since many banks open one a call. Never asked twice."""
        return await self._guard.read(
            "open_sub_accounts",
            lambda bank: _able(bank, OpensSubAccounts).open_sub_accounts(names),  # type: ignore[type-abstract]
            check=partial(checked_reads.checked_opened, asked=len(names)),
            limit=self._guard.limit * max(1, len(names)),
            kept=True,
        )

    async def list_sub_accounts(self, cursor: str | None) -> SubAccountPage:
        """See ``ListsSubAccounts``."""
        return await self._guard.read(
            "list_sub_accounts",
            lambda bank: _able(bank, ListsSubAccounts).list_sub_accounts(cursor),  # type: ignore[type-abstract]
            check=checked_reads.checked_sub_accounts,
            again=True,
            kept=True,
        )

    async def receipt(self, line: BankLine) -> BankReceipt | None:
        """See ``GivesReceipts``: a PDF file or nothing."""
        return await self._guard.read(
            "receipt",
            lambda bank: _able(bank, GivesReceipts).receipt(line),  # type: ignore[type-abstract]
            check=checked_reads.checked_receipt,
            again=True,
            kept=True,
        )

    async def check_account(self, claim: AccountClaim) -> AccountCheck:
        """See ``ChecksAccounts``. Never raises for what happens on the wire: it answers ``unknown``."""
        try:
            return await self._guard.read(
                "check_account",
                lambda bank: _able(bank, ChecksAccounts).check_account(claim),  # type: ignore[type-abstract]
                check=checked_reads.checked_account,
                kept=True,
            )
        except NotOffered:
            raise
        except PluginError as error:
            alarm = str(error) if isinstance(error, MalformedAnswer) else None
            return AccountCheck(AccountVerdict.UNKNOWN, message=str(error), exchanges=error.exchanges, alarm=alarm)

    async def read_notice(self, notice: IncomingNotice) -> BankNotice:
        """See ``ReadsNotices``. A body of more than a mebibyte is not even shown to the plugin."""
        if len(notice.body) > LARGEST_NOTICE:
            raise MalformedAnswer("notice is too large")
        return await self._inside(
            "read_notice",
            lambda bank: _able(bank, ReadsNotices).read_notice(notice),  # type: ignore[type-abstract]
            checked_reads.checked_notice,
        )

    async def paper_order(self, order: PaymentOrder) -> PaperOrder:
        """See ``PrintsOrders``; awaited here, since the sheet is laid out in the plugin's thread."""

        async def lay_out(bank: BankConnector) -> PaperOrder:
            return _able(bank, PrintsOrders).paper_order(order)  # type: ignore[type-abstract]

        return await self._inside("paper_order", lay_out, checked_reads.checked_paper)

    async def _inside(self, operation: str, ask: Ask, check: Callable[[object], P]) -> P:
        return await self._guard.inside(operation, ask, check=check, limit=min(INSIDE_SECONDS, self._guard.limit))

    async def aclose(self) -> None:
        """Close; what happens while closing is of no interest to money."""
        await self._guard.line.close()


def _able(connector: object, ability: type[P]) -> P:
    if not isinstance(connector, ability):
        raise NotAble(f"{ability.__name__} is not what this bank does")
    return connector
