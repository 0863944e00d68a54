"""The flow: what is asked of the bank, in which order, and what its answers amount to."""

import asyncio
import re
from datetime import timedelta
from typing import Final

from ankuan.kernel.clock import Clock, business_date
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    AnswerState,
    BankAnswer,
    BankBalance,
    FundAccountRef,
    LineDirection,
    LinePage,
    PaymentOrder,
    SingleOrder,
)
from ankuan.plugin_api.errors import BankRefused, CannotExpress, MalformedAnswer, NotOffered, PluginError
from ankuan.plugin_api.evidence import Booking, Expected, Verdict, weigh
from ankuan.plugin_api.serial_cursor import BadCursor, serial_cursor, serial_in
from ankuan.plugin_api.texts import expressible, marked
from ankuan.plugin_api.transport import TcpTransport
from ankuan.plugin_api.values import Malformed, needed, wire_day, yuan
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_ccb import mapping
from ankuan_bank_ccb.config import Config
from ankuan_bank_ccb.lines import booking_of, detail_no, line_of
from ankuan_bank_ccb.messages import ENCODING, Answer, Row, parse
from ankuan_bank_ccb.session import Session

PAGE_ROWS: Final = 200
BOOKS_BACK: Final = timedelta(days=30)
"""How far back the books are searched for an order's execution."""
READ_BACK: Final = timedelta(days=60)
"""How far a booking may be back-dated and still be read."""
_LARGEST: Final = Money(10**15 - 1)
_BOOK_PAGES: Final = 20
_NOT_TAKEN: Final = "<>&"


class CcbConnector:
    """One fund account at one front-end. Implements ``BankConnector``."""

    def __init__(
        self, account: FundAccountRef, config: Config, transport: TcpTransport, clock: Clock, limit: float
    ) -> None:
        self._account = account
        self._config = config
        self._transport = transport
        self._clock = clock
        self._limit = limit

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """6WY101 from the detail number after the last one read."""
        try:
            after = serial_in(cursor)
        except BadCursor as broken:
            raise PluginError(f"明细游标不可用：{broken}") from broken
        session = self._session()
        answer = await session.read("6WY101", self._detail_fields(READ_BACK, after))
        try:
            self._of_this_account(answer)
            found = {line.bank_key: line for line in map(line_of, answer.rows)}
            last = max([after, *map(detail_no, answer.rows)])
        except Malformed as wrong:
            raise session.malformed("6WY101", wrong) from wrong
        more = len(answer.rows) >= PAGE_ROWS and last > after
        return LinePage(tuple(found.values()), serial_cursor(last), more, session.kept)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """6W0100 of the main account; there are no others."""
        if sub_account_no is not None:
            raise NotOffered("建设银行外联平台没有子账户")
        session = self._session()
        answer = await session.read("6W0100", {"ACC_NO": self._account.account_no})
        try:
            if needed(answer.fields, "ACC_NO") != self._account.account_no:
                raise Malformed("the balance of another account")
            booked, usable = needed(answer.fields, "BALANCE"), needed(answer.fields, "BALANCE1")
            return BankBalance(yuan(booked), yuan(usable), session.kept)
        except Malformed as wrong:
            raise session.malformed("6W0100", wrong) from wrong

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """6W8020, once: a voucher that a person confirms in the bank's own programs."""
        fields = self._payment(order)
        session = self._session()
        try:
            await session.connect()
        except PluginError as failure:
            # Nothing of the order has left the house, but the contract knows no other word for it.
            return _failed("6W9101", failure).answer(session.kept)
        made = await session.exchange("6W8020", fields, order.client_ref)
        return _judged(made, order.client_ref, "6W8020").answer(session.kept)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """6W0600; a final word is believed only with the account's own detail behind it."""
        if not isinstance(order, PaymentOrder):
            raise CannotExpress("不支持的指令种类")
        sent = self._payment(order)
        session = self._session()
        try:
            answer = await session.read("6W0600", {"REQUEST_SN1": order.client_ref, "CREDIT_NO1": ""})
            verdict = self._query_verdict(answer)
        except PluginError as failure:
            verdict = self._query_failure(failure)
        expected = Expected(order.client_ref, order.amount, sent["RECV_ACCNO"])
        if verdict.state in {AnswerState.SETTLED, AnswerState.REFUSED}:
            verdict = weigh(verdict, expected, await self._bookings(session))
        elif verdict.state is AnswerState.AWAITING_BANK:
            verdict = _found_anyway(verdict, expected, await self._bookings(session))
        return verdict.answer(session.kept)

    async def aclose(self) -> None:
        """Nothing is kept open."""
        await self._transport.aclose()

    def _query_verdict(self, answer: Answer) -> Verdict:
        known = self._config
        return mapping.queried(
            answer, done=known.done_results, failed=known.failed_results, not_found=known.not_found_codes
        )

    def _query_failure(self, failure: PluginError) -> Verdict:
        if isinstance(failure, BankRefused) and failure.code in self._config.not_found_codes:
            return Verdict(AnswerState.NOT_FOUND, failure.code, str(failure))
        return _failed("6W0600", failure)

    async def _bookings(self, session: Session) -> list[Booking] | None:
        """The debits of the last weeks, or ``None`` when they can't be had now."""
        found: list[Booking] = []
        after = 0
        try:
            for _ in range(_BOOK_PAGES):
                answer = await session.read("6WY101", self._detail_fields(BOOKS_BACK, after))
                self._of_this_account(answer)
                lines = map(line_of, answer.rows)
                found += [booking_of(line) for line in lines if line.direction is LineDirection.DEBIT]
                last = max([after, *map(detail_no, answer.rows)])
                if len(answer.rows) < PAGE_ROWS or last <= after:
                    break
                after = last
        except (PluginError, Malformed):
            return None
        return found

    def _detail_fields(self, back: timedelta, after: int) -> Row:
        today = business_date(self._clock.now())
        return {
            "ACCNO1": self._account.account_no,
            "STARTDATE": wire_day(today - back),
            "ENDDATE": wire_day(today),
            "BARGAIN_FLAG": "",
            "CHECK_ACC_NO": "",
            "CHECK_ACC_NAME": "",
            "REMARK": "",
            "LOW_AMT": "",
            "HIGH_AMT": "",
            "PAGE": "1",
            "POSTSTR": "",
            "TOTAL_RECORD": str(PAGE_ROWS),
            "DET_NO": str(after) if after else "",
        }

    def _of_this_account(self, answer: Answer) -> None:
        told = answer.fields.get("ACCNO1", "")
        if answer.return_code == mapping.OK and told != self._account.account_no:
            raise Malformed("the detail of another account")

    def _payment(self, order: PaymentOrder) -> dict[str, str]:
        """The order as request fields. Raises CannotExpress before anything is sent."""
        if order.pay_from_sub_account is not None:
            raise CannotExpress("建设银行外联平台不支持子账户付款")
        if not re.fullmatch(r"[0-9]{1,16}", order.client_ref, re.ASCII):
            raise CannotExpress("请求序列号须为 1 至 16 位数字")
        if not Money.ZERO < order.amount <= _LARGEST:
            raise CannotExpress("金额须大于零且不超过 9999999999999.99 元")
        payee = order.payee_account.strip()
        if not re.fullmatch(r"[0-9A-Za-z\-]{1,32}", payee, re.ASCII):
            raise CannotExpress("收款账号格式有误")
        code = (order.payee_bank_code or "").strip()
        if code and not re.fullmatch(r"[0-9]{12}", code, re.ASCII):
            raise CannotExpress("收款银行联行号须为 12 位数字")
        name = _text("收款人名称", order.payee_name, 60)
        bank = _text("收款银行名称", order.payee_bank_name, 41)
        if not name or not bank:
            raise CannotExpress("收款人名称和收款银行名称不能为空")
        purpose = _text("用途", order.purpose, 4000)
        return {
            "PAY_ACCNO": self._account.account_no,
            "RECV_ACCNO": payee,
            "RECV_ACC_NAME": name,
            "RECV_OPENACC_DEPT": bank,
            "RECV_UBANKNO": code,
            "AMOUNT": order.amount.yuan,
            "CUR_TYPE": "01",
            "USEOF": marked(purpose, order.client_ref, 38, encoding=ENCODING),
            "REM1": order.client_ref,
            "REM2": "",
        }

    def _session(self) -> Session:
        deadline = asyncio.get_running_loop().time() + self._limit
        return Session(self._transport, self._config, self._clock, deadline)


def _text(label: str, text: str, max_bytes: int) -> str:
    return expressible(label, text, max_bytes, encoding=ENCODING, forbidden=_NOT_TAKEN)


def _judged(made: RawExchange, serial: str, tx_code: str) -> Verdict:
    """UNKNOWN for whatever did not arrive whole; an alarm when what arrived can't be understood."""
    if made.note or made.response is None:
        return Verdict(AnswerState.UNKNOWN, message=made.note)
    try:
        answer = parse(made.response)
    except Malformed as broken:
        return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}")
    if (answer.request_sn, answer.tx_code) != (serial, tx_code):
        return Verdict(AnswerState.UNKNOWN, answer.return_code, answer.message, alarm="银行应答的是另一笔请求")
    return mapping.submitted(answer)


def _failed(tx_code: str, failure: PluginError) -> Verdict:
    alarm = f"银行应答无法识别：{tx_code}" if isinstance(failure, MalformedAnswer) else None
    return Verdict(AnswerState.UNKNOWN, getattr(failure, "code", ""), str(failure), alarm=alarm)


def _found_anyway(verdict: Verdict, expected: Expected, bookings: list[Booking] | None) -> Verdict:
    """The books say it before the status does: the debit under our reference settles the order."""
    if not any(booking.client_ref == expected.client_ref for booking in bookings or ()):
        return verdict
    settled = Verdict(AnswerState.SETTLED, verdict.code, verdict.message, verdict.bank_ref)
    return weigh(settled, expected, bookings)
