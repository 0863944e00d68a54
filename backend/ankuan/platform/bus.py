"""The bus inside a transaction: rooms that may not import each other meet here.

A listener runs in the emitter's transaction and sees its rows; when it raises, all of it is undone. Listeners do
database work only, never a network call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ankuan.plugin_api.events import Event

if TYPE_CHECKING:
    from ankuan.platform.db import WriteSession

InsideListener = Callable[["WriteSession", Any, datetime], Awaitable[None]]
BatchListener = Callable[["WriteSession", Sequence[Any], datetime], Awaitable[None]]


class EventBus:
    """Listeners by event class. Filled once by ``bootstrap``."""

    def __init__(self) -> None:
        self._listeners: dict[type[Event], list[BatchListener]] = defaultdict(list)

    def listen(self, event: type[Event], listener: InsideListener) -> None:
        """Call ``listener(session, event, now)`` in the transaction that emits ``event``."""

        async def one_by_one(session: WriteSession, events: Sequence[Any], now: datetime) -> None:
            for each in events:
                await listener(session, each, now)

        self._listeners[event].append(one_by_one)

    def listen_to_many(self, event: type[Event], listener: BatchListener) -> None:
        """Call ``listener(session, events, now)`` once for all events of this class that are emitted together.

        A page of a bank has a thousand of them: such a listener needs a few statements, not a few for each.
        """
        self._listeners[event].append(listener)

    def listeners(self, event: type[Event]) -> tuple[BatchListener, ...]:
        """Who listens to events of this class, in the order of registration."""
        return tuple(self._listeners.get(event, ()))
