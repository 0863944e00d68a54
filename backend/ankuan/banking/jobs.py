"""Background work of banking: find what is due in the database, hand it out, do it."""

from uuid import UUID

from sqlalchemy import or_, select, text

from ankuan.banking.abilities import find_changed_abilities, renew_abilities
from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.host_jobs import HOST_JOBS
from ankuan.banking.poll_fund_account import poll_fund_account
from ankuan.banking.tables import FundAccount
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs

# Due are orders to send, questions to ask, and orders whose worker did not come back (their lease is over). No fund
# account gets more workers at once than its limit: a bank that hangs must not starve the others (failures D22).
_DUE = text(
    """
    with held as (
      select court_id, fund_account_id, count(*) as n from instruction
       where lease_until > clock_timestamp() group by 1, 2
    ), due as (
      select i.court_id, i.id, i.next_try_at, f.in_flight_limit - coalesce(h.n, 0) as room,
             row_number() over (partition by i.court_id, i.fund_account_id order by i.next_try_at, i.id) as place
        from instruction i
        join fund_account f on f.court_id = i.court_id and f.id = i.fund_account_id
        left join held h on h.court_id = i.court_id and h.fund_account_id = i.fund_account_id
       where i.next_try_at <= :now and (i.lease_until is null or i.lease_until <= clock_timestamp())
         and f.bank_id <> all (:off)
         and not (i.state = 'ready' and (i.court_id, i.fund_account_id) in (
           select * from unnest(cast(:courts as integer[]), cast(:accounts as uuid[]))))
    )
    select court_id, id from due where place <= room order by next_try_at limit 500
    """
)


async def find_due_instructions(context: JobContext) -> list[JobCall]:
    """Orders to send or to ask about now, within each account's limit.

    What the host would only hold back is not even looked at: orders of a plugin that is switched off, and submissions
    to an endpoint that is left alone for a while.
    """
    resting = sorted(context.plugins.state.endpoints.resting())
    held_back = {
        "off": list(context.plugins.state.switched_off),
        "courts": [court for court, _ in resting],
        "accounts": [account for _, account in resting],
    }
    async with context.database.read(context.actor) as session:
        rows = await session.execute(_DUE, {"now": context.clock.now(), **held_back})
        return [JobCall("execute_instruction", {"court": court, "instruction": str(key)}) for court, key in rows]


async def find_due_polls(context: JobContext) -> list[JobCall]:
    """Fund accounts whose pause is over, at banks whose bookings can be read."""
    by_file = [name for name, bank in context.plugins.banks.items() if not bank.capabilities.statements_pull]
    async with context.database.read(context.actor) as session:
        rows = await session.execute(
            select(FundAccount.court_id, FundAccount.id).where(
                FundAccount.active,
                FundAccount.bank_id.not_in([*context.plugins.state.switched_off, *by_file]),
                or_(FundAccount.poll_after.is_(None), FundAccount.poll_after <= context.clock.now()),
            )
        )
        return [JobCall("poll_fund_account", {"court": court, "fund_account": str(key)}) for court, key in rows]


async def _execute(context: JobContext, arguments: Arguments) -> None:
    await execute_instruction(
        context, court_id=int(arguments["court"]), instruction_id=UUID(str(arguments["instruction"]))
    )


async def _poll(context: JobContext, arguments: Arguments) -> None:
    await poll_fund_account(
        context, court_id=int(arguments["court"]), fund_account_id=UUID(str(arguments["fund_account"]))
    )


async def _note_abilities(context: JobContext, arguments: Arguments) -> None:
    await renew_abilities(
        context, court_id=int(arguments["court"]), fund_account_id=UUID(str(arguments["fund_account"]))
    )


JOBS = RoomJobs(
    jobs=(
        Job("execute_instruction", _execute, limit_seconds=60),
        Job("poll_fund_account", _poll, limit_seconds=120),
        Job("note_abilities", _note_abilities),
        *HOST_JOBS.jobs,
    ),
    finders=(
        Finder("due_instructions", find_due_instructions, every_seconds=1.0, on_bell=True),
        Finder("due_polls", find_due_polls, every_seconds=1.0),
        Finder("changed_abilities", find_changed_abilities, every_seconds=30.0),
        *HOST_JOBS.finders,
    ),
)
