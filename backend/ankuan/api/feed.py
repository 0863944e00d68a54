"""The event feed of one API process: the outbox is read once, and each event is handed to those who follow it.

A follower that asks for events after a cursor first gets those from the database, then the live ones; the join has
neither gap nor repetition, since both carry the same total order.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from typing import Any, TypeVar, cast

import structlog

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.actor import system_actor
from ankuan.platform.db import Database
from ankuan.platform.events import is_behind, latest_cursor, parse_cursor, read_events, visible_events
from ankuan.platform.graphql.context import HasCursor, Preparation
from ankuan.plugin_api.events import StandingChanged, ToldEvent

V = TypeVar("V")
QUEUE_LIMIT = 5_000
SHARED_LIMIT = 512
BATCH = 500
CATCH_UP_SECONDS = 0.01
POLL_SECONDS = 2.0
log = structlog.get_logger(__name__)


class FeedInterrupted(AnkuanError):
    """The follower was too slow, or the process stops. Subscribe again with the last cursor."""

    code = "subscription_interrupted"
    kind = ErrorKind.CONFLICT


@dataclass(eq=False, slots=True)
class _Follower:
    kinds: frozenset[str]
    wants: Callable[[ToldEvent], bool]
    prepare: Preparation | None = None
    queue: asyncio.Queue[ToldEvent | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LIMIT))

    def is_for(self, told: ToldEvent) -> bool:
        """Whether this follower is to hear of the event."""
        return told.kind in self.kinds and self.wants(told)

    def offer(self, told: ToldEvent) -> bool:
        """Queue the event; false when the queue is full."""
        try:
            self.queue.put_nowait(told)
        except asyncio.QueueFull:
            return False
        return True


class EventFeed:
    """Implements ``platform.graphql.context.Feed``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._actor = system_actor("feed")
        self._followers: set[_Follower] = set()
        self._shared: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._cursor = ""
        self.standing_changes = 0
        """How often somebody's session or roles have changed, as told in order with all else."""
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin at the newest event."""
        async with self._database.read(self._actor) as session:
            self._cursor = await latest_cursor(session)
        self._task = asyncio.create_task(self._run(), name="event-feed")

    async def stop(self) -> None:
        """Stop reading; followers are told to come again."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for follower in tuple(self._followers):
            self._drop(follower)

    async def follow(
        self,
        *,
        after: str | None,
        kinds: frozenset[str],
        wants: Callable[[ToldEvent], bool],
        prepare: Preparation | None = None,
    ) -> AsyncIterator[ToldEvent]:
        """See ``Feed.follow``. Raises ``BadCursor``, :class:`FeedInterrupted`."""
        follower = _Follower(kinds, wants, prepare)
        self._followers.add(follower)
        try:
            last = (0, 0)
            if after is not None:
                last = parse_cursor(after)
                async for told in self._backlog(after, follower):
                    last = parse_cursor(told.cursor)
                    yield told
            while (told_or_end := await follower.queue.get()) is not None:
                if parse_cursor(told_or_end.cursor) > last:
                    yield told_or_end
            raise FeedInterrupted("订阅中断，请用最后的游标重新订阅", "Subscribe again with the last cursor")
        finally:
            self._followers.discard(follower)

    async def shared(self, told: HasCursor, name: str, load: Callable[[], Awaitable[V]]) -> V:
        """See ``Feed.shared``. What is there at once is handed over at once; a failed load is not kept."""
        key = (told.cursor, name)
        if key not in self._shared:
            made: Any = load()  # our own executor answers at once where it can
            self._shared[key] = asyncio.ensure_future(made) if isawaitable(made) else made
            while len(self._shared) > SHARED_LIMIT:
                self._shared.popitem(last=False)
        kept = self._shared[key]
        if not isinstance(kept, asyncio.Future):
            return cast("V", kept)
        try:
            value: V = await asyncio.shield(kept)
        except Exception:
            self._shared.pop(key, None)
            raise
        if key in self._shared:
            self._shared[key] = value
        return value

    def made(self, told: HasCursor, name: str) -> Any:
        """See ``Feed.made``."""
        kept = self._shared.get((told.cursor, name))
        return None if isinstance(kept, asyncio.Future) else kept

    async def _backlog(self, after: str, follower: _Follower) -> AsyncIterator[ToldEvent]:
        """What was told between the cursor and the moment the follower was registered."""
        behind = True
        while behind:
            async with self._database.read(self._actor) as session:
                page = await read_events(session, after=after, kinds=sorted(follower.kinds))
            for told in page.events:
                if follower.wants(told):
                    yield told
            behind = page.behind and bool(page.events)
            after = page.cursor

    async def _run(self) -> None:
        async for _ in self._database.bell.rings(at_least_every=POLL_SECONDS):
            try:
                await self._drain()
            except Exception:  # the database may be away for a while; the next round tries again
                log.exception("feed.read_failed")
                await asyncio.sleep(POLL_SECONDS)

    async def _drain(self) -> None:
        """Read until nothing visible is left; wait a moment for transactions that are about to commit."""
        for _ in range(200):
            async with self._database.read(self._actor) as session:
                told = await visible_events(session, after=self._cursor, limit=BATCH)
            for event in told:
                self._cursor = event.cursor
                await self._dispatch(event)
            behind = len(told) == BATCH or await self._is_behind()
            if not behind:
                return
            if not told:
                await asyncio.sleep(CATCH_UP_SECONDS)

    async def _is_behind(self) -> bool:
        async with self._database.read(self._actor) as session:
            return await is_behind(session)

    async def _dispatch(self, told: ToldEvent) -> None:
        """Make what the followers will need, then wake them all: woken first, they would only stand in the way."""
        followers = [follower for follower in self._followers if follower.is_for(told)]
        for wanted in {follower.prepare.name: follower.prepare for follower in followers if follower.prepare}.values():
            try:
                await self.shared(told, wanted.name, partial(wanted.load, told))
            except Exception:  # each follower meets the failure itself, and is told to come again
                log.exception("feed.preparation_failed", kind=told.kind)
        if told.kind == StandingChanged.kind:
            self.standing_changes += 1
        for follower in followers:
            if not follower.offer(told):
                log.warning("feed.follower_too_slow")
                self._drop(follower)

    def _drop(self, follower: _Follower) -> None:
        self._followers.discard(follower)
        while not follower.queue.empty():
            follower.queue.get_nowait()
        follower.queue.put_nowait(None)
