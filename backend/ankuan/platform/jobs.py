"""Background work. PostgreSQL is the queue of record; Redis and ARQ only carry the wake-up.

A *finder* looks in the database for work that is due and names the jobs to run; a *job* takes its row with
``FOR UPDATE SKIP LOCKED`` (or an equivalent state check) and does it once. Either may run twice or on two workers.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from ankuan.kernel.clock import Clock
from ankuan.platform.actor import Actor, system_actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings

Arguments = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class JobContext:
    """What background work may use. ``actor`` sees all courts."""

    database: Database
    clock: Clock
    plugins: PluginHost
    settings: Settings
    cipher: FieldCipher
    actor: Actor = field(default_factory=lambda: system_actor("worker"))


@dataclass(frozen=True, slots=True)
class JobCall:
    """Run the job ``name`` with these arguments. Two calls with equal name and arguments are one."""

    name: str
    arguments: Arguments = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Identity of the call in the queue."""
        return ":".join([self.name, *(f"{k}={v}" for k, v in sorted(self.arguments.items()))])


@dataclass(frozen=True, slots=True)
class Job:
    """A named piece of work, at most ``limit_seconds`` long."""

    name: str
    run: Callable[[JobContext, Arguments], Awaitable[None]]
    limit_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for due work every ``every_seconds`` and, when ``on_bell``, after each commit that told events."""

    name: str
    find: Callable[[JobContext], Awaitable[list[JobCall]]]
    every_seconds: float
    on_bell: bool = False


@dataclass(frozen=True, slots=True)
class RoomJobs:
    """What a room's ``jobs`` module exports as ``JOBS``."""

    jobs: tuple[Job, ...] = ()
    finders: tuple[Finder, ...] = ()
