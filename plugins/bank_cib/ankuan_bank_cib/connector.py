"""The flow: what is asked of the bank, in which order, and what its answers amount to."""

import asyncio
from collections import OrderedDict
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from ankuan.kernel.clock import SHANGHAI, business_date
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
    OpenedSubAccounts,
    PaymentOrder,
    SingleOrder,
    TransferOrder,
)
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.evidence import Verdict
from ankuan_bank_cib import compose, judging, notices
from ankuan_bank_cib.compose import Request, Submission
from ankuan_bank_cib.messages import Malformed, Node
from ankuan_bank_cib.numbers import numbers_of
from ankuan_bank_cib.opening import open_all
from ankuan_bank_cib.reading import OPERATION, Book, check_account, read_page
from ankuan_bank_cib.receipts import fetch_receipt
from ankuan_bank_cib.session import Desk, Session
from ankuan_bank_cib.values import money

LATE_HOUR: Final = 22
"""From eleven at night the bank books on the next day; an hour for clocks that differ."""
_REMEMBERED: Final = 10_000
_AGAIN: Final = "银行将重复的流水号作为查询答复，不作为受理结果"


class CibConnector:
    """One fund account at one agent. Implements ``BankConnector`` and what the capabilities declare."""

    def __init__(self, account: FundAccountRef, desk: Desk, limit: float) -> None:
        self._account = account
        self._numbers = numbers_of(account)
        self._desk = desk
        self._limit = limit
        self._sent: OrderedDict[str, None] = OrderedDict()

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        """VSABATCHOPENTRN, twenty a message. The first failure ends it; what was opened until then is returned."""
        return await open_all(self._session(), self._account.account_no, names, self._desk.config.sub_accounts)

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """A page of BALNTRADEINQUIRYTRN: days before today, then today; the last days again in each pass."""
        return await read_page(self._session(), self._book(), cursor)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """BALNTRADEINQUIRYTRN of the main account, VATSTMTTRN of a sub-account."""
        session, number = self._session(), self._account.account_no
        operation = OPERATION if sub_account_no is None else "VATSTMTTRN"
        if sub_account_no is None:
            body = await session.read(compose.main_balance(number))
        else:
            body = await session.read(compose.sub_balance(self._numbers, self._numbers.tail(sub_account_no)))
        try:
            if sub_account_no is None:
                inside, prefix = body.part("RSBODY"), "MAIN_"
                check_account(inside, number)
            else:
                inside, prefix = body.part("VATSTMTRS"), ""
                if inside.needed("MAINACCT") + inside.needed("SUBACCT") != sub_account_no:
                    raise Malformed("the balance of another sub-account")
            booked, available = (_amount(inside, f"{prefix}{name}") for name in ("LEDGERBAL", "AVAILBAL"))
            return BankBalance(money(booked), money(available), session.kept)
        except Malformed as wrong:
            raise session.malformed(operation, wrong) from wrong

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """VATTRN out of a sub-account, XFERTRN out of the main account, once."""
        sent = compose.payment(order, self._account, self._numbers, self._desk.config)
        return await self._submit(sent, order.submitted_on)

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """VSAINTRSFTRN, once. More than the line held is refused here: the bank knows no line."""
        sent = compose.move(order, self._numbers)
        if order.amount.fen > _held_by(order.adjustment_ref):
            return BankAnswer(AnswerState.REFUSED, "ADJUST_LIMIT", "调账金额超过待认领款项的金额，未发送")
        return await self._submit(sent, order.submitted_on)

    async def transfer(self, order: TransferOrder) -> BankAnswer:
        """VSAINTRSFTRN, once."""
        return await self._submit(compose.move(order, self._numbers), order.submitted_on)

    async def pay_batch(self, batch: BatchOrder) -> BatchAnswer:
        """RBATCHTRSFRTRN, once."""
        request = compose.batch(batch, self._account, self._numbers, self._desk.config)
        sent = [compose.payment(order, self._account, self._numbers, self._desk.config) for order in batch.orders]
        known = self._remember(request, batch.submitted_on)
        session = self._session()
        made, _ = await session.ask(request)
        whole, body = judging.submission(made, request, session, None)
        verdicts = _rows(body, sent, whole) if body is not None else [whole] * len(sent)
        told = [_second(verdict) if known else verdict for verdict in verdicts]
        return BatchAnswer(tuple(verdict.answer(()) for verdict in told), session.kept)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """XFERINQTRN, and RBATCHTRSFRTRN for a row of a batch; believed only with the books behind it."""
        batch_ref = None
        if isinstance(order, PaymentOrder):
            sent = compose.payment(order, self._account, self._numbers, self._desk.config)
            batch_ref = compose.reference(order.batch_ref) if order.batch_ref else None
        else:
            sent = compose.move(order, self._numbers)
        session = self._session()
        case = judging.Case(session, self._book(), sent, order.submitted_on)
        return (await judging.query(case, batch_ref)).answer(session.kept)

    async def receipt(self, line: BankLine) -> BankReceipt | None:
        """ELECTRONICRECEIPTTRN, ASYNRECEIPTINFOTRN and the file; nothing for bookings of today."""
        if self._today() - line.booked_on < timedelta(days=self._desk.config.receipt_after_days):
            return None
        return await fetch_receipt(self._session(), self._account.account_no, line, self._today())

    async def read_notice(self, notice: IncomingNotice) -> BankNotice:
        """BALANCECHANGENOTICE, when our relay has sealed it just now."""
        return notices.read(notice, self._desk.config.notice_secret, self._account.account_no)

    async def aclose(self) -> None:
        """Close the connections to the agent."""
        await self._desk.agent.aclose()

    async def _submit(self, sent: Submission, submitted_on: date | None) -> BankAnswer:
        known = self._remember(sent.request, submitted_on)
        session = self._session()
        made, _ = await session.ask(sent.request)
        verdict, _body = judging.submission(made, sent.request, session, sent)
        return (_second(verdict) if known else verdict).answer(session.kept)

    def _remember(self, request: Request, submitted_on: date | None) -> bool:
        """Whether this TRNUID went out before: the bank then takes the message for a query of the first one.

        The house says so by ``submitted_on``; two tries side by side are known to this connector only.
        """
        known = request.transaction in self._sent or submitted_on is not None
        self._sent[request.transaction] = None
        if len(self._sent) > _REMEMBERED:
            self._sent.popitem(last=False)
        return known

    def _session(self) -> Session:
        return Session(self._desk, asyncio.get_running_loop().time() + self._limit)

    def _book(self) -> Book:
        is_late = self._desk.clock.now().astimezone(SHANGHAI).hour >= LATE_HOUR
        return Book(self._account, self._numbers, self._today(), self._desk.config.statement_from, is_late)

    def _today(self) -> date:
        return business_date(self._desk.clock.now())


def _held_by(adjustment_ref: str) -> int:
    """Fen of the waiting line, as ``lines.entry_of`` has noted them. Raises CannotExpress."""
    key, _, fen = adjustment_ref.rpartition("|")
    if not key or not (fen.isascii() and fen.isdigit()) or len(fen) > 17:
        raise CannotExpress("调账标识有误")
    return int(fen)


def _rows(body: Node, sent: list[Submission], whole: Verdict) -> list[Verdict]:
    """Rows of a batch that the bank took; a batch refused as a whole has no rows of its own."""
    if whole.state is AnswerState.REFUSED and not body.part("RSBODY").all("XFERINFO"):
        return [whole] * len(sent)
    try:
        return judging.rows_of_batch(body, sent)
    except Malformed as broken:
        alarm = f"银行应答无法识别：{broken}"
        return [Verdict(AnswerState.UNKNOWN, whole.code, str(broken), alarm=alarm)] * len(sent)


def _second(verdict: Verdict) -> Verdict:
    """The answer to a TRNUID that went out before says what became of the first message: a query has to prove it."""
    return replace(verdict, state=AnswerState.UNKNOWN, message=f"{verdict.message}（{_AGAIN}）".strip())


def _amount(inside: Node, name: str) -> str:
    return inside.part(name).needed("BALAMT")
