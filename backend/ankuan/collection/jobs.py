"""Background work of money in: keep the pool of free sub-accounts full, order adjustments that have waited."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from ankuan.banking.queries import connect_fund_account, fund_accounts_active, get_fund_account
from ankuan.collection.order_adjustments import order_adjustments
from ankuan.collection.tables import Allocation, SubAccount
from ankuan.kernel.clock import business_date
from ankuan.kernel.ids import new_id
from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs
from ankuan.plugin_api.bank import OpenedSubAccount
from ankuan.plugin_api.errors import PluginError
from ankuan.registry.policies import effective_policy

OPEN_AT_ONCE = 50
log = structlog.get_logger(__name__)


async def _find_low_pools(context: JobContext) -> list[JobCall]:
    """Fund accounts whose free sub-accounts are below the court's low-water mark."""
    calls = []
    async with context.database.read(context.actor) as session:
        for account in await fund_accounts_active(session):
            if not context.plugins.banks.get(account.bank_id):
                continue
            if not context.plugins.bank(account.bank_id).capabilities.sub_accounts_online:
                continue
            today = business_date(context.clock.now())
            policy = await effective_policy(session, court_id=account.court_id, name="sub_account_pool", on=today)
            free = await free_count(session, court_id=account.court_id, fund_account_id=account.id)
            if free < int(policy["low_water"]):
                wanted = min(int(policy["refill_to"]) - free, OPEN_AT_ONCE)
                calls.append(
                    JobCall(
                        "refill_sub_accounts",
                        {"court": account.court_id, "fund_account": str(account.id), "count": wanted},
                    )
                )
    return calls


async def free_count(session: ReadSession, *, court_id: int, fund_account_id: UUID) -> int:
    """Free sub-accounts of a fund account."""
    return int(
        await session.scalar(
            select(func.count()).where(
                SubAccount.court_id == court_id,
                SubAccount.fund_account_id == fund_account_id,
                SubAccount.status == "free",
            )
        )
        or 0
    )


async def refill_sub_accounts(context: JobContext, arguments: Arguments) -> None:
    """Open sub-accounts at the bank and put them into the pool. What was opened is kept even if more fails."""
    court_id, fund_account_id = int(arguments["court"]), UUID(str(arguments["fund_account"]))
    async with context.database.read(context.actor) as session:
        account = await get_fund_account(session, court_id=court_id, fund_account_id=fund_account_id)
    bank = connect_fund_account(context, account)
    names = (account.name,) * int(arguments["count"])
    try:
        opened = await bank.open_sub_accounts(names)
    except PluginError as error:
        async with context.database.write(context.actor) as write:
            await raise_alarm(
                write,
                court_id=court_id,
                kind="sub_account_pool_low",
                subject_key=str(fund_account_id),
                message=f"子账户补充失败：{error}",
                now=context.clock.now(),
            )
        return
    finally:
        await bank.aclose()
    async with context.database.write(context.actor) as write:
        await add_to_pool(
            write, court_id=court_id, fund_account_id=fund_account_id, opened=opened, now=context.clock.now()
        )
        await settle_alarm(
            write,
            court_id=court_id,
            kind="sub_account_pool_low",
            subject_key=str(fund_account_id),
            now=context.clock.now(),
        )


async def add_to_pool(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    opened: tuple[OpenedSubAccount, ...],
    now: datetime,
) -> int:
    """Put opened sub-accounts into the pool; a number known already is left alone."""
    if not opened:
        return 0
    rows = [
        {
            "court_id": court_id,
            "id": new_id(),
            "fund_account_id": fund_account_id,
            "number": one.number,
            "name": one.name,
            "status": "free",
            "opened_at": now,
        }
        for one in opened
    ]
    statement = insert(SubAccount).on_conflict_do_nothing().returning(SubAccount.id)
    return len((await session.execute(statement, rows)).all())


async def _find_due_adjustments(context: JobContext) -> list[JobCall]:
    async with context.database.read(context.actor) as session:
        courts = await session.scalars(
            select(Allocation.court_id)
            .where(
                Allocation.adjustment == "due",
                Allocation.undone_at.is_(None),
                Allocation.adjust_after <= context.clock.now(),
            )
            .distinct()
        )
        return [JobCall("order_adjustments", {"court": court}) for court in courts]


async def _order_adjustments(context: JobContext, arguments: Arguments) -> None:
    async with context.database.write(context.actor) as session:
        await order_adjustments(session, court_id=int(arguments["court"]), now=context.clock.now())


JOBS = RoomJobs(
    jobs=(
        Job("refill_sub_accounts", refill_sub_accounts, limit_seconds=120),
        Job("order_adjustments", _order_adjustments),
    ),
    finders=(
        Finder("low_pools", _find_low_pools, every_seconds=3.0),
        Finder("due_adjustments", _find_due_adjustments, every_seconds=2.0, on_bell=True),
    ),
)
