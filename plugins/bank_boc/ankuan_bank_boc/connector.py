"""The flow: what is asked of the bank, in which order, and what its answers amount to."""

import asyncio
import base64
import binascii
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from ankuan.kernel.clock import Clock, business_date
from ankuan.plugin_api.bank import (
    AnswerState,
    BankAnswer,
    BankBalance,
    BankLine,
    BankReceipt,
    BatchAnswer,
    BatchOrder,
    FundAccountRef,
    LineDirection,
    LinePage,
    PaymentOrder,
    SingleOrder,
)
from ankuan.plugin_api.day_window import BadCursor, day_window
from ankuan.plugin_api.errors import BankRefused, CannotExpress, MalformedAnswer, NotOffered, PluginError
from ankuan.plugin_api.evidence import Booking, Expected, Verdict, weigh
from ankuan.plugin_api.transport import HttpTransport
from ankuan.plugin_api.values import Malformed, yuan
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_boc import mapping
from ankuan_bank_boc.compose import payment, reference
from ankuan_bank_boc.config import Config
from ankuan_bank_boc.lines import booking_of, line_of
from ankuan_bank_boc.messages import Answer, Cells, Node, parse, status_of
from ankuan_bank_boc.session import Session

PAGE_ROWS: Final = 200
BATCH_LIMIT: Final = 1000
FIRST_READ: Final = timedelta(days=85)
BOOKS_BACK: Final = timedelta(days=30)
"""How far back the books are searched for an order's execution."""
_BOOK_PAGES: Final = 25
PAY: Final = "b2e0009"


class BocConnector:
    """One fund account at one front-end. Implements ``BankConnector``, ``PaysBatches`` and ``GivesReceipts``."""

    def __init__(
        self, account: FundAccountRef, config: Config, transport: HttpTransport, clock: Clock, limit: float
    ) -> None:
        self._account = account
        self._config = config
        self._transport = transport
        self._clock = clock
        self._limit = limit

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """A page of b2e0035; the last days are read again in each pass."""
        today = self._today()
        try:
            place = day_window(cursor, first_day=today - FIRST_READ)
        except BadCursor as broken:
            raise PluginError(f"明细游标不可用：{broken}") from broken
        session = self._session()
        lines, is_last = await self._page(session, place.since, today, place.page)
        moved = place.next_pass(lines, today) if is_last else place.next_page(lines)
        return LinePage(tuple(place.fresh(lines)), moved.encode(), not is_last, session.kept)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """b2e0005 of the main account; there are no others."""
        if sub_account_no is not None:
            raise NotOffered("中国银行 B2E 没有子账户")
        session = self._session()
        asked = {"account": {"ibknum": self._config.bank_number, "actacn": self._account.account_no}}
        answer = await session.read("b2e0005", asked)
        try:
            (row,) = answer.rows if len(answer.rows) == 1 else (Node({}, {}),)
            if row.part("account").needed("actacn") != self._account.account_no:
                raise Malformed("the balance of another account")
            told = row.part("balance")
            return BankBalance(yuan(told.needed("bokbal")), yuan(told.needed("avabal")), session.kept)
        except Malformed as wrong:
            raise session.malformed("b2e0005", wrong) from wrong

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """b2e0009 with one row, once."""
        (answer,) = (await self._submit((order,))).answers
        return answer

    async def pay_batch(self, batch: BatchOrder) -> BatchAnswer:
        """b2e0009 with up to a thousand rows, once. Each row keeps its own reference, by which it is queried."""
        reference(batch.batch_ref)
        if not 0 < len(batch.orders) <= BATCH_LIMIT:
            raise CannotExpress(f"一批须为 1 至 {BATCH_LIMIT} 笔")
        if len({order.client_ref for order in batch.orders}) != len(batch.orders):
            raise CannotExpress("批内指令标识重复")
        return await self._submit(batch.orders)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """b2e0007; a final word is believed only with the account's own books behind it."""
        if not isinstance(order, PaymentOrder):
            raise CannotExpress("不支持的指令种类")
        payment(order, self._account, self._config, self._today())
        session = self._session()
        verdict = await self._asked(session, order)
        if verdict.state in {AnswerState.SETTLED, AnswerState.REFUSED}:
            expected = Expected(order.client_ref, order.amount, order.payee_account.strip())
            verdict = weigh(verdict, expected, await self._bookings(session))
        return verdict.answer(session.kept)

    async def receipt(self, line: BankLine) -> BankReceipt | None:
        """b2e0500: the receipt of a booking by the bank's own number."""
        session = self._session()
        asked = {
            "actacn": self._account.account_no,
            "transid": line.bank_ref or "",
            "txndate": f"{line.booked_on:%Y%m%d}",
        }
        answer = await session.read("b2e0500", asked)
        if not answer.rows:
            return None
        try:
            row = answer.rows[0]
            if row.needed("transid") != line.bank_ref:
                raise Malformed("the receipt of another booking")
            content = base64.b64decode(row.needed("filecontent"), validate=True)
        except (Malformed, binascii.Error) as wrong:
            raise session.malformed("b2e0500", wrong) from wrong
        if not content.startswith(b"%PDF-"):
            raise session.malformed("b2e0500", Malformed("not a PDF"))
        return BankReceipt(content, row.text("receiptno"), session.kept)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _submit(self, orders: tuple[PaymentOrder, ...]) -> BatchAnswer:
        today = self._today()
        rows: list[tuple[str, Cells]] = [
            (f"{PAY}-rq", payment(order, self._account, self._config, today)) for order in orders
        ]
        session = self._session()
        try:
            await session.sign_in()
        except PluginError as failure:
            # Nothing of the orders has left the house, but the contract knows no other word for it.
            answer = _failed(failure).answer(session.kept)
            return BatchAnswer((answer,) * len(orders), session.kept)
        made = await session.exchange(PAY, [("ceitinfo", {}), ("transtype", {}), *rows])
        verdicts = _judged(made, orders)
        return BatchAnswer(tuple(verdict.answer(session.kept) for verdict in verdicts), session.kept)

    async def _asked(self, session: Session, order: PaymentOrder) -> Verdict:
        try:
            answer = await session.read("b2e0007", {"insid": order.client_ref, "obssid": ""})
            if not answer.rows:
                return Verdict(AnswerState.UNKNOWN, answer.code, answer.message)
            told = [row for row in answer.rows if row.text("insid") == order.client_ref]
            if len(told) != 1 or len(answer.rows) != 1:
                return Verdict(AnswerState.UNKNOWN, answer.code, alarm="银行应答的不是这一笔")
            code, text = status_of(told[0])
        except Malformed as wrong:
            return Verdict(AnswerState.UNKNOWN, message=str(wrong), alarm=f"银行应答无法识别：{wrong}")
        except BankRefused as refused:
            if refused.code in self._config.not_found_codes:
                return Verdict(AnswerState.NOT_FOUND, refused.code, str(refused))
            return _failed(refused)
        except PluginError as failure:
            return _failed(failure)
        return mapping.queried(code, text, told[0].text("obssid") or None, self._config.not_found_codes)

    async def _bookings(self, session: Session) -> list[Booking] | None:
        """The debits of the last weeks, or ``None`` when they can't be had now."""
        today = self._today()
        found: list[Booking] = []
        try:
            for number in range(1, _BOOK_PAGES + 1):
                lines, is_last = await self._page(session, today - BOOKS_BACK, today, number)
                found += [booking_of(line) for line in lines if line.direction is LineDirection.DEBIT]
                if is_last:
                    break
        except PluginError:
            return None
        return found

    async def _page(self, session: Session, first: date, last: date, number: int) -> tuple[list[BankLine], bool]:
        begin = (number - 1) * PAGE_ROWS + 1
        asked: Cells = {
            "ibknum": self._config.bank_number,
            "actacn": self._account.account_no,
            "type": "2001",
            "datescope": {"from": f"{first:%Y%m%d}", "to": f"{last:%Y%m%d}"},
            "amountscope": {"from": "0.01", "to": "9999999999999.99"},
            "begnum": str(begin),
            "recnum": str(PAGE_ROWS),
            "direction": "0",
        }
        answer = await session.read("b2e0035", asked)
        try:
            lines = [line_of(row, self._account.account_no) for row in answer.rows]
        except Malformed as wrong:
            raise session.malformed("b2e0035", wrong) from wrong
        return lines, answer.code != mapping.MORE or not lines

    def _session(self) -> Session:
        deadline = asyncio.get_running_loop().time() + self._limit
        return Session(self._transport, self._config, self._clock, deadline)

    def _today(self) -> date:
        return business_date(self._clock.now())


def _judged(made: RawExchange, orders: tuple[PaymentOrder, ...]) -> list[Verdict]:
    """One verdict an order. UNKNOWN for whatever did not arrive whole and for rows that the bank does not mention."""
    if made.note or made.response is None:
        return [Verdict(AnswerState.UNKNOWN, message=made.note)] * len(orders)
    try:
        answer = parse(made.response, PAY)
        return _rows(answer, orders)
    except Malformed as broken:
        verdict = Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}")
        return [verdict] * len(orders)


def _rows(answer: Answer, orders: tuple[PaymentOrder, ...]) -> list[Verdict]:
    told: dict[str, Verdict] = {}
    for row in answer.rows:
        own = row.needed("insid")
        if own in told:
            raise Malformed("an order is answered twice")
        code, text = status_of(row)
        told[own] = mapping.submitted(code, text, row.text("obssid") or None)
    strangers = set(told) - {order.client_ref for order in orders}
    if strangers:
        raise Malformed("an order is answered that was not sent")
    whole = mapping.submitted(answer.code, answer.message)
    if answer.code not in {mapping.OK, mapping.MORE} and not answer.rows:
        return [whole] * len(orders)
    missing = replace(whole, state=AnswerState.UNKNOWN, alarm="银行应答未提及该笔指令")
    return [told.get(order.client_ref, missing) for order in orders]


def _failed(failure: PluginError) -> Verdict:
    alarm = f"银行应答无法识别：{failure}" if isinstance(failure, MalformedAnswer) else None
    return Verdict(AnswerState.UNKNOWN, getattr(failure, "code", ""), str(failure), alarm=alarm)
