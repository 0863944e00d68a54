"""The receiving court, whose handler has a phone."""

from collections.abc import AsyncIterator

import pytest

from ankuan.banking.tables import FundAccount
from ankuan.collection import listeners as collection
from ankuan.kernel.ids import new_id
from ankuan.platform.bus import EventBus
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.supervision import listeners as supervision
from ankuan.supervision.set_staff_contact import set_staff_contact
from tests.fixtures.province import NOW, load_province
from tests.fixtures.receiving_court import SYSTEM, World

PHONE = "13800001208"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    bus = EventBus()
    collection.listen(bus)
    supervision.listen(bus)
    opened = Database(make_engine(database_url, pool_size=8), bus=bus)
    yield opened
    await opened.close()


@pytest.fixture
def cipher() -> FieldCipher:
    return FieldCipher(bytes(range(32)))


@pytest.fixture
async def world(database: Database, owner_database_url: str, cipher: FieldCipher) -> World:
    province = await load_province(owner_database_url)
    made = World(database, province, province.court("chengban.0102"), new_id())
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
        await set_staff_contact(
            session,
            court_id=made.court,
            staff_id=province.staff_id("chengban.0102"),
            phone=PHONE,
            cipher=cipher,
            now=NOW,
        )
    return made
