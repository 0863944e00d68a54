"""A court with a fund account in a migrated database, reached as the application's role."""

from collections.abc import AsyncIterator

import pytest

from ankuan.disbursement.listeners import listen
from ankuan.platform.bus import EventBus
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.plugins import load_plugins
from tests.fixtures.payouts import Payouts
from tests.fixtures.province import load_province


@pytest.fixture
async def payouts(database_url: str, owner_database_url: str, superuser_database_url: str) -> AsyncIterator[Payouts]:
    bus = EventBus()
    listen(bus)
    database = Database(make_engine(database_url, pool_size=12), bus=bus)
    province = await load_province(owner_database_url)
    court = Payouts(database, province, FieldCipher(bytes(range(32))), load_plugins(), superuser_database_url)
    await court.open_court()
    yield court
    await court.close()
