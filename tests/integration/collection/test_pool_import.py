"""A bank that generates sub-accounts in bulk: they are read page by page, resumed after a kill, and asked for again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from ankuan.collection.import_pool import import_pool, request_reading
from ankuan.collection.jobs import JOBS
from ankuan.collection.request_sub_accounts import request_sub_accounts
from ankuan.kernel.clock import FixedClock
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from ankuan.plugin_api.bank import (
    BankAnswer,
    BankBalance,
    BankCapabilities,
    FundAccountRef,
    LinePage,
    OpenedSubAccount,
    PaymentOrder,
    PluginServices,
    Setting,
    SingleOrder,
    SubAccountPage,
)
from ankuan.plugin_api.errors import BankUnreachable, NotOffered
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import SYSTEM, World


@dataclass
class GeneratingBank:
    """A bank of sub-accounts in its own order; it is its own connector. ``fails_at``: pages that do not answer."""

    numbers: list[str] = field(default_factory=list)
    page: int = 10
    fails_at: set[int] = field(default_factory=set)
    asked: list[str | None] = field(default_factory=list)
    id: str = "bank_citic"
    display_name: str = "批量银行"
    bank_code_prefix: str = "999"
    capabilities: BankCapabilities = field(default_factory=lambda: BankCapabilities(sub_accounts_pool=True))
    settings: tuple[Setting, ...] = ()

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Nothing to enter."""

    def connect(self, account: FundAccountRef, services: PluginServices) -> "GeneratingBank":
        return self

    async def list_sub_accounts(self, cursor: str | None) -> SubAccountPage:
        self.asked.append(cursor)
        start = int(cursor or "0")
        if start in self.fails_at:
            raise BankUnreachable("no answer")
        told = self.numbers[start : start + self.page]
        end = start + len(told)
        return SubAccountPage(tuple(OpenedSubAccount(n, "案款") for n in told), str(end), end < len(self.numbers))

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        return LinePage((), cursor or "", False)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        raise NotOffered("balance")

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        raise NotOffered("pay")

    async def query(self, order: SingleOrder) -> BankAnswer:
        raise NotOffered("query")

    async def aclose(self) -> None:
        """Nothing is open."""


def numbers(count: int, first: int = 0) -> list[str]:
    return [f"9{n:09d}" for n in range(first, first + count)]


@pytest.fixture
def bank() -> GeneratingBank:
    return GeneratingBank(numbers(95))


@pytest.fixture
def context(world: World, bank: GeneratingBank) -> JobContext:
    return JobContext(
        database=world.database,
        clock=FixedClock(NOW),
        plugins=PluginHost(banks={"bank_citic": bank}),
        settings=Settings(data_dir=Path("unused"), bank_timeout_seconds=2),
        cipher=FieldCipher(bytes(32)),
        actor=SYSTEM,
    )


async def work(context: JobContext) -> list[str]:
    """One turn of the worker over the pool's finders; the names of the jobs that ran."""
    jobs = {job.name: job for job in JOBS.jobs}
    ran = []
    for finder in JOBS.finders:
        for call in await finder.find(context):
            await jobs[call.name].run(context, call.arguments)
            ran.append(call.name)
    return ran


async def begin(world: World) -> object:
    async with world.database.write(SYSTEM) as session:
        return await request_reading(session, court_id=world.court, fund_account_id=world.fund, now=NOW)


REQUEST = "select told, opened, cursor, finished_at is not null, taken_until is null from pool_request order by id"


async def test_a_pool_that_is_low_reads_all_that_the_bank_has_generated(world: World, context: JobContext) -> None:
    cases = [await world.case(n) for n in range(1, 13)]
    assert await work(context) == ["read_pool"]
    assert await world.rows(REQUEST) == [(95, 95, "95", True, True)]
    bound = await world.rows("select case_id, number from sub_account where status = 'bound' order by number")
    assert bound == list(zip(cases, numbers(12), strict=True)), "first come, first served, in the bank's order"
    assert await world.one("select count(*) from sub_account where status = 'free'") == 83
    assert await world.one("select count(*) from case_account") == 12
    assert await world.rows("select 1 from alarm where cleared_at is null") == []


async def test_reading_goes_on_where_it_stopped(world: World, context: JobContext, bank: GeneratingBank) -> None:
    bank.fails_at = {40}
    request = await begin(world)
    await import_pool(context, court_id=world.court, request_id=request)  # type: ignore[arg-type]
    assert await world.rows(REQUEST) == [(40, 40, "40", False, False)]
    assert await world.rows("select kind from alarm where cleared_at is null") == [("sub_account_pool_low",)]
    bank.fails_at.clear()
    bank.asked.clear()
    assert isinstance(context.clock, FixedClock)
    await context.database.engine.dispose()  # the process that read on is another one
    async with world.database.write(SYSTEM) as session:
        await session.execute(text("update pool_request set taken_until = null"))
    await import_pool(context, court_id=world.court, request_id=request)  # type: ignore[arg-type]
    assert bank.asked[0] == "40"
    assert await world.rows(REQUEST) == [(95, 95, "95", True, True)]
    assert await world.one("select count(distinct number) from sub_account") == 95
    assert await world.rows("select 1 from alarm where cleared_at is null") == []


async def test_many_workers_read_each_page_once(world: World, context: JobContext, bank: GeneratingBank) -> None:
    request = await begin(world)
    await asyncio.gather(
        *(import_pool(context, court_id=world.court, request_id=request) for _ in range(5))  # type: ignore[arg-type]
    )
    assert await world.rows(REQUEST) == [(95, 95, "95", True, True)]
    assert len(bank.asked) == 10


async def test_what_the_bank_generates_later_is_read_from_there(
    world: World, context: JobContext, bank: GeneratingBank
) -> None:
    assert "read_pool" in await work(context)
    assert await work(context) == []
    bank.numbers += numbers(5, first=95)
    bank.asked.clear()
    async with world.database.write(world.actor("guanli.0102")) as session:
        await request_sub_accounts(
            session, court_id=world.court, fund_account_id=world.fund, count=5, plugins=context.plugins, now=NOW
        )
    assert await work(context) == ["import_pool"]
    assert bank.asked == ["95"]
    assert await world.rows(REQUEST) == [(95, 95, "95", True, True), (5, 5, "100", True, True)]


async def test_a_bank_that_has_no_more_is_an_alarm_and_one_row(
    world: World, context: JobContext, bank: GeneratingBank
) -> None:
    bank.numbers = numbers(3)
    assert await work(context) == ["read_pool"]
    assert await work(context) == ["read_pool"], "the pool is still low; the bank may have generated more"
    assert await world.rows("select kind from alarm where cleared_at is null") == [("sub_account_pool_low",)]
    assert await work(context) == [], "now it is left alone for a while"
    for _ in range(3):
        async with world.database.write(SYSTEM) as session:
            await session.execute(text("update alarm set last_at = last_at - interval '2 minutes'"))
        assert await work(context) == ["read_pool"]
    assert await world.one("select count(*) from pool_request") == 2


async def test_a_page_told_again_changes_nothing(world: World, context: JobContext, bank: GeneratingBank) -> None:
    await world.fill(3)
    bank.numbers = [str(row[0]) for row in await world.rows("select number from sub_account")] + numbers(20)
    request = await begin(world)
    await import_pool(context, court_id=world.court, request_id=request)  # type: ignore[arg-type]
    assert await world.rows(REQUEST) == [(23, 20, "23", True, True)]
    assert await world.one("select count(*) from sub_account") == 23
