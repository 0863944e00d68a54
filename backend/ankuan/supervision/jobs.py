"""Background work of supervision: send notices, give up those whose worker is gone."""

from uuid import UUID

from sqlalchemy import select

from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs
from ankuan.supervision.send_notice import lose_sight, provider_of, send_notice
from ankuan.supervision.tables import Notice
from ankuan.supervision.transitions import NoticeState

AT_ONCE = 100


async def _find_due(context: JobContext) -> list[JobCall]:
    """Notices whose time has come; none while no provider is installed: they wait for it."""
    if provider_of(context) is None:
        return []
    async with context.database.read(context.actor) as session:
        rows = await session.execute(
            select(Notice.court_id, Notice.id)
            .where(Notice.state == NoticeState.WAITING, Notice.next_at <= context.clock.now())
            .order_by(Notice.next_at)
            .limit(AT_ONCE)
        )
        return [JobCall("send_notice", {"court": court, "notice": str(notice)}) for court, notice in rows]


async def _find_lost(context: JobContext) -> list[JobCall]:
    async with context.database.read(context.actor) as session:
        rows = await session.execute(
            select(Notice.court_id, Notice.id)
            .where(Notice.state == NoticeState.SENDING, Notice.taken_until <= context.clock.now())
            .limit(AT_ONCE)
        )
        return [JobCall("lose_notice", {"court": court, "notice": str(notice)}) for court, notice in rows]


async def _send(context: JobContext, arguments: Arguments) -> None:
    await send_notice(context, court_id=int(arguments["court"]), notice_id=UUID(str(arguments["notice"])))


async def _lose(context: JobContext, arguments: Arguments) -> None:
    async with context.database.write(context.actor) as session:
        await lose_sight(
            session,
            court_id=int(arguments["court"]),
            notice_id=UUID(str(arguments["notice"])),
            now=context.clock.now(),
        )


JOBS = RoomJobs(
    jobs=(Job("send_notice", _send), Job("lose_notice", _lose)),
    finders=(
        Finder("due_notices", _find_due, every_seconds=2.0, on_bell=True),
        Finder("lost_notices", _find_lost, every_seconds=30.0),
    ),
)
