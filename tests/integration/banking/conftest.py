"""A migrated database with the demonstration province and one fund account at CITIC."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from ankuan.banking.issue_instruction import Issued, issue_instruction
from ankuan.banking.open_fund_account import open_fund_account
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.actor import system_actor
from ankuan.platform.db import Database, make_engine
from ankuan.platform.plugins import load_plugins
from tests.fixtures.province import NOW, Province, load_province

ACCOUNT_NO = "8112501012300012345"
SYSTEM = system_actor("test")


@dataclass(frozen=True, slots=True)
class Bench:
    """A database, a court and its fund account."""

    database: Database
    province: Province
    court_id: int
    fund_account_id: UUID

    async def issue(self, **given: Any) -> Issued:
        """Issue a payment of 100.00 yuan, or what is given."""
        order: dict[str, Any] = {
            "purpose": "payment",
            "origin_id": new_id(),
            "amount": Money(10_000),
            "pay_from_sub_account": "8112501012300012345",
            "payee_account": "6217000000000000018",
            "payee_name": "申请执行人甲",
            "payee_bank_name": "中国建设银行",
            "payee_bank_code": "105100000017",
            "reason_text": "案款",
            "now": NOW,
        }
        async with self.database.write(SYSTEM) as session:
            return await issue_instruction(
                session, court_id=self.court_id, fund_account_id=self.fund_account_id, **(order | given)
            )


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(make_engine(database_url, pool_size=8))
    yield opened
    await opened.close()


@pytest.fixture
async def bench(database: Database, owner_database_url: str) -> Bench:
    province = await load_province(owner_database_url)
    court_id = province.court("caiwu.0102")
    async with database.write(SYSTEM) as session:
        account_id = await open_fund_account(
            session,
            court_id=court_id,
            bank_id="bank_citic",
            account_no=ACCOUNT_NO,
            name="示例市历下区人民法院案款专户",
            adjustment_account_no="8123000123450000000",
            settings={"endpoint": "http://127.0.0.1:9/", "user_name": "court0102"},
            plugins=load_plugins(),
        )
    return Bench(database, province, court_id, account_id)
