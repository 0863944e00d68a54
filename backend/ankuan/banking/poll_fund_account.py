"""Ask a bank for what it has booked since the last time (money in, and proof of money out)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from ankuan.banking.connect_bank import connect_fund_account
from ankuan.banking.keep_messages import keep_failure, keep_messages
from ankuan.banking.queries import get_fund_account
from ankuan.banking.record_lines import record_lines
from ankuan.banking.tables import FundAccount
from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.crypto import CannotDecrypt
from ankuan.platform.db import RETRYABLE, WriteSession, sqlstate
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import GuardedBank, PluginDisabled, UnknownPlugin
from ankuan.plugin_api.bank import BankLine, LinePage
from ankuan.plugin_api.errors import BankRefused, MalformedAnswer, PluginError
from ankuan.plugin_api.wire import RawExchange

MAX_PAGES = 50
AT_ONCE = 2_000
"""Lines of one transaction: banks tell as many a page as they like, and nobody waits long for a commit."""
_LONGEST_PAUSE = timedelta(seconds=60)
_QUIET_FOR = timedelta(seconds=60)
"""An outage shorter than this is weather, not an alarm."""
UNREACHABLE = "bank_unreachable"
MALFORMED = "bank_lines_malformed"
log = structlog.get_logger(__name__)


async def poll_fund_account(context: JobContext, *, court_id: int, fund_account_id: UUID) -> int:
    """Read page after page, each recorded with its cursor in one transaction. Returns how many lines were new.

    Two workers may poll at once: the cursor moves by compare-and-set, and lines are recorded once by their keys.
    """
    async with context.database.read(context.actor) as session:
        account = await get_fund_account(session, court_id=court_id, fund_account_id=fund_account_id)
    try:
        bank = connect_fund_account(context, account)
    except PluginDisabled:
        return 0  # a person has switched it off: polls pause, and nobody needs an alarm
    except UnknownPlugin as missing:
        await _failed(context, account, missing.zh, kind=UNREACHABLE, exchanges=())
        return 0
    except CannotDecrypt:
        await _failed(context, account, "专户设置无法解密", kind=UNREACHABLE, exchanges=())
        return 0
    try:
        return await _read_pages(context, account, bank)
    finally:
        await bank.aclose()


async def _read_pages(context: JobContext, account: FundAccount, bank: GuardedBank) -> int:
    cursor, new = account.cursor, 0
    for _ in range(MAX_PAGES):
        try:
            page = await bank.fetch_lines(cursor)
        except PluginError as error:
            kind = MALFORMED if isinstance(error, MalformedAnswer | BankRefused) else UNREACHABLE
            await _failed(context, account, str(error), kind=kind, exchanges=error.exchanges)
            return new
        try:
            recorded = await _record_page(context, account, cursor, page)
        except Exception as error:  # people must see that the account stands still; the page is read again
            if not (isinstance(error, DBAPIError) and sqlstate(error) in RETRYABLE):
                why = f"流水无法入账（{type(error).__name__}）"
                await _failed(context, account, why, kind=MALFORMED, exchanges=page.exchanges)
            raise
        if recorded is None:
            return new
        new += recorded
        cursor = page.cursor
        if not page.more:
            break
    return new


async def _record_page(context: JobContext, account: FundAccount, cursor: str | None, page: LinePage) -> int | None:
    """Lines and cursor in one transaction. ``None``: somebody else has moved the cursor; his lines are ours.

    Of a page that is larger than a transaction the cursor goes with the last part: read again, the others are known.
    """
    parts = [page.lines[start : start + AT_ONCE] for start in range(0, len(page.lines), AT_ONCE)] or [()]
    new = 0
    for part in parts[:-1]:
        async with context.database.write(context.actor) as session:
            new += await _record_part(context, session, account, part, page.exchanges if not new else ())
    now = context.clock.now()
    async with context.database.write(context.actor) as session:
        new += await _record_part(context, session, account, parts[-1], page.exchanges if not new else ())
        next_poll = now + _pause(context, 0)
        moved = await _move(session, account, before=cursor, after=page.cursor, next_poll=next_poll, now=now)
        for kind in (UNREACHABLE, MALFORMED):
            await settle_alarm(session, court_id=account.court_id, kind=kind, subject_key=str(account.id), now=now)
        return new if moved else None


async def _record_part(
    context: JobContext,
    session: WriteSession,
    account: FundAccount,
    lines: Sequence[BankLine],
    exchanges: tuple[RawExchange, ...],
) -> int:
    """Returns how many lines were new; with the first new ones the bank's messages are kept."""
    if not lines:
        return 0
    told = await record_lines(
        session,
        court_id=account.court_id,
        fund_account_id=account.id,
        lines=lines,
        source="poll",
        now=context.clock.now(),
    )
    if told.new_ids:
        await keep_messages(
            session,
            court_id=account.court_id,
            fund_account_id=account.id,
            instruction_id=None,
            exchanges=exchanges,
            cipher=context.cipher,
        )
    return len(told.new_ids)


async def _move(
    session: WriteSession,
    account: FundAccount,
    *,
    before: str | None,
    after: str,
    next_poll: datetime,
    now: datetime,
) -> bool:
    """Compare and set. Lines recorded in the same transaction stay even if the cursor was moved by another."""
    found = await session.scalar(
        update(FundAccount)
        .where(
            FundAccount.court_id == account.court_id,
            FundAccount.id == account.id,
            FundAccount.cursor.is_not_distinct_from(before),
        )
        .values(cursor=after, polled_at=now, poll_after=next_poll, poll_failures=0)
        .returning(FundAccount.id)
    )
    return found is not None


def _pause(context: JobContext, failures: int) -> timedelta:
    """Seconds between polls, doubled with every failure in a row, at most a minute (D23: no storm)."""
    pause = timedelta(seconds=context.settings.poll_seconds)
    doubled: timedelta = pause * (1 << min(failures, 10))
    return min(doubled, max(pause, _LONGEST_PAUSE))


async def _failed(
    context: JobContext, account: FundAccount, why: str, *, kind: str, exchanges: tuple[RawExchange, ...]
) -> None:
    now = context.clock.now()
    log.warning("bank.poll_failed", fund_account=str(account.id), kind=kind)
    async with context.database.write(context.actor) as session:
        row = await session.scalar(
            select(FundAccount)
            .where(FundAccount.court_id == account.court_id, FundAccount.id == account.id)
            .with_for_update(key_share=True)
        )
        if row is None:
            return
        row.poll_failures += 1
        row.poll_after = now + _pause(context, row.poll_failures)
        is_weather = kind == UNREACHABLE and row.polled_at is not None and now - row.polled_at < _QUIET_FOR
        if is_weather:
            return
        await raise_alarm(
            session,
            court_id=account.court_id,
            kind=kind,
            subject_key=str(account.id),
            message=f"{account.name}：读取银行流水失败：{why}"[:300],
            now=now,
        )
        await keep_failure(
            session,
            court_id=account.court_id,
            fund_account_id=account.id,
            why=f"{kind}:{why}",
            exchanges=exchanges,
            cipher=context.cipher,
            now=now,
        )
