"""The province with sign-ins, reached as the application's role."""

from collections.abc import AsyncIterator

import pytest

from ankuan.identity.demonstration import SignIn, load_demonstration_identity
from ankuan.platform.actor import system_actor
from ankuan.platform.db import Database, make_engine
from tests.fixtures.province import NOW, Province, load_province

PASSWORD = "a test's password"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(make_engine(database_url, pool_size=12))
    yield opened
    await opened.close()


@pytest.fixture
async def province(owner_database_url: str) -> Province:
    return await load_province(owner_database_url)


@pytest.fixture
async def sign_ins(database: Database, province: Province) -> dict[str, SignIn]:
    async with database.write(system_actor("demonstration")) as session:
        loaded = await load_demonstration_identity(session, password=PASSWORD, now=NOW)
    return {sign_in.login: sign_in for sign_in in loaded}
