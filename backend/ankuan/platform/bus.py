"""The bus inside a transaction: rooms that may not import each other meet here.

A listener runs in the emitter's transaction and sees its rows; when it raises, all of it is undone. Listeners do
database work only, never a network call.

An event tells what has happened; a *question* asks, before something happens, whether other rooms object. Whoever
answers stands in the asker's transaction too, so that the answer still holds when the asker commits.
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
Answerer = Callable[["WriteSession", Any, datetime], Awaitable[Sequence[Any]]]


class EventBus:
    """Listeners by event class. Filled once by ``bootstrap``."""

    def __init__(self) -> None:
        self._listeners: dict[type[Event], list[BatchListener]] = defaultdict(list)
        self._answerers: dict[type[object], list[Answerer]] = defaultdict(list)

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

    def answer(self, question: type[object], answerer: Answerer) -> None:
        """Let ``answerer(session, question, now)`` take part in the answer to every question of this class."""
        self._answerers[question].append(answerer)

    async def ask(self, session: WriteSession, question: object, *, now: datetime) -> list[Any]:
        """What all who are asked answer, in the order of registration. An error of one is the asker's error."""
        answers: list[Any] = []
        for answerer in self._answerers.get(type(question), ()):
            answers.extend(await answerer(session, question, now))
        return answers
