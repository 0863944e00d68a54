"""Read the sub-accounts that a bank has generated, page after page, and put them into the pool.

Page, cursor and counts are one transaction: after a kill the next worker goes on behind the last page that stands.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, text, update

from ankuan.banking.queries import connect_fund_account, get_fund_account
from ankuan.collection.pool import ALARM, pools_in_need
from ankuan.collection.pool_lease import LEASE, REST, SERVED_AT_ONCE
from ankuan.collection.serve_wishes import serve_wishes
from ankuan.collection.store_pool import store_pool
from ankuan.collection.tables import PoolRequest
from ankuan.kernel.clock import business_date
from ankuan.kernel.ids import new_id
from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.db import WriteSession
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import GuardedBank
from ankuan.plugin_api.bank import SubAccountPage
from ankuan.plugin_api.errors import PluginError

READS_FOR = 60.0
"""Seconds after which a job gives its place back; the next one goes on."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A request that this worker holds. ``cursor``: how far it was read."""

    court_id: int
    request_id: UUID
    fund_account_id: UUID
    cursor: str | None


# A reading that found nothing is taken up again: who looks every minute leaves one row, not a thousand a day.
_AGAIN = text(
    """
    update pool_request set finished_at = null, asked_by = :asked_by, asked_at = :now
     where court_id = :court_id and told = 0 and finished_at is not null
       and id = (select r.id from pool_request r
                  where r.court_id = :court_id and r.fund_account_id = :fund_account_id and r.kind = 'pool'
                  order by r.id desc limit 1)
    """
)
# Goes on where the last reading of the fund account has ended: a bank may have generated more since.
_BEGIN = text(
    """
    insert into pool_request (court_id, id, fund_account_id, kind, cursor, asked_by, asked_at)
    values (:court_id, :id, :fund_account_id, 'pool',
            (select r.cursor from pool_request r
              where r.court_id = :court_id and r.fund_account_id = :fund_account_id and r.kind = 'pool'
              order by r.id desc limit 1), :asked_by, :now)
        on conflict (court_id, fund_account_id) where kind = 'pool' and finished_at is null do nothing
    """
)


async def request_reading(session: WriteSession, *, court_id: int, fund_account_id: UUID, now: datetime) -> UUID:
    """Order that the bank's sub-accounts be read; one that is being carried out is the answer. Returns its id."""
    values = {"court_id": court_id, "fund_account_id": fund_account_id, "asked_by": session.actor.name, "now": now}
    await session.execute(_AGAIN, values)
    await session.execute(_BEGIN, values | {"id": new_id()})
    found = await session.execute(
        select(PoolRequest.id).where(
            PoolRequest.court_id == court_id,
            PoolRequest.fund_account_id == fund_account_id,
            PoolRequest.kind == "pool",
            PoolRequest.finished_at.is_(None),
        )
    )
    session.has_emitted = True  # rings the bell after the commit, so that the worker looks at once
    return found.scalar_one()


async def import_pool(context: JobContext, *, court_id: int, request_id: UUID) -> int:
    """Read on for a minute at most. Returns how many new sub-accounts are in the pool.

    A lease keeps a second worker away; one that lost its lease meanwhile stops at its next page.
    """
    async with context.database.write(context.actor) as session:
        reading = await _take(session, court_id, request_id, context.clock.now())
    if reading is None:
        return 0
    async with context.database.read(context.actor) as session:
        account = await get_fund_account(session, court_id=court_id, fund_account_id=reading.fund_account_id)
    bank = connect_fund_account(context, account)
    try:
        return await _read(context, reading, bank)
    except PluginError as error:
        await _failed(context, reading, f"读取银行子账户失败：{error}")
        return 0
    finally:
        await bank.aclose()


async def _read(context: JobContext, reading: _Reading, bank: GuardedBank) -> int:
    loop = asyncio.get_running_loop()
    ends_at, new, cursor, more = loop.time() + READS_FOR, 0, reading.cursor, True
    while more and loop.time() < ends_at:
        page = await bank.list_sub_accounts(cursor)
        # A bank that answers the same page for ever must not keep the reader in a loop.
        more = page.more and page.cursor != cursor
        stored = await _keep(context, reading, cursor, page, is_last=not more)
        if stored is None:
            return new
        new, cursor = new + stored, page.cursor
    if more:
        await _give_back(context, reading, None)
    elif not new:
        await _tell_empty(context, reading)
    return new


async def _keep(
    context: JobContext, reading: _Reading, before: str | None, page: SubAccountPage, *, is_last: bool
) -> int | None:
    """Store a page and move the cursor. ``None``: somebody else has moved it; his pages are ours."""
    now = context.clock.now()
    async with context.database.write(context.actor) as session:
        held = await session.scalar(
            select(PoolRequest.id)
            .where(
                PoolRequest.court_id == reading.court_id,
                PoolRequest.id == reading.request_id,
                PoolRequest.finished_at.is_(None),
                PoolRequest.cursor.is_not_distinct_from(before),
            )
            .with_for_update()
        )
        if held is None:
            return None
        new = await store_pool(
            session,
            court_id=reading.court_id,
            fund_account_id=reading.fund_account_id,
            accounts=page.accounts,
            now=now,
        )
        await session.execute(
            update(PoolRequest)
            .where(PoolRequest.court_id == reading.court_id, PoolRequest.id == reading.request_id)
            .values(
                cursor=page.cursor,
                told=PoolRequest.told + len(page.accounts),
                opened=PoolRequest.opened + new,
                taken_until=None if is_last else now + LEASE,
                finished_at=now if is_last else None,
            )
        )
        await serve_wishes(session, court_id=reading.court_id, limit=SERVED_AT_ONCE, now=now)
        if new:
            for subject in (str(reading.fund_account_id), str(reading.court_id)):
                await settle_alarm(session, court_id=reading.court_id, kind=ALARM, subject_key=subject, now=now)
        session.has_emitted = True
    return new


async def _take(session: WriteSession, court_id: int, request_id: UUID, now: datetime) -> _Reading | None:
    request = await session.scalar(
        select(PoolRequest)
        .where(
            PoolRequest.court_id == court_id,
            PoolRequest.id == request_id,
            PoolRequest.kind == "pool",
            PoolRequest.finished_at.is_(None),
            or_(PoolRequest.taken_until.is_(None), PoolRequest.taken_until <= now),
        )
        .with_for_update(skip_locked=True)
    )
    if request is None:
        return None
    request.taken_until = now + LEASE
    return _Reading(court_id, request_id, request.fund_account_id, request.cursor)


async def _give_back(context: JobContext, reading: _Reading, until: datetime | None) -> None:
    async with context.database.write(context.actor) as session:
        await session.execute(
            update(PoolRequest)
            .where(PoolRequest.court_id == reading.court_id, PoolRequest.id == reading.request_id)
            .values(taken_until=until)
        )


async def _failed(context: JobContext, reading: _Reading, why: str) -> None:
    """The request stays and is tried again after a rest."""
    await _give_back(context, reading, context.clock.now() + REST)
    await _alarm(context, reading, why)


async def _tell_empty(context: JobContext, reading: _Reading) -> None:
    """All that the bank has is read: only the bank can generate more. No alarm while the pool is not low."""
    today = business_date(context.clock.now())
    async with context.database.read(context.actor) as session:
        needs = await pools_in_need(session, today=today, fund_account_id=reading.fund_account_id)
    if needs:
        await _alarm(context, reading, "银行子账户池已读完，请向银行申请批量生成子账户")


async def _alarm(context: JobContext, reading: _Reading, message: str) -> None:
    async with context.database.write(context.actor) as session:
        await raise_alarm(
            session,
            court_id=reading.court_id,
            kind=ALARM,
            subject_key=str(reading.fund_account_id),
            message=message,
            now=context.clock.now(),
        )
