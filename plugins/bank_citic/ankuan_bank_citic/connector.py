"""The flow: what is asked of the bank, in which order, and what its answers amount to."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from ankuan.kernel.clock import Clock, business_date
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    AnswerState,
    BankAnswer,
    BankBalance,
    FundAccountRef,
    LineDirection,
    LinePage,
    OpenedSubAccount,
    OpenedSubAccounts,
    PaymentOrder,
    SingleOrder,
)
from ankuan.plugin_api.errors import CannotExpress, PluginError
from ankuan.plugin_api.evidence import Booking, Expected, Verdict, weigh
from ankuan.plugin_api.transport import HttpTransport
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_citic.compose import Request, adjustment, payment, registration
from ankuan_bank_citic.config import Config
from ankuan_bank_citic.lines import main_account_booking, sub_account_booking
from ankuan_bank_citic.mapping import DONE, BadValue, query_verdict, submit_verdict
from ankuan_bank_citic.messages import Answer, Malformed, Row, parse
from ankuan_bank_citic.reading import MAIN_PAGE_ROWS, read_page
from ankuan_bank_citic.session import Session
from ankuan_bank_citic.values import money, needed, wire_day

BOOKS_BACK: Final = timedelta(days=30)
"""How far back the books are searched for an order's execution."""
_BOOK_PAGES: Final = 20


class CiticConnector:
    """One fund account at one front-end. Implements ``BankConnector``."""

    def __init__(
        self, account: FundAccountRef, config: Config, front_end: HttpTransport, clock: Clock, limit: float
    ) -> None:
        self._account = account
        self._config = config
        self._front_end = front_end
        self._clock = clock
        self._limit = limit

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        """DLBREGSN once a name. The first failure ends it; what was opened until then is returned."""
        requests = [registration(name, self._account) for name in names]
        opened: list[OpenedSubAccount] = []
        exchanges: tuple[RawExchange, ...] = ()
        for fields in requests:
            session = self._session()
            try:
                opened.append(_opened(session, await session.read("DLBREGSN", fields)))
            except PluginError as failure:
                if not opened:
                    raise
                return OpenedSubAccounts(tuple(opened), exchanges + session.kept, str(failure))
            exchanges += session.kept
        return OpenedSubAccounts(tuple(opened), exchanges)

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """DLSTRNDT after the cursor, then DLSUBDTL of the public adjustment account."""
        return await read_page(
            self._session(),
            self._account,
            cursor,
            today=self._last_day(),
            statement_from=self._config.statement_from,
        )

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """DLBALQRY of the main account, DLSUBBAL of a sub-account."""
        session = self._session()
        try:
            if sub_account_no is not None:
                answer = await session.read("DLSUBBAL", {"subAccNo": sub_account_no})
                row, number, available = answer.fields, "subAccNo", "actBal"
                asked = sub_account_no
            else:
                asked = self._account.account_no
                answer = await session.read("DLBALQRY", {}, [{"accountNo": asked}])
                if len(answer.rows) != 1 or answer.rows[0].get("status") != DONE:
                    raise BadValue("no balance row")
                row, number, available = answer.rows[0], "accountNo", "usableBalance"
            if needed(row, number) != asked:
                raise BadValue("the balance of another account")
            return BankBalance(money(needed(row, "balance")), money(needed(row, available)), session.kept)
        except BadValue as wrong:
            raise session.malformed("balance", wrong) from wrong

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """DLCTNSUB or DLOUTTRN, once."""
        return await self._submit(payment(order, self._account, self._config.small_value_limit))

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """DLMIXSUB, once."""
        return await self._submit(adjustment(order, self._account))

    async def query(self, order: SingleOrder) -> BankAnswer:
        """DLCIDSTT; a final word is believed only with the bank's own books behind it."""
        action, sent = self._composed(order)
        session = self._session()
        made = await session.exchange("DLCIDSTT", {"clientID": order.client_ref, "type": action})
        verdict = _judged(made, query_verdict)
        if verdict.state in {AnswerState.SETTLED, AnswerState.REFUSED}:
            verdict = weigh(verdict, _expected(action, sent, order.amount), await self._bookings(session, action, sent))
        return _answer(verdict, session)

    async def aclose(self) -> None:
        """Close the connections to the front-end."""
        await self._front_end.aclose()

    def _composed(self, order: SingleOrder) -> Request:
        if isinstance(order, PaymentOrder):
            return payment(order, self._account, self._config.small_value_limit)
        if isinstance(order, AdjustmentOrder):
            return adjustment(order, self._account)
        raise CannotExpress("不支持的指令种类")

    async def _submit(self, request: Request) -> BankAnswer:
        session = self._session()
        return _answer(_judged(await session.exchange(*request), submit_verdict), session)

    async def _bookings(self, session: Session, action: str, sent: Row) -> list[Booking] | None:
        """The lines that may be the execution, or ``None`` when the books can't be had now."""
        first, last = self._last_day() - BOOKS_BACK, self._last_day()
        span = {"startDate": wire_day(first), "endDate": wire_day(last)}
        direction = LineDirection.CREDIT if action == "DLMIXSUB" else LineDirection.DEBIT
        try:
            if action == "DLOUTTRN":
                rows = await self._main_rows(session, sent["tranAmount"], span)
                found = [main_account_booking(row) for row in rows]
            else:
                account = sent["subAccNo" if action == "DLMIXSUB" else "payAccNo"]
                fields = {"subAccNo": account, **span, "tranType": "", "minAmt": "", "maxAmt": "", "controlFlag": "1"}
                found = [sub_account_booking(row) for row in (await session.read("DLSUBDTL", fields)).rows]
        except (PluginError, BadValue):
            return None
        return [booking for way, booking in found if way is direction]

    async def _main_rows(self, session: Session, amount: str, span: Row) -> list[Row]:
        rows: list[Row] = []
        for _ in range(_BOOK_PAGES):
            place = {"pageNumber": str(MAIN_PAGE_ROWS), "startRecord": str(len(rows) + 1)}
            bounds = {"accountNo": self._account.account_no, "lowAmount": amount, "upAmount": amount}
            answer = await session.read("DLTRNALL", {**bounds, **span, **place})
            rows += answer.rows
            if len(answer.rows) < MAIN_PAGE_ROWS:
                break
        return rows

    def _session(self) -> Session:
        deadline = asyncio.get_running_loop().time() + self._limit
        return Session(self._front_end, self._config.user_name, deadline)

    def _last_day(self) -> date:
        return business_date(self._clock.now()) + timedelta(days=self._config.statement_ahead_days)


def _judged(made: RawExchange, judge: Callable[[Answer], Verdict]) -> Verdict:
    """UNKNOWN for whatever did not arrive whole; an alarm when what arrived can't be understood."""
    if made.note or made.response is None:
        return Verdict(AnswerState.UNKNOWN, message=made.note)
    try:
        return judge(parse(made.response))
    except Malformed as broken:
        return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}")


def _expected(action: str, sent: Row, amount: Money) -> Expected:
    counter = {"DLCTNSUB": "recvAccNo", "DLOUTTRN": "recAccountNo", "DLMIXSUB": "accountNo"}[action]
    return Expected(sent["clientID"], amount, sent[counter])


def _answer(verdict: Verdict, session: Session) -> BankAnswer:
    return BankAnswer(
        state=verdict.state,
        code=verdict.code,
        message=verdict.message,
        bank_ref=verdict.bank_ref,
        booked_on=verdict.booked_on,
        exchanges=session.kept,
        alarm=verdict.alarm,
    )


def _opened(session: Session, answer: Answer) -> OpenedSubAccount:
    number = answer.fields.get("subAccNo", "")
    if len(number) != 19 or not number.isascii() or not number.isdigit():
        raise session.malformed("DLBREGSN", BadValue("subAccNo is not 19 digits"))
    return OpenedSubAccount(number, answer.fields.get("subAccNm", ""), answer.fields.get("hostNo") or None)
