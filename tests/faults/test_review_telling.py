"""A listener of rare events does not read the whole history at every ring of the bell, and misses nothing by it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from ankuan.kernel.clock import SystemClock
from ankuan.kernel.ids import new_id
from ankuan.platform.actor import system_actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.events import emit
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from ankuan.plugin_api.events import AlarmRaised, ToldEvent
from ankuan.worker.telling import FAR, tell_listener

SYSTEM = system_actor("test")
OTHERS = (
    "insert into event (court_id, kind, subject, payload)"
    " select 1, 'ledger.posted', gen_random_uuid(), '{}' from generate_series(1, :count)"
)


class Rarely:
    """Wants alarms only."""

    id = "rarely"
    kinds = frozenset({AlarmRaised.kind})

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_deaf = False

    async def told(self, event: ToldEvent) -> None:
        if self.is_deaf:
            raise RuntimeError("not now")
        self.heard.append(event.payload["message"])


@pytest.fixture
async def context(database_url: str, tmp_path: Path) -> AsyncIterator[JobContext]:
    database = Database(make_engine(database_url))
    plugins = PluginHost(listeners={"rarely": Rarely()})
    cipher = FieldCipher(bytes(32))
    yield JobContext(
        database=database, clock=SystemClock(), plugins=plugins, settings=Settings(data_dir=tmp_path), cipher=cipher
    )
    await database.close()


async def others(context: JobContext, count: int) -> None:
    async with context.database.write(SYSTEM) as session:
        await session.execute(text(OTHERS), {"count": count})


async def alarm(context: JobContext, message: str) -> None:
    async with context.database.write(SYSTEM) as session:
        told = AlarmRaised(court_id=1, subject=new_id(), alarm_kind="test", message=message)
        await emit(session, told, now=context.clock.now())


async def cursor(context: JobContext) -> int:
    async with context.database.read(SYSTEM) as session:
        found = await session.scalar(text("select cursor from consumer_cursor where consumer = 'listener:rarely'"))
    return int(str(found).split("-")[1]) if found else 0


async def test_the_cursor_passes_over_what_nobody_wants(context: JobContext) -> None:
    listener = context.plugins.listeners["rarely"]
    assert isinstance(listener, Rarely)
    call = {"listener": "rarely"}
    await others(context, FAR + 10)
    await tell_listener(context, call)
    assert await cursor(context) == FAR + 10
    await others(context, 10)
    await tell_listener(context, call)
    assert await cursor(context) == FAR + 10, "not for a few"
    await others(context, FAR)
    await alarm(context, "one")
    listener.is_deaf = True
    await tell_listener(context, call)
    assert await cursor(context) == FAR + 10, "what was not heard is told again"
    listener.is_deaf = False
    async with context.database.write(SYSTEM) as late:
        told = AlarmRaised(court_id=1, subject=new_id(), alarm_kind="test", message="two")
        await emit(late, told, now=context.clock.now())
        await others(context, FAR + 10)
        await tell_listener(context, call)
    await tell_listener(context, call)
    await alarm(context, "three")
    await tell_listener(context, call)
    assert listener.heard == ["one", "two", "three"]
