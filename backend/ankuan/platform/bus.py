"""The bus inside a transaction: rooms that may not import each other meet here.

A listener runs in the emitter's transaction and sees its rows; when it raises, all of it is undone. Listeners do
database work only, never a network call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ankuan.plugin_api.events import Event

if TYPE_CHECKING:
    from ankuan.platform.db import WriteSession

type_of = type
InsideListener = Callable[["WriteSession", Any, datetime], Awaitable[None]]


class EventBus:
    """Listeners by event class. Filled once by ``bootstrap``."""

    def __init__(self) -> None:
        self._listeners: dict[type[Event], list[InsideListener]] = defaultdict(list)

    def listen(self, event: type[Event], listener: InsideListener) -> None:
        """Call ``listener(session, event, now)`` in the transaction that emits ``event``."""
        self._listeners[event].append(listener)

    def listeners(self, event: Event) -> tuple[InsideListener, ...]:
        """Who listens to this event, in the order of registration."""
        return tuple(self._listeners.get(type_of(event), ()))
