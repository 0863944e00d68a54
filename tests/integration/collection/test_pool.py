"""The pool of sub-accounts, filled at a real (simulated) bank over its wire."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ankuan.banking.queries import get_fund_account
from ankuan.collection.bind_sub_account import bind_sub_account
from ankuan.collection.jobs import JOBS
from ankuan.collection.pool import PoolCount, count_pool, pools_in_need
from ankuan.collection.request_sub_accounts import InvalidCount, SubAccountsNotOnline, request_sub_accounts
from ankuan.kernel.clock import FixedClock
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost, load_plugins
from ankuan.platform.settings import Settings
from ankuan.plugin_api.bank import BankCapabilities
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan.registry.set_policy import set_policy
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import SYSTEM, TODAY, World

MAIN = "8112501012300012345"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess("bank_citic", tmp_path_factory.mktemp("citic")).start()
    process.admin("POST", "/accounts", {"number": MAIN, "name": "示例区人民法院"})
    yield process
    process.stop()


@pytest.fixture
async def context(world: World, bank: SimulatorProcess) -> JobContext:
    bank.admin("DELETE", "/faults")
    async with world.database.write(SYSTEM) as session:
        account = await get_fund_account(session, court_id=world.court, fund_account_id=world.fund)
        account.settings = {"endpoint": bank.endpoint, "user_name": "court0102"}
        account.adjustment_account_no = f"81{MAIN[-10:]}0000000"
    return JobContext(
        database=world.database,
        clock=FixedClock(NOW),
        plugins=load_plugins(),
        settings=Settings(data_dir=Path("unused"), bank_timeout_seconds=2),
        cipher=FieldCipher(bytes(32)),
        actor=SYSTEM,
    )


async def work(context: JobContext) -> int:
    """One turn of the worker over the pool's finders; returns how many jobs ran."""
    jobs = {job.name: job for job in JOBS.jobs}
    ran = 0
    for finder in JOBS.finders:
        for call in await finder.find(context):
            await jobs[call.name].run(context, call.arguments)
            ran += 1
    return ran


async def count(world: World) -> PoolCount:
    async with world.database.read(SYSTEM) as session:
        return await count_pool(session, court_id=world.court, fund_account_id=world.fund, today=TODAY)


async def test_the_pool_fills_itself_to_the_mark_and_then_rests(world: World, context: JobContext) -> None:
    assert await count(world) == PoolCount(free=0, bound=0, total=0, low=True)
    while await work(context):
        pass
    filled = await count(world)
    assert filled == PoolCount(free=50, bound=0, total=50, low=False)
    opened = {str(row[0]) for row in await world.rows("select number from sub_account")}
    assert len(opened) == filled.free


async def test_cases_that_waited_are_served_first_come_first(world: World, context: JobContext) -> None:
    cases = [await world.case(n) for n in range(1, 26)]
    assert await world.one("select count(*) from sub_account_wish where served_at is null") == 25
    while await work(context):
        pass
    assert await world.one("select count(*) from sub_account_wish where served_at is null") == 0
    bound = {row[0] for row in await world.rows("select case_id from sub_account where status = 'bound'")}
    assert bound == set(cases)
    assert await world.rows("select cleared_by from alarm where kind = 'sub_account_pool_low'") == [("system",)]
    assert await world.one("select count(*) from case_account") == 25


async def test_a_court_s_own_policy_decides(world: World, context: JobContext) -> None:
    async with world.database.write(SYSTEM) as session:
        value = {"low_water": 2, "refill_to": 3}
        await set_policy(session, court_id=world.court, name="sub_account_pool", value=value, effective_from=TODAY)
    assert await work(context) == 1
    assert (await count(world)).free == 3
    assert await work(context) == 0


async def test_a_bank_that_does_not_answer_is_an_alarm_and_is_left_alone_for_a_while(
    world: World, context: JobContext, bank: SimulatorProcess
) -> None:
    case = await world.case(1)
    bank.admin("PUT", "/switches", {"*": [{"fault": "drop_before"}]})
    assert await work(context) == 1
    assert await world.rows("select times from alarm where subject_key = :fund", fund=str(world.fund)) == [(1,)]
    assert await work(context) == 0
    bank.admin("DELETE", "/faults")
    assert isinstance(context.clock, FixedClock)
    context.clock.advance(timedelta(minutes=2))
    while await work(context):
        pass
    assert await world.rows("select 1 from alarm where cleared_at is null") == []
    assert await world.rows("select status from sub_account where case_id = :case", case=case) == [("bound",)]


async def test_a_person_s_order_is_carried_out_once(world: World, context: JobContext) -> None:
    while await work(context):
        pass
    before = (await count(world)).total
    async with world.database.write(world.actor("guanli.0102")) as session:
        request = await request_sub_accounts(
            session, court_id=world.court, fund_account_id=world.fund, count=25, plugins=context.plugins, now=NOW
        )
    run = {job.name: job.run for job in JOBS.jobs}["open_requested"]
    arguments: dict[str, str | int] = {"court": world.court, "request": str(request)}
    await asyncio.gather(*(run(context, arguments) for _ in range(5)))
    assert await world.rows("select opened, finished_at is null from pool_request") == [(20, True)]
    while await work(context):
        pass
    assert await world.rows("select opened, finished_at is null from pool_request") == [(25, False)]
    assert (await count(world)).total == before + 25


async def test_an_order_that_cannot_be_carried_out_is_refused(world: World, context: JobContext) -> None:
    before = await world.dump()
    for number in (0, -1, 1_001):
        with pytest.raises(InvalidCount):
            async with world.database.write(SYSTEM) as session:
                await request_sub_accounts(
                    session,
                    court_id=world.court,
                    fund_account_id=world.fund,
                    count=number,
                    plugins=context.plugins,
                    now=NOW,
                )
    offline = PluginHost(banks={"bank_citic": _Offline()})  # type: ignore[dict-item]  # only its capabilities are asked
    with pytest.raises(SubAccountsNotOnline):
        async with world.database.write(SYSTEM) as session:
            await request_sub_accounts(
                session, court_id=world.court, fund_account_id=world.fund, count=1, plugins=offline, now=NOW
            )
    assert await world.dump() == before


class _Offline:
    """A bank that hands out sub-accounts on paper."""

    capabilities = BankCapabilities()


async def test_many_bind_at_once_and_nobody_gets_anothers_number(world: World) -> None:
    cases = [await world.case(n, prefix="民初") for n in range(1, 21)]
    await world.fill(30)

    async def bind(position: int) -> str:
        async with world.database.write(SYSTEM) as session:
            return (await bind_sub_account(session, court_id=world.court, case_id=cases[position % 20], now=NOW)).number

    numbers = await asyncio.gather(*(bind(n) for n in range(60)))
    assert len(set(numbers)) == 20
    for position in range(20):
        assert len({numbers[position], numbers[position + 20], numbers[position + 40]}) == 1
    assert (await count(world)).bound == 20


async def test_the_look_at_all_courts_is_one_statement_and_sees_an_inactive_account_as_none(world: World) -> None:
    async with world.database.write(SYSTEM) as session:
        await session.execute(text("update fund_account set active = false"))
        assert await pools_in_need(session, today=TODAY) == []


async def test_the_next_free_one_is_found_past_a_used_up_half(world: World) -> None:
    """By the primary key it would be found too, after walking over everything that was ever bound."""
    async with world.database.write(SYSTEM) as session:
        await session.execute(
            text(
                "insert into sub_account (court_id, id, fund_account_id, number, name, status, opened_at)"
                " select :court, gen_random_uuid(), :fund, i::text, '案款', case when i <= 10000 then 'closed' else"
                " 'free' end, now() + i * interval '1 ms' from generate_series(1, 20000) as i"
            ),
            {"court": world.court, "fund": world.fund},
        )
    plan = await world.rows(
        "explain select id from sub_account where court_id = :court and fund_account_id = :fund and status = 'free'"
        " order by opened_at, id limit 1",
        court=world.court,
        fund=world.fund,
    )
    assert any("ix_sub_account_free" in str(row) for row in plan), plan
    assert await world.bind(await world.case(1, prefix="民初")) == "10001"
