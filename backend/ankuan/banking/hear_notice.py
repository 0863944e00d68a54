"""A bank calls back: prove that it is the bank, keep what it said, and look sooner than otherwise (failures E).

What a notice says is a hint and nothing more. Money moves only by the answer of a query or by a booking that was read.
"""

import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from ankuan.banking.connect_bank import connect_fund_account
from ankuan.banking.record_notice import record_notice
from ankuan.banking.tables import FundAccount, Instruction
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.ids import content_digest
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.crypto import CannotDecrypt
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import GuardedBank
from ankuan.plugin_api.bank import BankNotice, IncomingNotice
from ankuan.plugin_api.errors import ForgedNotice, InvalidSettings, NotOffered, PluginError

REFUSED = "bank_notice_refused"
_ALARM_EVERY = timedelta(seconds=10)
"""A flood of forged notices is counted in the alarm at this pace, instead of writing as fast as somebody sends."""
_MOST_ACCOUNTS = 200
_REMEMBERED_NS = 2_000_000_000
"""Nanoseconds for which the accounts of a bank are not read again."""
_MOST_EARS = 256
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Genuine:
    """A notice that the bank of this account has signed."""

    account: FundAccount
    told: BankNotice


class NoticeEars:
    """Hears notices in one process. Connectors are kept: a burst must not make one a call. Nothing in it is needed
    again after a restart.
    """

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._ears: OrderedDict[tuple[int, UUID, str], GuardedBank] = OrderedDict()
        self._known: dict[tuple[str, str | None], tuple[int, list[FundAccount]]] = {}
        self._alarmed: dict[tuple[int, str], datetime] = {}

    async def hear(self, *, bank_id: str, account_no: str | None, notice: IncomingNotice) -> BankNotice | None:
        """Take in a notice; its reply is what the bank wants to hear. ``None``: nobody's, and nothing has happened."""
        accounts = await self._candidates(bank_id, account_no)
        genuine = await self._prove(accounts, notice)
        if genuine is None:
            await self._refuse(bank_id, accounts)
            return None
        now = self._context.clock.now()
        plugin = self._context.plugins.bank(bank_id)
        async with self._context.database.write(self._context.actor) as session:
            await record_notice(
                session,
                account=genuine.account,
                bank=plugin.capabilities,
                told=genuine.told,
                headers=json.dumps(dict(notice.headers), ensure_ascii=False).encode(),
                body=notice.body,
                cipher=self._context.cipher,
                now=now,
            )
        return genuine.told

    async def _candidates(self, bank_id: str, account_no: str | None) -> list[FundAccount]:
        """Accounts that the notice may be about; oldest first, so that the same one is found every time."""
        plugin = self._context.plugins.banks.get(bank_id)
        is_off = bank_id in self._context.plugins.state.switched_off
        if plugin is None or is_off or not plugin.capabilities.statements_push:
            return []
        if account_no is not None and "\x00" in account_no:  # what no text of the database can be is nobody's number
            return []
        read_at, known = self._known.get((bank_id, account_no), (-_REMEMBERED_NS, []))
        if time.monotonic_ns() - read_at < _REMEMBERED_NS:
            return known
        statement = select(FundAccount).where(FundAccount.bank_id == bank_id, FundAccount.active)
        if account_no is not None:
            statement = statement.where(FundAccount.account_no == account_no)
        async with self._context.database.read(self._context.actor) as session:
            found = await session.scalars(statement.order_by(FundAccount.id).limit(_MOST_ACCOUNTS))
            accounts = list(found)
        if len(self._known) >= _MOST_EARS:
            self._known.clear()
        self._known[bank_id, account_no] = time.monotonic_ns(), accounts
        return accounts

    async def _prove(self, accounts: list[FundAccount], notice: IncomingNotice) -> Genuine | None:
        """The first account whose connector takes the notice for genuine; among those that do, the order's own."""
        for account in accounts:
            told = await self._read(account, notice)
            if told is None:
                continue
            own = await self._account_of(told, accounts)
            if own is not None and own.id != account.id:
                told_there = await self._read(own, notice)
                if told_there is not None:
                    return Genuine(own, told_there)
            return Genuine(account, told)
        return None

    async def _read(self, account: FundAccount, notice: IncomingNotice) -> BankNotice | None:
        try:
            return await self._ear(account).read_notice(notice)
        except (ForgedNotice, NotOffered):
            return None
        except PluginError as error:
            log.warning("notice.unreadable", bank=account.bank_id, error=type(error).__name__)
            return None
        except (AnkuanError, InvalidSettings, CannotDecrypt) as error:
            log.warning("notice.no_ear", bank=account.bank_id, error=type(error).__name__)
            return None

    def _ear(self, account: FundAccount) -> GuardedBank:
        key = (account.court_id, account.id, content_digest(dict(account.settings)))
        found = self._ears.get(key)
        if found is None:
            found = self._ears[key] = connect_fund_account(self._context, account)
            if len(self._ears) > _MOST_EARS:
                self._ears.popitem(last=False)
        self._ears.move_to_end(key)
        return found

    async def _account_of(self, told: BankNotice, accounts: list[FundAccount]) -> FundAccount | None:
        """Courts may share a key at their bank; the order says whose notice it is."""
        if told.client_ref is None or len(accounts) == 1:
            return None
        async with self._context.database.read(self._context.actor) as session:
            wanted = await session.scalar(
                select(Instruction.fund_account_id).where(Instruction.client_ref == told.client_ref)
            )
        return next((account for account in accounts if account.id == wanted), None)

    async def _refuse(self, bank_id: str, accounts: list[FundAccount]) -> None:
        """One open alarm a court and bank. What was sent is not kept: it is nobody's word."""
        now = self._context.clock.now()
        for court_id in sorted({account.court_id for account in accounts}):
            last = self._alarmed.get((court_id, bank_id))
            if last is not None and now - last < _ALARM_EVERY:
                continue
            self._alarmed[court_id, bank_id] = now
            async with self._context.database.write(self._context.actor) as session:
                await raise_alarm(
                    session,
                    court_id=court_id,
                    kind=REFUSED,
                    subject_key=bank_id,
                    message="收到冒用银行名义或无法识别的通知，未采信；若持续出现，请核对通知密钥与来源",
                    now=now,
                )

    async def close(self) -> None:
        """Give back what was kept."""
        while self._ears:
            _, ear = self._ears.popitem()
            await ear.aclose()
