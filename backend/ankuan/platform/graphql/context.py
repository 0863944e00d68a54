"""What a resolver finds in ``info.context``."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from strawberry.types import Info

from ankuan.kernel.clock import Clock
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.actor import Actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, ReadSession
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from ankuan.plugin_api.events import ToldEvent

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


VIEWER_ASKED: ContextVar[deque[bool]] = ContextVar("viewer_asked", default=deque(maxlen=0))  # noqa: B039 - holds nothing
"""Set around an execution that wants to know whether its result depends on who is asking."""


class NotSignedIn(AnkuanError):
    """The request carries no valid session or token."""

    code = "unauthenticated"
    kind = ErrorKind.NOT_ALLOWED


class Gate(Protocol):
    """The one permission decision (made in ``identity``)."""

    def require(
        self,
        actor: Actor,
        permission: str,
        *,
        court_id: int,
        handler_id: UUID | None = None,
        department_id: UUID | None = None,
    ) -> None:
        """Return, or raise ``NotAllowed``; ``NotFound`` when the actor may not even know of that court's data."""
        ...


class HasCursor(Protocol):
    """An event, or what a subscription yields for it."""

    @property
    def cursor(self) -> str:
        """Its place in the order of all events."""
        ...


@dataclass(frozen=True, slots=True)
class Preparation:
    """What followers of a kind of event will ask :meth:`Feed.shared` for, and how to make it."""

    name: str
    load: Callable[[ToldEvent], Awaitable[Any]]


class Feed(Protocol):
    """Committed events as they become visible, read once and shared by all subscriptions of the process."""

    def follow(
        self,
        *,
        after: str | None,
        kinds: frozenset[str],
        wants: Callable[[ToldEvent], bool],
        prepare: "Preparation | None" = None,
    ) -> AsyncIterator[ToldEvent]:
        """Events of these kinds that ``wants`` accepts: from now on, or first those after a cursor.

        ``prepare`` is made (see ``shared``) before anybody is woken, once for all who name the same.
        """
        ...

    async def shared(self, told: "HasCursor", name: str, load: Callable[[], Awaitable[V]]) -> V:
        """Make something of an event once for all its subscribers. Only for what does not depend on the viewer."""
        ...

    def made(self, told: "HasCursor", name: str) -> Any:
        """What :meth:`shared` has made under this name already; ``None`` when it has not."""
        ...


@dataclass(slots=True)
class Context:
    """One request (or one event of a subscription)."""

    database: Database
    clock: Clock
    settings: Settings
    plugins: PluginHost
    gate: Gate
    feed: Feed
    cipher: FieldCipher
    viewer: Actor | None
    language: str = "zh-CN"
    client: str = ""
    remote: str = ""
    request: Any = None
    response: Any = None
    recheck: Callable[[], Awaitable[bool]] | None = None
    loaders: dict[str, DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who is asking. Raises :class:`NotSignedIn`.

        Asking is noted: what was made without asking is the same for everybody (see ``api.shared_events``).
        """
        VIEWER_ASKED.get().append(True)
        if self.viewer is None:
            raise NotSignedIn("请先登录", "Please sign in")
        return self.viewer

    async def still_signed_in(self) -> None:
        """For subscriptions, before each event: the session may have ended meanwhile. Raises :class:`NotSignedIn`."""
        self.loaders.clear()
        if self.recheck is not None and not await self.recheck():
            raise NotSignedIn("登录已失效，请重新登录", "The session has ended, please sign in again")

    def read(self) -> AbstractAsyncContextManager[ReadSession]:
        """A read session under the viewer's scope. Resolvers run side by side: each opens its own."""
        return self.database.read(self.actor)

    def loader(self, name: str, load: Callable[[list[K]], Awaitable[list[V]]]) -> DataLoader[K, V]:
        """The request's data loader of this name (one batch for all siblings)."""
        if name not in self.loaders:
            self.loaders[name] = DataLoader(load_fn=load)
        return self.loaders[name]


Information = Info[Context, None]
