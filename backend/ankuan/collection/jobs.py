"""Background work of money in: keep the pool of free sub-accounts full, order adjustments that have waited."""

from uuid import UUID

import structlog
from sqlalchemy import or_, select

from ankuan.collection.open_sub_accounts import REST, fill_pool, open_requested
from ankuan.collection.order_adjustments import order_adjustments, postpone_adjustments
from ankuan.collection.pool import pools_in_need
from ankuan.collection.tables import Allocation, PoolRequest
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs

AT_ONCE = 100
log = structlog.get_logger(__name__)


async def _find_pools(context: JobContext) -> list[JobCall]:
    """Pools to fill whose bank opens sub-accounts online, and pools with cases that wait."""
    now = context.clock.now()
    async with context.database.read(context.actor) as session:
        needs = await pools_in_need(session, today=business_date(now), failed_after=now - REST)
    online = {name for name, bank in context.plugins.banks.items() if bank.capabilities.sub_accounts_online}
    return [
        JobCall("fill_pool", {"court": need.court_id, "fund_account": str(need.fund_account_id)})
        for need in needs
        if need.bank_id in online
    ]


async def _fill_pool(context: JobContext, arguments: Arguments) -> None:
    await fill_pool(context, court_id=int(arguments["court"]), fund_account_id=UUID(str(arguments["fund_account"])))


async def _find_requests(context: JobContext) -> list[JobCall]:
    async with context.database.read(context.actor) as session:
        rows = await session.execute(
            select(PoolRequest.court_id, PoolRequest.id)
            .where(
                PoolRequest.finished_at.is_(None),
                or_(PoolRequest.taken_until.is_(None), PoolRequest.taken_until <= context.clock.now()),
            )
            .limit(AT_ONCE)
        )
        return [JobCall("open_requested", {"court": court, "request": str(request)}) for court, request in rows]


async def _open_requested(context: JobContext, arguments: Arguments) -> None:
    await open_requested(context, court_id=int(arguments["court"]), request_id=UUID(str(arguments["request"])))


async def _find_due_adjustments(context: JobContext) -> list[JobCall]:
    async with context.database.read(context.actor) as session:
        rows = await session.execute(
            select(Allocation.court_id, Allocation.case_id)
            .where(Allocation.adjustment == "due", Allocation.adjust_after <= context.clock.now())
            .distinct()
            .limit(AT_ONCE)
        )
        return [JobCall("order_adjustments", {"court": court, "case": str(case)}) for court, case in rows]


async def _order_adjustments(context: JobContext, arguments: Arguments) -> None:
    """Order one case's adjustments; what a rule forbids now (no free sub-account, closed case) is put off."""
    court_id, case_id = int(arguments["court"]), UUID(str(arguments["case"]))
    now = context.clock.now()
    try:
        async with context.database.write(context.actor) as session:
            await order_adjustments(session, court_id=court_id, case_id=case_id, now=now)
    except AnkuanError as error:
        log.warning("adjustment.put_off", court=court_id, case=str(case_id), code=error.code)
        async with context.database.write(context.actor) as session:
            await postpone_adjustments(session, court_id=court_id, case_id=case_id, now=now)


JOBS = RoomJobs(
    jobs=(
        Job("fill_pool", _fill_pool, limit_seconds=120),
        Job("open_requested", _open_requested, limit_seconds=120),
        Job("order_adjustments", _order_adjustments),
    ),
    finders=(
        Finder("pools", _find_pools, every_seconds=3.0),
        Finder("pool_requests", _find_requests, every_seconds=3.0, on_bell=True),
        Finder("due_adjustments", _find_due_adjustments, every_seconds=2.0),
    ),
)
