"""A migrated database with one court that receives money."""

from collections.abc import AsyncIterator

import pytest

from ankuan.banking.tables import FundAccount
from ankuan.collection import listeners
from ankuan.kernel.ids import new_id
from ankuan.platform.bus import EventBus
from ankuan.platform.db import Database, make_engine
from tests.fixtures.province import load_province
from tests.fixtures.receiving_court import SYSTEM, World


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    bus = EventBus()
    listeners.listen(bus)
    opened = Database(make_engine(database_url, pool_size=12), bus=bus)
    yield opened
    await opened.close()


@pytest.fixture
async def world(database: Database, owner_database_url: str) -> World:
    province = await load_province(owner_database_url)
    court, fund = province.court("chengban.0102"), new_id()
    async with database.write(SYSTEM) as session:
        session.add(
            FundAccount(
                court_id=court,
                id=fund,
                bank_id="bank_citic",
                account_no="8112501012300012345",
                name="示例区人民法院",
                settings={},
                active=True,
            )
        )
    return World(database, province, court, fund)
