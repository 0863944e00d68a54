"""A process that stops in the middle of a unit of work does not hold up the house."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ankuan.kernel.ids import new_id
from ankuan.platform.actor import system_actor
from ankuan.platform.counters import next_number
from ankuan.platform.db import IDLE_LIMIT, Database, make_engine
from ankuan.platform.events import BEGINNING, emit, read_events
from ankuan.plugin_api.events import AlarmRaised

SYSTEM = system_actor("test")


async def test_the_locks_of_a_stopped_process_are_freed_and_events_go_on(database_url: str) -> None:
    stopped = Database(make_engine(database_url, idle_limit=timedelta(seconds=1)))
    others = Database(make_engine(database_url))
    async with others.read(SYSTEM) as session:
        limit = await session.scalar(text("select current_setting('idle_in_transaction_session_timeout')::interval"))
    assert limit == IDLE_LIMIT
    with pytest.raises(DBAPIError):
        await _stop_midway(stopped, others)
    await others.close()
    await stopped.close()


async def _stop_midway(stopped: Database, others: Database) -> None:
    async with stopped.write(SYSTEM) as session:
        await next_number(session, court_id=1, name="x", year=2026)
        async with others.write(SYSTEM) as other:
            event = AlarmRaised(court_id=1, subject=new_id(), alarm_kind="test", message="m")
            await emit(other, event, now=datetime.now(UTC))
        async with others.read(SYSTEM) as reading:
            assert (await read_events(reading, after=BEGINNING)).events == (), "held up by the open transaction"
        async with asyncio.timeout(10), others.write(SYSTEM) as waiting:
            assert await next_number(waiting, court_id=1, name="x", year=2026) == 1
        async with others.read(SYSTEM) as reading:
            assert len((await read_events(reading, after=BEGINNING)).events) == 1
