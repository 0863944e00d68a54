"""Open sub-accounts at the bank: ask with no transaction open, then keep what was opened and serve who waits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from ankuan.banking.queries import connect_fund_account, get_fund_account
from ankuan.collection.pool import ALARM, pools_in_need
from ankuan.collection.pool_lease import LEASE, REST, SERVED_AT_ONCE
from ankuan.collection.serve_wishes import serve_wishes
from ankuan.collection.store_pool import store_pool
from ankuan.collection.tables import PoolRequest
from ankuan.kernel.clock import business_date
from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.db import WriteSession
from ankuan.platform.jobs import JobContext
from ankuan.plugin_api.bank import OpenedSubAccount
from ankuan.plugin_api.errors import PluginError

OPEN_AT_ONCE = 20
"""Asked of a bank in one go and then kept: many banks open one a call, and a slow one must not outlast the job."""


async def fill_pool(context: JobContext, *, court_id: int, fund_account_id: UUID) -> None:
    """Open what the court's policy asks for and bind the cases that wait. Run twice at once it opens a few too many."""
    now = context.clock.now()
    async with context.database.read(context.actor) as session:
        needs = await pools_in_need(session, today=business_date(now), fund_account_id=fund_account_id)
    for need in needs:
        missing = need.count
        while True:
            asked = min(missing, OPEN_AT_ONCE)
            opened = await _ask_bank(context, court_id, fund_account_id, asked) if asked else ()
            async with context.database.write(context.actor) as session:
                await _keep(session, court_id, fund_account_id, opened, context.clock.now())
            missing -= len(opened)
            if missing <= 0 or not opened:
                break


async def open_requested(context: JobContext, *, court_id: int, request_id: UUID) -> None:
    """Open some of the sub-accounts a person asked for. A lease keeps a second worker away from the bank."""
    async with context.database.write(context.actor) as session:
        request = await _take(session, court_id, request_id, context.clock.now())
        if request is None or request.wanted is None:
            return
        wanted = request.wanted
        fund_account_id, count = request.fund_account_id, min(wanted - request.opened, OPEN_AT_ONCE)
    opened = await _ask_bank(context, court_id, fund_account_id, count)
    now = context.clock.now()
    async with context.database.write(context.actor) as session:
        await _keep(session, court_id, fund_account_id, opened, now)
        kept = await session.get_one(PoolRequest, (court_id, request_id), with_for_update=True)
        kept.opened += len(opened)
        kept.taken_until = None if opened else now + REST
        kept.finished_at = now if kept.opened >= wanted else None
        session.has_emitted = True


async def _take(session: WriteSession, court_id: int, request_id: UUID, now: datetime) -> PoolRequest | None:
    request = await session.scalar(
        select(PoolRequest)
        .where(
            PoolRequest.court_id == court_id,
            PoolRequest.id == request_id,
            PoolRequest.kind == "online",
            PoolRequest.finished_at.is_(None),
            or_(PoolRequest.taken_until.is_(None), PoolRequest.taken_until <= now),
        )
        .with_for_update(skip_locked=True)
    )
    if request is not None:
        request.taken_until = now + LEASE
    return request


async def _ask_bank(
    context: JobContext, court_id: int, fund_account_id: UUID, count: int
) -> tuple[OpenedSubAccount, ...]:
    """What the bank opened; nothing, and an alarm, when it could not be asked or said no."""
    async with context.database.read(context.actor) as session:
        account = await get_fund_account(session, court_id=court_id, fund_account_id=fund_account_id)
    bank = connect_fund_account(context, account)
    try:
        return (await bank.open_sub_accounts((account.name,) * count)).opened
    except PluginError as error:
        async with context.database.write(context.actor) as session:
            await raise_alarm(
                session,
                court_id=court_id,
                kind=ALARM,
                subject_key=str(fund_account_id),
                message=f"子账户补充失败：{error}",
                now=context.clock.now(),
            )
        return ()
    finally:
        await bank.aclose()


async def _keep(
    session: WriteSession,
    court_id: int,
    fund_account_id: UUID,
    opened: tuple[OpenedSubAccount, ...],
    now: datetime,
) -> None:
    await store_pool(session, court_id=court_id, fund_account_id=fund_account_id, accounts=opened, now=now)
    await serve_wishes(session, court_id=court_id, limit=SERVED_AT_ONCE, now=now)
    if opened:
        for subject in (str(fund_account_id), str(court_id)):
            await settle_alarm(session, court_id=court_id, kind=ALARM, subject_key=subject, now=now)
