"""The flow: what is asked of the bank, in which order, and what its answers amount to."""

import asyncio
import re
from datetime import timedelta
from typing import Final

from ankuan.kernel.clock import Clock, business_date
from ankuan.kernel.identifiers import check_card
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
from ankuan.plugin_api.transport import BROKEN_FRAME, TcpTransport
from ankuan.plugin_api.values import Malformed, yuan
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_abc import mapping
from ankuan_bank_abc.config import Config
from ankuan_bank_abc.detail_file import Detail
from ankuan_bank_abc.messages import Cells, parse
from ankuan_bank_abc.session import Session

READ_BACK: Final = timedelta(days=60)
"""How far a booking may be back-dated and still be read."""
BOOKS_BACK: Final = timedelta(days=30)
_LARGEST: Final = Money(10**15 - 1)
_BOOK_FILES: Final = 20


class AbcConnector:
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
        """CQRA10 from the serial after the last one read; the rows come as a file."""
        try:
            after = serial_in(cursor)
        except BadCursor as broken:
            raise PluginError(f"明细游标不可用：{broken}") from broken
        session = self._session()
        rows, more = await self._rows(session, after, READ_BACK)
        last = max([after, *(row.serial for row in rows)])
        lines = {row.line.bank_key: row.line for row in rows if row.serial > after}
        return LinePage(tuple(lines.values()), serial_cursor(last), more and last > after, session.kept)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """CQRA06 of the main account; there are no others."""
        if sub_account_no is not None:
            raise NotOffered("农业银行银企通不提供子账户余额")
        session = self._session()
        answer = await session.read("CQRA06", {"Cmp": self._own()})
        try:
            if answer.needed("Cmp", "DbAccNo") != self._account.account_no:
                raise Malformed("the balance of another account")
            booked, usable = answer.needed("Acc", "Bal"), answer.needed("Acc", "AvailBal")
            return BankBalance(yuan(booked), yuan(usable), session.kept)
        except Malformed as wrong:
            raise session.malformed("CQRA06", wrong) from wrong

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """CFRT21 to a person's card, CFRT02 to any other account; once."""
        code, cells = self._payment(order)
        session = self._session()
        made = await session.exchange(code, order.client_ref, cells)
        return _judged(made, code, order.client_ref).answer(session.kept)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """CQRT71; a final word is believed only with the account's own detail behind it."""
        if not isinstance(order, PaymentOrder):
            raise CannotExpress("不支持的指令种类")
        self._payment(order)
        session = self._session()
        verdict = await self._asked(session, order.client_ref)
        if verdict.state in {AnswerState.SETTLED, AnswerState.REFUSED}:
            expected = Expected(order.client_ref, order.amount, order.payee_account.strip())
            verdict = weigh(verdict, expected, await self._bookings(session))
        return verdict.answer(session.kept)

    async def aclose(self) -> None:
        """Nothing is kept open."""
        await self._transport.aclose()

    async def _asked(self, session: Session, client_ref: str) -> Verdict:
        try:
            answer = await session.read("CQRT71", {"Cmp": self._own(), "Corp": {"OrgReqSeqNo": client_ref}})
            if answer.needed("Corp", "OrgReqSeqNo") != client_ref:
                return Verdict(AnswerState.UNKNOWN, answer.code, alarm="银行应答的不是这一笔")
            state = answer.needed("Corp", "TrState")
        except BankRefused as refused:
            return mapping.queried(refused.code, str(refused), "", self._config.not_found_codes)
        except Malformed as wrong:
            return Verdict(AnswerState.UNKNOWN, message=str(wrong), alarm=f"银行应答无法识别：{wrong}")
        except PluginError as failure:
            alarm = f"银行应答无法识别：{failure}" if isinstance(failure, MalformedAnswer) else None
            return Verdict(AnswerState.UNKNOWN, message=str(failure), alarm=alarm)
        return mapping.queried(answer.code, answer.message, state, self._config.not_found_codes)

    async def _bookings(self, session: Session) -> list[Booking] | None:
        """The debits of the last weeks, or ``None`` when they can't be had now."""
        found: list[Booking] = []
        after = 0
        try:
            for _ in range(_BOOK_FILES):
                rows, more = await self._rows(session, after, BOOKS_BACK)
                found += [_booking(row) for row in rows if row.line.direction is LineDirection.DEBIT]
                last = max([after, *(row.serial for row in rows)])
                if not more or last <= after:
                    break
                after = last
        except PluginError:
            return None
        return found

    async def _rows(self, session: Session, after: int, back: timedelta) -> tuple[list[Detail], bool]:
        today = business_date(self._clock.now())
        cells: Cells = {
            "Cmp": {**self._own(), "StartTime": ""},
            "Corp": {"StartDate": f"{today - back:%Y%m%d}", "EndDate": f"{today:%Y%m%d}"},
            "Channel": {"LastJrnNo": str(after)},
        }
        answer = await session.read("CQRA10", cells)
        rows = await session.detail(answer, self._account.account_no)
        return rows, answer.parts.get("Cmp", {}).get("ContFlag", "0") == "1"

    def _own(self) -> dict[str, str]:
        return {"DbAccNo": self._account.account_no, "DbProv": self._config.province, "DbCur": "01"}

    def _payment(self, order: PaymentOrder) -> tuple[str, Cells]:
        """Code and fields. Raises CannotExpress before anything is sent."""
        if order.pay_from_sub_account is not None:
            raise CannotExpress("农业银行银企通不支持子账户付款")
        if not re.fullmatch(r"[0-9]{1,20}", order.client_ref, re.ASCII):
            raise CannotExpress("请求流水号须为 1 至 20 位数字")
        if not Money.ZERO < order.amount <= _LARGEST:
            raise CannotExpress("金额须大于零且不超过 9999999999999.99 元")
        payee = order.payee_account.strip()
        if not re.fullmatch(r"[0-9A-Za-z\-]{1,32}", payee, re.ASCII):
            raise CannotExpress("收款账号格式有误")
        code = (order.payee_bank_code or "").strip()
        if code and not re.fullmatch(r"[0-9]{12}", code, re.ASCII):
            raise CannotExpress("收款银行联行号须为 12 位数字")
        name = expressible("收款人名称", order.payee_name, 80)
        bank = expressible("收款银行名称", order.payee_bank_name, 80)
        if not name or not (bank or code):
            raise CannotExpress("收款人名称、收款银行名称或行号不能为空")
        purpose = expressible("用途", order.purpose, 4000)
        cells: Cells = {
            "Amt": order.amount.yuan,
            "Cmp": {**self._own(), "DbLogAccNo": "", "CrProv": "", "CrAccNo": payee, "CrLogAccNo": "", "CrCur": "01"},
            "Corp": {
                "PsFlag": "0",
                "BookingFlag": "0",
                "BookingDate": "",
                "BookingTime": "",
                "UrgencyFlag": "0",
                "OthBankFlag": "0" if order.same_bank else "1",
                "CrBankType": "",
                "CrAccName": name,
                "CrBankName": bank,
                "CrBankNo": code,
                "DbAccName": expressible("付款人名称", self._account.account_name, 80),
                "WhyUse": marked(purpose, order.client_ref, 60),
                "Postscript": marked(purpose, order.client_ref, 60),
            },
        }
        is_card = check_card(payee).ok and payee.startswith("62")
        return ("CFRT21" if is_card else "CFRT02"), cells

    def _session(self) -> Session:
        deadline = asyncio.get_running_loop().time() + self._limit
        return Session(self._transport, self._config, self._clock, deadline)


def _booking(row: Detail) -> Booking:
    line = row.line
    return Booking(line.amount, line.counter_account, line.client_ref, line.booked_on, line.bank_ref or "")


def _judged(made: RawExchange, code: str, serial: str) -> Verdict:
    """UNKNOWN for whatever did not arrive whole; an alarm when what arrived can't be understood."""
    if made.response is None or (made.note and not made.note.startswith(BROKEN_FRAME)):
        return Verdict(AnswerState.UNKNOWN, message=made.note)
    try:
        answer = parse(made.response)
    except Malformed as broken:
        return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}")
    if (answer.fields.get("CCTransCode"), answer.fields.get("ReqSeqNo")) != (code, serial):
        return Verdict(AnswerState.UNKNOWN, answer.code, answer.message, alarm="银行应答的是另一笔请求")
    return mapping.submitted(answer.code, answer.message)
