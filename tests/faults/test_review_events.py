"""Events stay in order, and none is lost, where transaction ids get one digit more."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from ankuan.platform.actor import system_actor
from ankuan.platform.db import Database, make_engine
from ankuan.platform.events import BEGINNING, read_events
from tests.fixtures.book import open_raw

SYSTEM = system_actor("test")
PUT = (
    "insert into event (xid, court_id, kind, subject, payload, actor)"
    " select n::text::xid8, 1, 'test', gen_random_uuid(), jsonb_build_object('n', n), 'test'"
    " from generate_series($1::int, $2::int) n"
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(make_engine(database_url))
    yield opened
    await opened.close()


@pytest.fixture
async def superuser(superuser_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await open_raw(superuser_database_url)
    yield connection
    await connection.close()


async def test_no_event_is_lost_where_transaction_ids_grow_longer(
    database: Database, superuser: asyncpg.Connection
) -> None:
    assert await superuser.fetchval("select pg_snapshot_xmin(pg_current_snapshot())::text::int") > 110
    await superuser.execute(PUT, 90, 109)
    cursor, told = BEGINNING, list[int]()
    while True:
        async with database.read(SYSTEM) as session:
            page = await read_events(session, after=cursor, limit=7)
        told += [event.payload["n"] for event in page.events]
        cursor = page.cursor
        if len(page.events) < 7:
            break
    assert told == list(range(90, 110))
