"""The bell: a wake-up without content. Everything it carries can be lost; whoever waits also polls."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "ankuan:bell"
log = structlog.get_logger(__name__)


class Bell(Protocol):
    """Rings after commits, wakes whoever listens."""

    async def ring(self) -> None:
        """Wake all listeners. Never raises: a lost ring only costs a poll interval."""
        ...

    def rings(self, *, at_least_every: float) -> AsyncIterator[None]:
        """Yield at each ring, and at the latest every ``at_least_every`` seconds."""
        ...


class SilentBell:
    """No wake-ups, only the poll. For tools and tests without Redis."""

    async def ring(self) -> None:
        """Do nothing: listeners poll."""

    async def rings(self, *, at_least_every: float) -> AsyncIterator[None]:
        """Yield at the poll interval."""
        while True:
            yield
            await asyncio.sleep(at_least_every)


class RedisBell:
    """Publish/subscribe on one channel."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    async def ring(self) -> None:
        """Publish; a Redis that is down is logged and otherwise ignored."""
        try:
            await self._redis.publish(CHANNEL, b"1")
        except (RedisError, OSError) as error:
            log.warning("bell.lost", error=type(error).__name__)

    async def rings(self, *, at_least_every: float) -> AsyncIterator[None]:
        """Yield at each publication; fall back to the poll interval while Redis is away."""
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    yield  # whatever happened before the subscription stood
                    while True:
                        await pubsub.get_message(ignore_subscribe_messages=True, timeout=at_least_every)
                        yield
            except (RedisError, OSError) as error:
                log.warning("bell.away", error=type(error).__name__)
                yield
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.sleep(at_least_every)
