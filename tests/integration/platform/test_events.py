"""The outbox: nothing is skipped, nothing is told twice, nobody hears another court."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ankuan.kernel.ids import new_id
from ankuan.platform.actor import Actor, system_actor
from ankuan.platform.bus import EventBus
from ankuan.platform.db import Database, WriteSession
from ankuan.platform.events import BEGINNING, BadCursor, emit, latest_cursor, read_events
from ankuan.plugin_api.events import AlarmRaised

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SYSTEM = system_actor("test")


def alarm(court_id: int = 1, subject: UUID | None = None) -> AlarmRaised:
    return AlarmRaised(court_id=court_id, subject=subject or new_id(), alarm_kind="test", message="m")


async def subjects(database: Database, after: str = BEGINNING, actor: Actor = SYSTEM) -> tuple[list[UUID], str]:
    async with database.read(actor) as session:
        page = await read_events(session, after=after)
    return [told.subject for told in page.events], page.cursor


async def test_a_transaction_that_commits_late_is_not_skipped(database: Database) -> None:
    early, late = new_id(), new_id()
    async with database.write(SYSTEM) as slow:
        await emit(slow, alarm(subject=late), now=NOW)
        async with database.write(SYSTEM) as quick:
            await emit(quick, alarm(subject=early), now=NOW)
        # The quick one has committed with a higher number than the slow one, which is still open.
        seen, cursor = await subjects(database)
        assert seen == []
    seen, cursor = await subjects(database, cursor)
    assert seen == [late, early]
    assert await subjects(database, cursor) == ([], cursor)


async def test_many_writers_and_one_reader_lose_and_double_nothing(database: Database) -> None:
    written: list[UUID] = []
    read: list[UUID] = []
    done = asyncio.Event()

    async def write(count: int) -> None:
        for _ in range(count):
            subject = new_id()
            async with database.write(SYSTEM) as session:
                await emit(session, alarm(subject=subject), now=NOW)
                await asyncio.sleep(0.001)
            written.append(subject)

    async def follow() -> None:
        cursor = BEGINNING
        while True:
            finished = done.is_set()
            found, cursor = await subjects(database, cursor)
            read.extend(found)
            if finished and not found:
                return

    reader = asyncio.create_task(follow())
    await asyncio.gather(*(write(40) for _ in range(4)))
    done.set()
    await reader
    assert len(read) == 160
    assert set(read) == set(written)


async def test_a_rolled_back_event_was_never_told(database: Database) -> None:
    with pytest.raises(RuntimeError, match="undone"):  # noqa: PT012 - the block is the transaction
        async with database.write(SYSTEM) as session:
            await emit(session, alarm(), now=NOW)
            raise RuntimeError("undone")
    assert (await subjects(database))[0] == []


async def test_nobody_hears_another_court(database: Database) -> None:
    ours, theirs = new_id(), new_id()
    async with database.write(SYSTEM) as session:
        await emit(session, alarm(7, ours), alarm(8, theirs), now=NOW)
    clerk = Actor(kind="staff", id=new_id(), name="承办人甲", court_id=7, courts=frozenset({7}))
    assert (await subjects(database, actor=clerk))[0] == [ours]
    nobody = Actor(kind="staff", id=new_id(), name="无", courts=frozenset())
    assert (await subjects(database, actor=nobody))[0] == []


async def test_a_listener_inside_shares_the_fate_of_the_emitter(database: Database) -> None:
    bus = EventBus()
    heard: list[UUID] = []

    async def refuse(session: WriteSession, event: AlarmRaised, now: datetime) -> None:
        heard.append(event.subject)
        raise RuntimeError("listener refuses")

    bus.listen(AlarmRaised, refuse)
    database.bus = bus
    with pytest.raises(RuntimeError, match="refuses"):
        async with database.write(SYSTEM) as session:
            await emit(session, alarm(), now=NOW)
    assert len(heard) == 1
    assert (await subjects(database))[0] == []


async def test_events_are_history(database: Database, owner_database_url: str) -> None:
    async with database.write(SYSTEM) as session:
        await emit(session, alarm(), now=NOW)
    for statement in ("update event set kind = 'x'", "delete from event"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.write(SYSTEM) as session:
                await session.execute(text(statement))


@pytest.mark.parametrize("cursor", ["", "1", "a-b", "1-", "-1", "1-2-3", "99999999999999999999999-1", "١-1"])
async def test_a_strange_cursor_is_refused(database: Database, cursor: str) -> None:
    async with database.read(SYSTEM) as session:
        with pytest.raises(BadCursor):
            await read_events(session, after=cursor)


async def test_the_latest_cursor_stands_behind_everything_told(database: Database) -> None:
    async with database.write(SYSTEM) as session:
        await emit(session, alarm(), alarm(), now=NOW)
    async with database.read(SYSTEM) as session:
        cursor = await latest_cursor(session)
    assert (await subjects(database, cursor))[0] == []
