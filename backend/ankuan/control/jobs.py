"""Background work of control: the runtime checks, court by court."""

from sqlalchemy import text

from ankuan.control.runtime_checks import find_damage, report_damage
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs

_COURTS = text("select distinct court_id from ledger_account order by court_id")


async def find_courts(context: JobContext) -> list[JobCall]:
    """Every court that has a ledger is checked at every turn."""
    async with context.database.read(context.actor) as session:
        courts = (await session.execute(_COURTS)).scalars().all()
    return [JobCall("control.check_court", {"court_id": court}) for court in courts]


async def check_court(context: JobContext, arguments: Arguments) -> None:
    """Look for damage in one court and raise alarms. Looking takes no locks and blocks nobody."""
    court_id = int(arguments["court_id"])
    async with context.database.read(context.actor) as session:
        findings = await find_damage(session, court_id=court_id)
    async with context.database.write(context.actor) as session:
        await report_damage(session, court_id=court_id, findings=findings, now=context.clock.now())


JOBS = RoomJobs(
    jobs=(Job("control.check_court", check_court, limit_seconds=300),),
    finders=(Finder("control.courts", find_courts, every_seconds=300.0),),
)
