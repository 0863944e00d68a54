"""The flow: what is asked of the platform, in which order, and what its answers amount to."""

import asyncio
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from ankuan.kernel.clock import Clock
from ankuan.plugin_api.bank import (
    AccountCheck,
    AccountClaim,
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
    SubAccountPage,
    TransferOrder,
)
from ankuan.plugin_api.errors import BankRefused, MalformedAnswer, PluginError
from ankuan_bank_platform import records, values
from ankuan_bank_platform.checking import check_account
from ankuan_bank_platform.client import Platform, Reply
from ankuan_bank_platform.config import Config
from ankuan_bank_platform.documents import Malformed
from ankuan_bank_platform.initiation import Instruction, document, instruction
from ankuan_bank_platform.lines import bookings_of
from ankuan_bank_platform.mapping import FINAL, Booking, Expected, Verdict, query_verdict, submit_verdicts, weigh
from ankuan_bank_platform.notices import read_notice
from ankuan_bank_platform.reading import question, read_page
from ankuan_bank_platform.report import INTRADAY, Account, balance, read_account
from ankuan_bank_platform.session import NOT_FOUND, PASSING, XML, Session
from ankuan_bank_platform.status import read_status

SUB_ACCOUNTS_PER_CALL: Final = 100
SUB_ACCOUNT_PAGE: Final = 500


class PlatformConnector:
    """One fund account at the platform. Implements ``BankConnector`` and every ability the plugin declares."""

    def __init__(self, account: FundAccountRef, config: Config, platform: Platform, clock: Clock, limit: float) -> None:
        self._account = account
        self._config = config
        self._platform = platform
        self._clock = clock
        self._limit = limit

    # ------------------------------------------------------------ orders

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """pain.001 with one order; MsgId is the order's own reference."""
        return await self._submit_one(order)

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """pain.001 from the main account to a sub-account."""
        return await self._submit_one(order)

    async def transfer(self, order: TransferOrder) -> BankAnswer:
        """pain.001 between accounts under the main account."""
        return await self._submit_one(order)

    async def pay_batch(self, batch: BatchOrder) -> BatchAnswer:
        """pain.001 with up to 500 orders; MsgId is the batch's reference."""
        rows = [instruction(order, self._account, self._config) for order in batch.orders]
        session, verdicts = await self._submit(batch.batch_ref, rows)
        return BatchAnswer(tuple(_answer(verdict, None) for verdict in verdicts), session.kept)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """pain.002 by EndToEndId; a final word is believed only with the account's own bookings behind it."""
        expected = instruction(order, self._account, self._config).expected
        batch_ref = order.batch_ref if isinstance(order, PaymentOrder) else None
        session = self._session()
        reply = await session.get("pain.002", "/v1/pain.002", endToEndId=order.client_ref)
        verdict = _queried(reply, expected, batch_ref or order.client_ref)
        if verdict.state in FINAL:
            verdict = weigh(verdict, expected, await self._bookings(session, order.client_ref))
        return _answer(verdict, session)

    async def _submit_one(self, order: SingleOrder) -> BankAnswer:
        session, (verdict,) = await self._submit(order.client_ref, [instruction(order, self._account, self._config)])
        return _answer(verdict, session)

    async def _submit(self, message_ref: str, rows: Sequence[Instruction]) -> tuple[Session, Sequence[Verdict]]:
        body = document(message_ref, rows, self._account, self._config, self._clock.now())
        session = self._session()
        reply = await session.post("pain.001", "/v1/pain.001", body, XML)
        return session, _submitted(reply, message_ref, [row.expected for row in rows])

    async def _bookings(self, session: Session, client_ref: str) -> list[Booking] | None:
        """Debits under an order's reference, or ``None`` when the books can't be had now."""
        main = self._account.account_no
        try:
            reply = await session.get("camt.052", "/v1/camt.052", acct=main, endToEndId=client_ref)
            report = session.read("camt.052", reply, lambda raw: self._report(raw, main, reply))
        except PluginError:
            return None
        if not report.last_page or any(entry.end_to_end != client_ref for entry in report.entries):
            return None
        return bookings_of(report.entries, main)

    # ------------------------------------------------------------ what is told

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """camt.052 after the cursor; camt.053 of days that are over when nothing is new."""
        return await read_page(self._session(), self._account.account_no, cursor, self._config.statement_from)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """camt.052 without entries."""
        number = sub_account_no if sub_account_no is not None else self._account.account_no
        session = self._session()
        reply = await session.get("camt.052", "/v1/camt.052", acct=number, limit="0")
        report = session.read("camt.052", reply, lambda raw: self._report(raw, number, reply))
        try:
            return BankBalance(balance(report, "ITBD"), balance(report, "ITAV"), session.kept)
        except Malformed as wrong:
            raise MalformedAnswer(f"camt.052: {wrong}", session.kept) from wrong

    async def receipt(self, line: BankLine) -> BankReceipt | None:
        """The PDF of a booking, by its AcctSvcrRef."""
        session = self._session()
        reply = await session.get("receipts", f"/v1/receipts/{quote(line.bank_key, safe='')}")
        try:
            content = session.read("receipts", reply, _pdf)
        except BankRefused as refused:
            if refused.code in {NOT_FOUND, "NOT_READY"}:
                return None
            raise
        return BankReceipt(content, line.bank_key, session.kept)

    async def read_notice(self, notice: IncomingNotice) -> BankNotice:
        """camt.054 or pain.002 that the platform sends by itself."""
        return await asyncio.to_thread(read_notice, notice, self._platform.credentials, self._account.account_no)

    # ------------------------------------------------------------ accounts

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        """Up to a hundred a message. The first failure ends it; what was opened until then is returned."""
        labels = [values.needed("子账户名称", name, 140) for name in names]
        opened: tuple[OpenedSubAccount, ...] = ()
        kept: Session = self._session()
        for start in range(0, len(labels), SUB_ACCOUNTS_PER_CALL):
            kept.deadline = asyncio.get_running_loop().time() + self._limit
            try:
                found = await self._open_some(kept, labels[start : start + SUB_ACCOUNTS_PER_CALL])
            except PluginError as failure:
                if not opened:
                    raise
                return OpenedSubAccounts(opened, kept.kept, str(failure))
            opened += found.accounts
            if found.failure:
                return OpenedSubAccounts(opened, kept.kept, found.failure)
        return OpenedSubAccounts(opened, kept.kept)

    async def list_sub_accounts(self, cursor: str | None) -> SubAccountPage:
        """Sub-accounts in the order of their numbers; the cursor is the last number told."""
        main, session = self._account.account_no, self._session()
        after = values.account("子账户游标", cursor) if cursor else ""
        reply = await session.get("vsub.list", "/v1/vsub", acct=main, after=after, limit=str(SUB_ACCOUNT_PAGE))
        found = session.read("vsub.list", reply, lambda raw: records.sub_accounts(raw, main, after))
        if found.accounts and found.accounts[0].number <= after:
            raise MalformedAnswer("vsub.list: a page that goes back", session.kept)
        last = found.accounts[-1].number if found.accounts else after
        return SubAccountPage(found.accounts, last, found.more, session.kept)

    async def check_account(self, claim: AccountClaim) -> AccountCheck:
        """Whether name and number belong together, at any bank the platform reaches."""
        return await check_account(self._session(), claim)

    async def aclose(self) -> None:
        """Close the connections to the platform."""
        await self._platform.aclose()

    async def _open_some(self, session: Session, names: Sequence[str]) -> records.Opened:
        main = self._account.account_no
        body = records.render({"acct": main, "names": list(names)})
        reply = await session.post("vsub.open", "/v1/vsub", body, records.MEDIA_TYPE)
        found = session.read("vsub.open", reply, lambda raw: records.sub_accounts(raw, main))
        told = [each.name for each in found.accounts]
        if told != list(names[: len(told)]) or (len(told) < len(names) and not found.failure):
            raise MalformedAnswer("vsub.open: other names than were asked for", session.kept)
        return found

    def _report(self, raw: bytes, number: str, reply: Reply) -> Account:
        return read_account(raw, INTRADAY, account=number, question=question(reply))

    def _session(self) -> Session:
        return Session(self._platform, asyncio.get_running_loop().time() + self._limit)


def _submitted(reply: Reply, message_ref: str, orders: Sequence[Expected]) -> Sequence[Verdict]:
    """UNKNOWN for whatever is not the platform's own word; an alarm when its word can't be understood."""
    doubt = _doubt(reply)
    if doubt is not None:
        return tuple(doubt for _ in orders)
    try:
        if 200 <= reply.status < 300:
            return submit_verdicts(read_status(reply.body), message_ref, orders)
        # A refusal in the platform's own form is about the call, not the order: its first copy may have been taken.
        code, text = records.refusal(reply.body)
        alarm = None if code in PASSING else f"平台拒绝了调用：{code[:40]} {text[:80]}"
        return tuple(Verdict(AnswerState.UNKNOWN, code, text, alarm=alarm) for _ in orders)
    except Malformed as broken:
        return tuple(_unreadable(broken) for _ in orders)


def _queried(reply: Reply, expected: Expected, message_ref: str) -> Verdict:
    doubt = _doubt(reply)
    if doubt is not None:
        return doubt
    try:
        if 200 <= reply.status < 300:
            return query_verdict(read_status(reply.body), expected, message_ref)
        code, text = records.refusal(reply.body)
    except Malformed as broken:
        return _unreadable(broken)
    if code == NOT_FOUND:
        return Verdict(AnswerState.NOT_FOUND, code, text)
    alarm = None if code in PASSING else f"平台拒绝了查询：{code[:40]} {text[:80]}"
    return Verdict(AnswerState.UNKNOWN, code, text, alarm=alarm)


def _doubt(reply: Reply) -> Verdict | None:
    if reply.genuine:
        return None
    alarm = f"平台应答不可信：{reply.note}" if reply.answered else None
    return Verdict(AnswerState.UNKNOWN, message=reply.note, alarm=alarm)


def _unreadable(broken: Malformed) -> Verdict:
    return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"平台应答无法识别：{broken}")


def _answer(verdict: Verdict, session: Session | None) -> BankAnswer:
    return BankAnswer(
        state=verdict.state,
        code=verdict.code,
        message=verdict.message,
        bank_ref=verdict.bank_ref,
        booked_on=verdict.booked_on,
        exchanges=session.kept if session is not None else (),
        alarm=verdict.alarm,
    )


def _pdf(raw: bytes) -> bytes:
    if not raw.startswith(b"%PDF-") or b"%%EOF" not in raw[-1024:]:
        raise Malformed("no whole PDF file")
    return raw
