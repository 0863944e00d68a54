"""A book in a migrated database, and a superuser's connection beside it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from ankuan.platform.db import Database, make_engine
from tests.fixtures.book import Book, open_raw


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(make_engine(database_url, pool_size=20))
    yield opened
    await opened.close()


@pytest.fixture
def book(database: Database) -> Book:
    return Book(database)


@pytest.fixture
async def superuser(superuser_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await open_raw(superuser_database_url)
    yield connection
    await connection.close()
