"""The flow: what is asked of the bank, in which order, and what its answers amount to."""

import asyncio
from datetime import timedelta

from ankuan.kernel.clock import business_date
from ankuan.plugin_api.bank import (
    BankAnswer,
    BankBalance,
    BankLine,
    BankReceipt,
    BatchAnswer,
    BatchOrder,
    FundAccountRef,
    LinePage,
    PaymentOrder,
    SingleOrder,
)
from ankuan.plugin_api.errors import CannotExpress, NotOffered
from ankuan_bank_icbc import compose, judging
from ankuan_bank_icbc.balances import of_account
from ankuan_bank_icbc.reading import read_page
from ankuan_bank_icbc.receipts import fetch_receipt
from ankuan_bank_icbc.session import Desk, Session
from ankuan_bank_icbc.statements import ONE_DAY, Statement


class IcbcConnector:
    """One fund account at one NetSafe Client. Implements ``BankConnector`` and what the capabilities declare."""

    def __init__(self, account: FundAccountRef, desk: Desk, limit: float) -> None:
        self._account = account
        self._desk = desk
        self._limit = limit

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """QHISD of the days before, QPD of today; QRYGJDTL tells the cards."""
        return await read_page(self._session(), self._statement(), cursor)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """QACCBAL. The bank has no question for the balance of a card."""
        if sub_account_no is not None:
            raise NotOffered("工商银行不提供管家卡余额查询")
        return await of_account(self._session(), self._account.account_no)

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """PAYENT with one row, signed and sent once."""
        session = self._session()
        reference = order.batch_ref or order.client_ref
        request = compose.package([order], reference, self._account, self._desk.config, session.now)
        heard = await session.ask_signed(request)
        return judging.submitted(heard, order).answer(session.kept)

    async def pay_batch(self, batch: BatchOrder) -> BatchAnswer:
        """PAYENT with a row an order, signed and sent once."""
        session = self._session()
        request = compose.batch(batch, self._account, self._desk.config, session.now)
        heard = await session.ask_signed(request)
        verdicts = [judging.submitted(heard, order) for order in batch.orders]
        return BatchAnswer(tuple(verdict.answer(()) for verdict in verdicts), session.kept)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """QPAYENT; a final word is believed only with the account's own books behind it."""
        if not isinstance(order, PaymentOrder):
            raise CannotExpress("不支持的指令种类")
        compose.reference_of(order.client_ref)
        compose.reference_of(order.batch_ref or order.client_ref)
        session = self._session()
        case = judging.Case(session, self._statement(), judging.expected_of(order), order.submitted_on)
        return (await judging.asked(case, order.batch_ref)).answer(session.kept)

    async def receipt(self, line: BankLine) -> BankReceipt | None:
        """DownEBill."""
        return await fetch_receipt(self._session(), self._account.account_no, line)

    async def aclose(self) -> None:
        """Close the connections to the NetSafe Client."""
        await self._desk.aclose()

    def _session(self) -> Session:
        return Session(self._desk, asyncio.get_running_loop().time() + self._limit)

    def _statement(self) -> Statement:
        config, today = self._desk.config, business_date(self._desk.clock.now())
        ahead = timedelta(days=config.statement_ahead_days)
        return Statement(self._account.account_no, config.area_code, today + ahead, today - ONE_DAY)
