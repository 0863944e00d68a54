"""A database handle for tests of the technical ground."""

from collections.abc import AsyncIterator

import pytest

from ankuan.platform.db import Database, make_engine


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(make_engine(database_url, pool_size=5))
    yield opened
    await opened.close()
