"""Tells plugin listeners what happened: one cursor each, in order, at least once."""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from ankuan.platform.db import WriteSession
from ankuan.platform.events import BEGINNING, read_events
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs
from ankuan.platform.tables import ConsumerCursor
from ankuan.plugin_api.events import EventListener

LIMIT_SECONDS = 20
BATCH = 100
log = structlog.get_logger(__name__)


async def _find(context: JobContext) -> list[JobCall]:
    return [JobCall("tell_listener", {"listener": name}) for name in sorted(context.plugins.listeners)]


async def tell_listener(context: JobContext, arguments: Arguments) -> None:
    """Tell one listener the next events. Two workers never tell at once (advisory lock held by the cursor's row)."""
    listener = context.plugins.listeners.get(str(arguments["listener"]))
    if listener is None:
        return
    while await _tell_some(context, listener):
        pass


async def _tell_some(context: JobContext, listener: EventListener) -> bool:
    consumer = f"listener:{listener.id}"
    async with context.database.read(context.actor) as session:
        after = await session.scalar(select(ConsumerCursor.cursor).where(ConsumerCursor.consumer == consumer))
        page = await read_events(session, after=after or BEGINNING, kinds=sorted(listener.kinds), limit=BATCH)
    reached = after or BEGINNING
    for told in page.events:
        try:
            await asyncio.wait_for(listener.told(told), LIMIT_SECONDS)
        except Exception:  # told again next time; the listener's trouble stays its own
            log.exception("listener.failed", listener=listener.id, cursor=told.cursor)
            break
        reached = told.cursor
    if reached != (after or BEGINNING):
        async with context.database.write(context.actor) as write:
            await _move(write, consumer, before=after, reached=reached, now=context.clock.now())
    return page.behind and bool(page.events) and reached == page.cursor


async def _move(session: WriteSession, consumer: str, *, before: str | None, reached: str, now: datetime) -> None:
    """Move the cursor on, unless somebody else has moved it meanwhile."""
    statement = insert(ConsumerCursor).values(consumer=consumer, cursor=reached, moved_at=now)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[ConsumerCursor.consumer],
            set_={"cursor": reached, "moved_at": now},
            where=text("consumer_cursor.cursor = :before").bindparams(before=before or ""),
        )
    )


JOBS = RoomJobs(
    jobs=(Job("tell_listener", tell_listener, limit_seconds=120),),
    finders=(Finder("listeners", _find, every_seconds=5.0, on_bell=True),),
)
