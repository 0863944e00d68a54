"""A migrated database with the demonstration province, reached as the application's role."""

from collections.abc import AsyncIterator

import pytest

from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from tests.fixtures.province import Province, load_province


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(make_engine(database_url, pool_size=4))
    yield opened
    await opened.close()


@pytest.fixture
async def province(owner_database_url: str) -> Province:
    return await load_province(owner_database_url)


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(bytes(range(32)))
