"""The flow: what is asked of the bank, in which order, and what its answers amount to."""

import asyncio
from datetime import date, timedelta
from typing import Final

from ankuan.kernel.clock import business_date
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    AnswerState,
    BankAnswer,
    BankBalance,
    BankLine,
    BankNotice,
    BankReceipt,
    BatchAnswer,
    BatchOrder,
    FundAccountRef,
    IncomingNotice,
    LinePage,
    OpenedSubAccount,
    OpenedSubAccounts,
    PaymentOrder,
    SingleOrder,
    TransferOrder,
)
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_cmb import balances, compose, judging, notices
from ankuan_bank_cmb.messages import Request
from ankuan_bank_cmb.reading import Book, read_page
from ankuan_bank_cmb.receipts import fetch_receipt
from ankuan_bank_cmb.session import Desk, Session
from ankuan_bank_cmb.units import new_unit, units_of

BOOKS_BACK: Final = timedelta(days=30)
"""How far back the books are searched for an order of which the day of submission is not known."""


class CmbConnector:
    """One fund account of one user of CloudDC. Implements ``BankConnector`` and what the capabilities declare."""

    def __init__(self, account: FundAccountRef, desk: Desk, limit: float) -> None:
        self._account = account
        self._units = units_of(account.account_no, account.adjustment_account_no)
        self._desk = desk
        self._limit = limit

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        """NTDMAADD once a name. The first failure ends it; what was opened until then is returned."""
        number = self._account.account_no
        requests = [(name, new_unit(number)) for name in names]
        asked = [(unit, compose.registration(name, unit, self._account)) for name, unit in requests]
        opened: list[OpenedSubAccount] = []
        exchanges: tuple[RawExchange, ...] = ()
        for unit, request in asked:
            session = self._session()
            try:
                answer = await session.read(request)
                name = balances.opened_name(session, answer, request.body["ntdmaaddx"][0])
            except PluginError as failure:
                if not opened:
                    raise
                return OpenedSubAccounts(tuple(opened), exchanges + session.kept, str(failure))
            opened.append(OpenedSubAccount(number + unit, name, unit))
            exchanges += session.kept
        return OpenedSubAccounts(tuple(opened), exchanges)

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """trsQryByBreakPoint from the cursor on, then NTDMTHLS and NTDMTLST for moves between units."""
        book = Book(self._account, self._units, self._last_day(), self._desk.config.statement_from)
        return await read_page(self._session(), book, cursor)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """NTQADINF of the account, NTDMABAL of a unit."""
        session, number = self._session(), self._account.account_no
        if sub_account_no is None:
            return await balances.of_account(session, number, self._desk.config.branch)
        return await balances.of_unit(session, number, self._units.unit(sub_account_no))

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """BB1PAYOP, once."""
        request = compose.payment(order, self._account, self._units, self._desk.config)
        session = self._session()
        heard = await session.ask(request)
        return judging.submitted(heard, "bb1payopz1", order.client_ref).answer(session.kept)

    async def pay_batch(self, batch: BatchOrder) -> BatchAnswer:
        """BB1PAYBH, once, in one segment."""
        request = compose.batch(batch, self._account, self._units, self._desk.config)
        session = self._session()
        heard = await session.ask(request)
        verdicts = [judging.submitted_row(heard, "bb1paybhz1", order.client_ref) for order in batch.orders]
        return BatchAnswer(tuple(verdict.answer(()) for verdict in verdicts), session.kept)

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """NTDMITRX out of the default unit, once. More than the line held is refused here: the bank knows no line."""
        held = judging.held_by(order.adjustment_ref)
        request = compose.transfer(order, self._account, self._units, self._desk.config)
        if order.amount.fen > held:
            return BankAnswer(AnswerState.REFUSED, "ADJUST_LIMIT", "调账金额超过待认领款项的金额，未发送")
        return await self._move(request, order.client_ref)

    async def transfer(self, order: TransferOrder) -> BankAnswer:
        """NTDMITRX between units, once."""
        request = compose.transfer(order, self._account, self._units, self._desk.config)
        return await self._move(request, order.client_ref)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """A payment: BB1PAYQR (a row of a batch: BB1QRYBD first), believed only with the books behind it.

        A move between units: the units' own entries.
        """
        session = self._session()
        first = (order.submitted_on or self._last_day() - BOOKS_BACK) - timedelta(days=1)
        case = judging.Case(session, self._account, self._units, first, self._last_day())
        if isinstance(order, PaymentOrder):
            compose.payment(order, self._account, self._units, self._desk.config)
            return (await judging.payment(case, order)).answer(session.kept)
        request = compose.transfer(order, self._account, self._units, self._desk.config)
        return (await judging.transfer(case, order, request)).answer(session.kept)

    async def receipt(self, line: BankLine) -> BankReceipt | None:
        """ASYCALHD, DCTASKID, and the file."""
        return await fetch_receipt(self._session(), self._account, line)

    async def read_notice(self, notice: IncomingNotice) -> BankNotice:
        """YQN01010 and YQN02030, when the bank has signed them just now."""
        return await asyncio.to_thread(notices.read, notice, self._desk, self._account.account_no)

    async def aclose(self) -> None:
        """Close the connections to the bank."""
        await self._desk.gateway.aclose()

    async def _move(self, request: Request, client_ref: str) -> BankAnswer:
        session = self._session()
        return judging.moved(await session.ask(request), client_ref).answer(session.kept)

    def _session(self) -> Session:
        return Session(self._desk, asyncio.get_running_loop().time() + self._limit)

    def _last_day(self) -> date:
        return business_date(self._desk.clock.now()) + timedelta(days=self._desk.config.statement_ahead_days)
