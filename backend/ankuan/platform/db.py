"""Database sessions: one transaction per unit of work, committed at the edge.

Read and write sessions are different types. Each transaction carries the actor and its court scope as local
settings, which row-level security reads; both are set in the first round trip.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from ankuan.platform.actor import Actor
from ankuan.platform.bell import Bell, SilentBell
from ankuan.platform.bus import EventBus

APPLICATION_ROLE = "ankuan_app"
RETRYABLE = frozenset({"40001", "40P01"})
IDLE_LIMIT = timedelta(seconds=60)
"""A transaction that waits for its own process longer than this is ended by the server: no unit of work waits for a
network, so the process is stopped or gone, and its locks and its place before the event horizon hold up everybody (G7).
"""
_BEGIN = (
    "select set_config('ankuan.courts', $1, true), set_config('ankuan.actor', $2, true),"
    " set_config('transaction_read_only', $3, true)"
)


class Base(DeclarativeBase):
    """Base of all tables. Relationships are not declared: queries say what they load."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


Instant = DateTime(timezone=True)
Uuid = PG_UUID(as_uuid=True)


class ReadSession(AsyncSession):
    """A read-only transaction under an actor's scope."""

    actor: Actor


class WriteSession(ReadSession):
    """A transaction that may write. Use cases take it and never commit; the edge does."""

    bus: EventBus
    has_emitted: bool = False


class Database:
    """Opens sessions. One per process (an engine belongs to one event loop)."""

    def __init__(self, engine: AsyncEngine, *, bus: EventBus | None = None, bell: Bell | None = None) -> None:
        self.engine = engine
        self.bus = bus or EventBus()
        self.bell: Bell = bell or SilentBell()

    @asynccontextmanager
    async def read(self, actor: Actor) -> AsyncIterator[ReadSession]:
        """A read-only transaction; nothing is committed."""
        async with ReadSession(self.engine, expire_on_commit=False) as session:
            session.actor = actor
            await _begin(session, actor, read_only=True)
            # Closing ends the transaction and detaches the rows as they are; a rollback here would expire them.
            yield session

    @asynccontextmanager
    async def write(self, actor: Actor) -> AsyncIterator[WriteSession]:
        """One unit of work: committed when the block ends well, rolled back when it raises.

        After a commit that told events the bell is rung, so that readers look at once.
        """
        async with WriteSession(self.engine, expire_on_commit=False) as session:
            session.actor = actor
            session.bus = self.bus
            await _begin(session, actor, read_only=False)
            yield session
            await session.commit()
            emitted = session.has_emitted
        if emitted:
            await self.bell.ring()

    async def close(self) -> None:
        """Give back all connections."""
        await self.engine.dispose()


async def _begin(session: AsyncSession, actor: Actor, *, read_only: bool) -> None:
    """The first statement of every transaction. It also finds out whether the pooled connection still lives.

    A connection that died in the pool (the server was restarted) is replaced here, before anything was done with it;
    asking before each use would cost three round trips a transaction.
    """
    settings = (
        actor.scope,
        str(actor.id) if actor.id else f"system:{actor.name}",
        "on" if read_only else "off",
    )
    try:
        await (await session.connection()).exec_driver_sql(_BEGIN, settings)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        await session.rollback()
        await (await session.connection()).exec_driver_sql(_BEGIN, settings)


def make_engine(
    url: str, *, pool_size: int = 10, as_role: str | None = APPLICATION_ROLE, idle_limit: timedelta = IDLE_LIMIT
) -> AsyncEngine:
    """An engine whose connections run as ``as_role`` from their first statement on.

    The role is a start-up parameter: a login that owns the tables still works under row-level security.
    """
    server_settings = {
        "timezone": "UTC",
        "application_name": "ankuan",
        "idle_in_transaction_session_timeout": str(idle_limit // timedelta(milliseconds=1)),
    }
    if as_role:
        server_settings["role"] = as_role
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # an error's text goes to the log, and people's names must not
        connect_args={"server_settings": server_settings},
    )


def sqlstate(error: DBAPIError) -> str:
    """The PostgreSQL error code, e.g. ``23505``; empty when there is none."""
    return str(getattr(error.orig, "sqlstate", "") or "")


def violated_constraint(error: DBAPIError) -> str:
    """Name of the constraint that an integrity error is about; empty when there is none."""
    cause = getattr(error.orig, "__cause__", None)
    return str(getattr(cause, "constraint_name", "") or "")
