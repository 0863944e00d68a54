"""The event feed: live events, catching up after a cursor, the join between both, slow followers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from ankuan.api import feed as feed_module
from ankuan.api.feed import EventFeed, FeedInterrupted
from ankuan.kernel.ids import new_id
from ankuan.platform.actor import system_actor
from ankuan.platform.db import Database
from ankuan.platform.events import BEGINNING, emit
from ankuan.plugin_api.events import AlarmRaised, ToldEvent

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SYSTEM = system_actor("test")
KINDS = frozenset({AlarmRaised.kind})


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[EventFeed]:
    started = EventFeed(database)
    await started.start()
    yield started
    await started.stop()


async def tell(database: Database, count: int = 1, court_id: int = 1) -> list[UUID]:
    subjects = [new_id() for _ in range(count)]
    async with database.write(SYSTEM) as session:
        for subject in subjects:
            event = AlarmRaised(court_id=court_id, subject=subject, alarm_kind="t", message="m")
            await emit(session, event, now=NOW)
    return subjects


async def take(events: AsyncIterator[ToldEvent], count: int) -> list[ToldEvent]:
    async with asyncio.timeout(10):
        return [await anext(events) for _ in range(count)]


async def test_what_is_committed_reaches_every_follower(database: Database, feed: EventFeed) -> None:
    followers = [feed.follow(after=None, kinds=KINDS, wants=lambda _: True) for _ in range(3)]
    waiting = [asyncio.create_task(take(f, 2)) for f in followers]
    await asyncio.sleep(0.1)
    told = await tell(database, 2)
    for task in waiting:
        assert [event.subject for event in await task] == told


async def test_a_follower_hears_only_what_it_wants(database: Database, feed: EventFeed) -> None:
    ours = feed.follow(after=None, kinds=KINDS, wants=lambda told: told.court_id == 7)
    others = feed.follow(after=None, kinds=frozenset({"other.kind"}), wants=lambda _: True)
    first, silent = asyncio.create_task(take(ours, 1)), asyncio.create_task(take(others, 1))
    await asyncio.sleep(0.1)
    await tell(database, court_id=8)
    wanted = await tell(database, court_id=7)
    assert [event.subject for event in await first] == wanted
    silent.cancel()


async def test_resuming_after_a_cursor_has_no_gap_and_no_twin(database: Database, feed: EventFeed) -> None:
    before = await tell(database, 3)
    seen = await take(feed.follow(after=BEGINNING, kinds=KINDS, wants=lambda _: True), 3)
    assert [event.subject for event in seen] == before
    missed = await tell(database, 50)
    resumed = feed.follow(after=seen[1].cursor, kinds=KINDS, wants=lambda _: True)

    async def keep_telling() -> list[UUID]:
        told = []
        for _ in range(30):
            told += await tell(database)
        return told

    telling = asyncio.create_task(keep_telling())
    heard = await take(resumed, 1 + 50 + 30)
    assert [event.subject for event in heard] == [before[2], *missed, *await telling]


async def test_a_follower_that_does_not_read_is_told_to_come_again(
    database: Database, feed: EventFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "QUEUE_LIMIT", 5)
    slow = feed.follow(after=None, kinds=KINDS, wants=lambda _: True)
    first = asyncio.create_task(take(slow, 1))
    await asyncio.sleep(0.1)
    await tell(database)
    last = (await first)[0]
    missed = await tell(database, 20)
    await asyncio.sleep(0.3)
    with pytest.raises(FeedInterrupted):
        await take(slow, 20)
    again = await take(feed.follow(after=last.cursor, kinds=KINDS, wants=lambda _: True), 20)
    assert [event.subject for event in again] == missed


async def test_what_is_shared_is_loaded_once(database: Database, feed: EventFeed) -> None:
    await tell(database)
    told = (await take(feed.follow(after=BEGINNING, kinds=KINDS, wants=lambda _: True), 1))[0]
    loads: list[int] = []

    async def load() -> int:
        await asyncio.sleep(0.05)
        loads.append(1)
        return 7

    assert await asyncio.gather(*(feed.shared(told, "x", load) for _ in range(50))) == [7] * 50
    assert len(loads) == 1

    async def fail() -> int:
        raise RuntimeError("away")

    for _ in range(2):
        with pytest.raises(RuntimeError):
            await feed.shared(told, "y", fail)


async def test_the_feed_goes_on_when_the_bell_is_lost(database: Database, feed: EventFeed) -> None:
    from ankuan.platform.bell import SilentBell

    follower = feed.follow(after=None, kinds=KINDS, wants=lambda _: True)
    waiting = asyncio.create_task(take(follower, 1))
    await asyncio.sleep(0.1)
    database.bell = SilentBell()  # whoever commits now rings for nobody
    told = await tell(database)
    assert [event.subject for event in await waiting] == told
