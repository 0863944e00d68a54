"""Tells plugin listeners what happened: one cursor each, in order, at least once."""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from ankuan.platform.db import WriteSession
from ankuan.platform.events import BEGINNING, latest_cursor, parse_cursor, read_events
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs
from ankuan.platform.tables import ConsumerCursor
from ankuan.plugin_api.events import EventListener

LIMIT_SECONDS = 20
BATCH = 100
FAR = 5_000
"""So many events of other kinds are passed over before the cursor is moved behind them without having told any."""
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
        head = await latest_cursor(session)  # asked first: what the page then lacks up to here is of other kinds
        page = await read_events(session, after=after or BEGINNING, kinds=sorted(listener.kinds), limit=BATCH)
    reached = after or BEGINNING
    for told in page.events:
        try:
            await asyncio.wait_for(listener.told(told), LIMIT_SECONDS)
        except Exception:  # told again next time; the listener's trouble stays its own
            log.exception("listener.failed", listener=listener.id, cursor=told.cursor)
            break
        reached = told.cursor
    else:
        if len(page.events) < BATCH and _is_far_behind(reached, head):
            reached = head
    if reached != (after or BEGINNING):
        async with context.database.write(context.actor) as write:
            await _move(write, consumer, before=after, reached=reached, now=context.clock.now())
    return page.behind and bool(page.events) and reached == page.cursor


def _is_far_behind(cursor: str, head: str) -> bool:
    """Whether reading on from the cursor would pass over thousands of events at every ring of the bell."""
    here, there = parse_cursor(cursor), parse_cursor(head)
    return there > here and there[1] - here[1] > FAR


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
