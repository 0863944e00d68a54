"""Background work of money in: keep the pool of free sub-accounts full, order adjustments that have waited."""

from uuid import UUID

import structlog
from sqlalchemy import or_, select

from ankuan.collection.import_pool import import_pool, request_reading
from ankuan.collection.open_sub_accounts import fill_pool, open_requested
from ankuan.collection.order_adjustments import order_adjustments, postpone_adjustments
from ankuan.collection.pool import pools_in_need
from ankuan.collection.pool_lease import REST
from ankuan.collection.tables import Allocation, PoolRequest
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs

AT_ONCE = 100
log = structlog.get_logger(__name__)


async def _find_pools(context: JobContext) -> list[JobCall]:
    """Pools to fill whose bank opens sub-accounts online or generates them, and pools with cases that wait."""
    now = context.clock.now()
    async with context.database.read(context.actor) as session:
        needs = await pools_in_need(session, today=business_date(now), failed_after=now - REST)
    able = {name: bank.capabilities for name, bank in context.plugins.banks.items()}
    return [
        JobCall(
            "fill_pool" if able[need.bank_id].sub_accounts_online else "read_pool",
            {"court": need.court_id, "fund_account": str(need.fund_account_id)},
        )
        for need in needs
        if need.bank_id in able and able[need.bank_id].opens_sub_accounts
    ]


async def _fill_pool(context: JobContext, arguments: Arguments) -> None:
    await fill_pool(context, court_id=int(arguments["court"]), fund_account_id=UUID(str(arguments["fund_account"])))


async def _read_pool(context: JobContext, arguments: Arguments) -> None:
    """A pool that runs low: see whether the bank has generated more since it was read."""
    court_id, fund_account_id = int(arguments["court"]), UUID(str(arguments["fund_account"]))
    now = context.clock.now()
    async with context.database.write(context.actor) as session:
        request = await request_reading(session, court_id=court_id, fund_account_id=fund_account_id, now=now)
    await import_pool(context, court_id=court_id, request_id=request)


async def _find_requests(context: JobContext) -> list[JobCall]:
    async with context.database.read(context.actor) as session:
        rows = await session.execute(
            select(PoolRequest.kind, PoolRequest.court_id, PoolRequest.id)
            .where(
                PoolRequest.finished_at.is_(None),
                or_(PoolRequest.taken_until.is_(None), PoolRequest.taken_until <= context.clock.now()),
            )
            .limit(AT_ONCE)
        )
        jobs = {"online": "open_requested", "pool": "import_pool"}
        return [JobCall(jobs[kind], {"court": court, "request": str(request)}) for kind, court, request in rows]


async def _open_requested(context: JobContext, arguments: Arguments) -> None:
    await open_requested(context, court_id=int(arguments["court"]), request_id=UUID(str(arguments["request"])))


async def _import_pool(context: JobContext, arguments: Arguments) -> None:
    await import_pool(context, court_id=int(arguments["court"]), request_id=UUID(str(arguments["request"])))


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
        Job("read_pool", _read_pool, limit_seconds=120),
        Job("open_requested", _open_requested, limit_seconds=120),
        Job("import_pool", _import_pool, limit_seconds=120),
        Job("order_adjustments", _order_adjustments),
    ),
    finders=(
        Finder("pools", _find_pools, every_seconds=3.0),
        Finder("pool_requests", _find_requests, every_seconds=3.0, on_bell=True),
        Finder("due_adjustments", _find_due_adjustments, every_seconds=2.0),
    ),
)
