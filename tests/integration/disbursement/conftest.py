"""A court with a fund account in a migrated database, reached as the application's role.

The province is loaded once into a template; each test gets a copy of its own.
"""

import itertools
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from ankuan.disbursement.listeners import listen
from ankuan.platform.bus import EventBus
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.embedded.postgres import OWNER_ROLE, SUPERUSER
from ankuan.platform.plugins import PluginHost, load_plugins
from tests.fixtures.payouts import Payouts
from tests.fixtures.plain_court import Plain, plain_court
from tests.fixtures.province import Province, load_province
from tests.fixtures.servers import Servers

CIPHER = FieldCipher(bytes(range(32)))
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The template, and what is in it."""

    name: str
    province: Province
    fund: UUID
    plugins: PluginHost


@pytest.fixture(scope="session")
async def prepared(servers: Servers, template_database: str) -> Prepared:
    name = "ankuan_template_payouts"
    servers.create_database(name, template_database)
    province = await load_province(servers.postgres.dsn(OWNER_ROLE, name))
    database = Database(make_engine(servers.postgres.dsn(database=name), pool_size=1))
    court = Payouts(database, province, CIPHER, load_plugins(), servers.postgres.dsn(SUPERUSER, name))
    await court.open_court()
    await court.close()
    return Prepared(name, province, court.fund, court.plugins)


@pytest.fixture
async def payouts(servers: Servers, prepared: Prepared) -> AsyncIterator[Payouts]:
    name = f"payouts_{os.getpid()}_{next(_numbers)}"
    servers.create_database(name, prepared.name)
    bus = EventBus()
    listen(bus)
    database = Database(make_engine(servers.postgres.dsn(database=name), pool_size=12), bus=bus)
    superuser_url = servers.postgres.dsn(SUPERUSER, name)
    court = Payouts(database, prepared.province, CIPHER, prepared.plugins, superuser_url, fund=prepared.fund)
    yield court
    await court.close()
    servers.drop_database(name)


@pytest.fixture
async def plain(database_url: str, owner_database_url: str, superuser_database_url: str) -> AsyncIterator[Plain]:
    async with plain_court(database_url, owner_database_url, superuser_database_url) as made:
        yield made
