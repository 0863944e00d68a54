"""The flow: what is asked of the bank, in which order, and what its answers amount to."""

import asyncio
from datetime import date, timedelta
from typing import Final

from ankuan.kernel.clock import Clock, business_date
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
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
    OpenedSubAccount,
    OpenedSubAccounts,
    PaymentOrder,
    SingleOrder,
    SubAccountPage,
    TransferOrder,
)
from ankuan.plugin_api.errors import CannotExpress, PluginError
from ankuan.plugin_api.evidence import Verdict
from ankuan.plugin_api.transport import HttpTransport
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_citic import compose
from ankuan_bank_citic.books import Trace
from ankuan_bank_citic.compose import Request, adjustment, out_of_main, payment, registration, transfer
from ankuan_bank_citic.config import Config
from ankuan_bank_citic.judging import fate, judged, judged_rows
from ankuan_bank_citic.mapping import DONE, BadValue, submit_verdict
from ankuan_bank_citic.messages import Answer
from ankuan_bank_citic.pool import list_page
from ankuan_bank_citic.reading import read_page
from ankuan_bank_citic.receipts import fetch_receipt
from ankuan_bank_citic.session import Session
from ankuan_bank_citic.transfers import source_booking
from ankuan_bank_citic.values import money, needed

UNNAMED: Final = "0|0|0"
"""Stands for the booking in a transfer out of the main account, where only the rest of it matters."""


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

    async def pay_batch(self, batch: BatchOrder) -> BatchAnswer:
        """DLPAYBAT, once. Its rows are asked about one by one."""
        (action, fields), rows = compose.batch(batch, self._account, self._config.small_value_limit)
        session = self._session()
        verdicts = judged_rows(await session.exchange(action, fields, rows), len(rows))
        # The exchange stands once, beside the rows: it is as large as they are many.
        return BatchAnswer(tuple(verdict.answer(()) for verdict in verdicts), session.kept)

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """DLMIXSUB, once."""
        return await self._submit(adjustment(order, self._account))

    async def transfer(self, order: TransferOrder) -> BankAnswer:
        """DLSINSUB out of a sub-account; DLMIXSUB out of the main account, of a booking the bank is asked for first."""
        if order.from_sub_account is not None:
            return await self._submit(transfer(order, self._account))
        out_of_main(order, UNNAMED, self._account)
        session = self._session()
        try:
            source = await source_booking(session, self._account, order, self._last_day())
        except PluginError as failure:
            return Verdict(AnswerState.UNKNOWN, message=f"尚未提交：{failure}").answer(session.kept)
        if source is not None:
            return await self._submit(out_of_main(order, source, self._account), session)
        if order.submitted_on is None:
            raise CannotExpress("公共调账账号上没有可划转的款项；来款请用调账", session.kept)
        # An earlier try may have moved it: that there is nothing left proves no refusal.
        return Verdict(AnswerState.UNKNOWN, message="公共调账账号上没有可划转的款项，待核").answer(session.kept)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """DLCIDSTT, or DLBATDET for a row of a batch; believed only with the bank's own books behind it."""
        traced = self._trace(order)
        batch_ref = order.batch_ref if isinstance(order, PaymentOrder) else None
        session = self._session()
        return (await fate(session, traced, batch_ref, self._last_day())).answer(session.kept)

    async def receipt(self, line: BankLine) -> BankReceipt | None:
        """DLEDDRSQ, then DLEDCDTD."""
        return await fetch_receipt(self._session(), self._account, line, self._last_day())

    async def list_sub_accounts(self, cursor: str | None) -> SubAccountPage:
        """DLSBALQR, then DLSASQRY of those it tells."""
        return await list_page(self._session(), self._account, cursor)

    async def aclose(self) -> None:
        """Close the connections to the front-end."""
        await self._front_end.aclose()

    def _trace(self, order: SingleOrder) -> Trace:
        if isinstance(order, PaymentOrder):
            # Composed again, so that what could not have been sent is not asked about.
            action, sent = payment(order, self._account, self._config.small_value_limit)
            book, counter = sent.get("payAccNo", self._account.account_no), order.payee_account.strip()
            direction = LineDirection.DEBIT
        elif isinstance(order, AdjustmentOrder):
            action, sent = adjustment(order, self._account)
            book, counter, direction = sent["subAccNo"], sent["accountNo"], LineDirection.CREDIT
        elif order.from_sub_account is None:
            action, sent = out_of_main(order, UNNAMED, self._account)
            book, counter, direction = sent["subAccNo"], sent["accountNo"], LineDirection.CREDIT
        else:
            action, sent = transfer(order, self._account)
            book, counter, direction = sent["payAccNo"], sent["recvAccNo"], LineDirection.DEBIT
        return Trace(
            action=action,
            client_ref=order.client_ref,
            amount=order.amount,
            book=book,
            is_main=action == "DLOUTTRN",
            direction=direction,
            counter=counter,
            submitted_on=order.submitted_on,
        )

    async def _submit(self, request: Request, session: Session | None = None) -> BankAnswer:
        session = session or self._session()
        return judged(await session.exchange(*request), submit_verdict).answer(session.kept)

    def _session(self) -> Session:
        deadline = asyncio.get_running_loop().time() + self._limit
        return Session(self._front_end, self._config.user_name, deadline)

    def _last_day(self) -> date:
        return business_date(self._clock.now()) + timedelta(days=self._config.statement_ahead_days)


def _opened(session: Session, answer: Answer) -> OpenedSubAccount:
    number = answer.fields.get("subAccNo", "")
    if len(number) != 19 or not number.isascii() or not number.isdigit():
        raise session.malformed("DLBREGSN", BadValue("subAccNo is not 19 digits"))
    return OpenedSubAccount(number, answer.fields.get("subAccNm", ""), answer.fields.get("hostNo") or None)
