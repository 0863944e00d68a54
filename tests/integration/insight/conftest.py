"""Two courts that receive money: a basic court and the intermediate court above it."""

from collections.abc import AsyncIterator

import pytest

from ankuan.banking.tables import FundAccount
from ankuan.collection import listeners
from ankuan.kernel.ids import new_id
from ankuan.platform.bus import EventBus
from ankuan.platform.db import Database, make_engine
from tests.fixtures.province import Province, load_province
from tests.fixtures.receiving_court import SYSTEM, World


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    bus = EventBus()
    listeners.listen(bus)
    opened = Database(make_engine(database_url, pool_size=6), bus=bus)
    yield opened
    await opened.close()


@pytest.fixture
async def province(owner_database_url: str) -> Province:
    return await load_province(owner_database_url)


@pytest.fixture
async def courts(database: Database, province: Province) -> dict[str, World]:
    """Worlds by the court's code in logins."""
    worlds = {}
    for code in ("0102", "01"):
        made = World(database, province, province.court(f"chengban.{code}"), new_id())
        async with database.write(SYSTEM) as session:
            session.add(
                FundAccount(
                    court_id=made.court,
                    id=made.fund,
                    bank_id="bank_citic",
                    account_no="8112501012300012345",
                    name="专户",
                    settings={},
                    active=True,
                )
            )
        worlds[code] = made
    return worlds
