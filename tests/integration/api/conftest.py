"""A database handle with a bell."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from ankuan.platform.bell import RedisBell
from ankuan.platform.db import Database, make_engine
from tests.fixtures.stages import play, prepared_stage

__all__ = ["play", "prepared_stage"]


@pytest.fixture
async def database(database_url: str, redis_url: str) -> AsyncIterator[Database]:
    redis = Redis.from_url(redis_url)
    opened = Database(make_engine(database_url, pool_size=5), bell=RedisBell(redis))
    yield opened
    await opened.close()
    await redis.aclose()
