"""What the guide tells operators to run after restoring a dump, run on a database with another cluster's events."""

import re
from datetime import UTC, datetime

import psycopg

from ankuan.kernel.ids import new_id
from ankuan.platform.actor import system_actor
from ankuan.platform.db import Database, make_engine
from ankuan.platform.events import emit, read_events
from ankuan.plugin_api.events import AlarmRaised
from tests.docs.pages import ROOT, blocks
from tests.fixtures.servers import Servers

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SYSTEM = system_actor("test")
FAR_AHEAD = 900_000_000_000
OLD_EVENTS = 5


def recipe() -> str:
    """The block of SQL under "Backup and restore"."""
    (found,) = [
        block.text
        for block in blocks("sql")
        if block.page == ROOT / "docs" / "operating.md" and "consumer_cursor" in block.text
    ]
    return found


async def test_events_are_told_after_the_restore_of_a_dump(
    servers: Servers, database_name: str, superuser_database_url: str, database_url: str
) -> None:
    with psycopg.connect(re.sub(r"\+\w+", "", superuser_database_url, count=1), autocommit=True) as superuser:
        # As a dump brings them: the ids of transactions are those of the cluster that was dumped.
        for number in range(OLD_EVENTS):
            superuser.execute(
                "insert into event (xid, court_id, kind, subject, payload, actor)"
                " values (%s::text::xid8, 1, 'alarm.raised', %s, %s, 'system:test')",
                (str(FAR_AHEAD + number), new_id(), f'{{"n": {number}}}'),
            )
        superuser.execute(
            "insert into consumer_cursor (consumer, cursor) values ('listener:old', %s)", (f"{FAR_AHEAD + 2}-3",)
        )
        database = Database(make_engine(database_url))
        try:
            assert await told(database, f"{FAR_AHEAD + 2}-3") == [], "without the recipe nobody hears anything"
            superuser.execute(recipe())
            fresh = AlarmRaised(court_id=1, subject=new_id(), alarm_kind="test", message="m")
            async with database.write(SYSTEM) as session:
                await emit(session, fresh, now=NOW)
            (row,) = superuser.execute("select cursor from consumer_cursor").fetchall()
            heard = await told(database, str(row[0]))
            assert [event.get("n") for event in heard] == [*range(OLD_EVENTS), None]
            assert superuser.execute(
                "select tgenabled from pg_trigger where tgname = 'append_only' and tgrelid = 'event'::regclass"
            ).fetchone() in {("O",), (b"O",)}
        finally:
            await database.close()


async def told(database: Database, cursor: str) -> list[dict[str, object]]:
    async with database.read(SYSTEM) as session:
        page = await read_events(session, after=cursor)
    return [dict(event.payload) for event in page.events]
