"""Background work of the ledger: the rolling fold."""

from sqlalchemy import text

from ankuan.ledger.fold_entries import fold_entries
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs

_UNFOLDED = text(
    """
    select c.court_id
      from (select distinct court_id from ledger_account) c
      left join ledger_fold_mark m using (court_id)
     where exists (select 1 from ledger_entry e
                    where e.court_id = c.court_id and e.id > coalesce(m.through_id, 0))
    """
)


async def find_unfolded(context: JobContext) -> list[JobCall]:
    """Courts with entries behind their fold mark."""
    async with context.database.read(context.actor) as session:
        courts = (await session.execute(_UNFOLDED)).scalars().all()
    return [JobCall("ledger.fold", {"court_id": court}) for court in sorted(courts)]


async def fold_court(context: JobContext, arguments: Arguments) -> None:
    """Fold one court's entries."""
    async with context.database.write(context.actor) as session:
        await fold_entries(session, court_id=int(arguments["court_id"]))


JOBS = RoomJobs(
    jobs=(Job("ledger.fold", fold_court, limit_seconds=300),),
    finders=(Finder("ledger.unfolded", find_unfolded, every_seconds=60.0),),
)
