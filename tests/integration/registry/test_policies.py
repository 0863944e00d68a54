"""Policies by court, ancestor and default, each version from its day on; the court tree; the calendar; the powers."""

from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from ankuan.kernel.calendar import CalendarYearMissing
from ankuan.platform.actor import system_actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.registry.assign_roles import UnknownRole, assign_roles
from ankuan.registry.demonstration import load_demonstration_cases, load_demonstration_registry
from ankuan.registry.policies import POLICY_NAMES, UnknownPolicy, effective_policy, packaged_default
from ankuan.registry.queries import courts_below, get_court, working_calendar
from ankuan.registry.roles import packaged_roles
from ankuan.registry.rules import IncompatibleRoles
from ankuan.registry.set_policy import set_policy
from ankuan.registry.tables import CalendarDay, CalendarYear
from tests.fixtures.province import NOW, Province

CLERK = "guanli.0102"
POOL = "sub_account_pool"
TODAY = date(2026, 11, 20)


async def _low_water(database: Database, province: Province, login: str, on: date = TODAY) -> int:
    async with database.read(province.actor(login)) as session:
        value = await effective_policy(session, court_id=province.court(login), name=POOL, on=on)
    return int(value["low_water"])


async def test_the_nearest_court_above_rules_and_each_version_from_its_day_on(
    database: Database, province: Province
) -> None:
    assert await _low_water(database, province, CLERK) == 20

    async def put(court_id: int, low_water: int, since: date) -> None:
        async with database.write(system_actor("test")) as session:
            value = {"low_water": low_water, "refill_to": 99}
            await set_policy(session, court_id=court_id, name=POOL, value=value, effective_from=since)

    await put(province.court("gaoyuan"), 30, date(2026, 1, 1))
    assert await _low_water(database, province, CLERK) == 30, "a person below reads the rule from above"
    await put(province.court("guanli.01"), 40, date(2026, 6, 1))
    assert await _low_water(database, province, CLERK) == 40
    assert await _low_water(database, province, CLERK, date(2026, 5, 31)) == 30
    assert await _low_water(database, province, CLERK, date(2025, 12, 31)) == 20
    await put(province.court(CLERK), 50, date(2026, 7, 1))
    await put(province.court(CLERK), 60, date(2026, 12, 1))
    assert await _low_water(database, province, CLERK) == 50
    assert await _low_water(database, province, CLERK, date(2026, 12, 1)) == 60
    assert await _low_water(database, province, "guanli.01") == 40, "a rule does not hold upwards"
    async with database.read(province.actor("guanli.01")) as session:
        courts = await session.scalars(text("select distinct court_id from policy"))
        assert set(courts) == {province.court("gaoyuan"), province.court("guanli.01")}


async def test_a_policy_is_history_and_belongs_to_its_court(database: Database, province: Province) -> None:
    value = {"low_water": 1, "refill_to": 2}
    async with database.write(province.actor(CLERK)) as session:
        await set_policy(session, court_id=province.court(CLERK), name=POOL, value=value, effective_from=TODAY)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.write(province.actor(CLERK)) as session:
            await set_policy(session, court_id=province.court("gaoyuan"), name=POOL, value=value, effective_from=TODAY)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.write(province.actor(CLERK)) as session:
            await session.execute(text("update policy set value = '{}'"))
    async with database.write(province.actor(CLERK)) as session:
        with pytest.raises(UnknownPolicy):
            await set_policy(session, court_id=2, name="../roles", value={}, effective_from=TODAY)


async def test_changing_a_default_in_hand_does_not_change_the_next(database: Database, province: Province) -> None:
    for name in POLICY_NAMES:
        packaged_default(name).clear()
        assert packaged_default(name)


async def test_the_tree_has_all_courts_and_paths_lead_to_the_top(database: Database, province: Province) -> None:
    async with database.read(province.actor(CLERK)) as session:
        levels = await session.execute(text("select level, count(*) from court group by level"))
        assert dict(map(tuple, levels)) == {"high": 1, "intermediate": 18, "basic": 155}
        jinan = province.court("guanli.01")
        assert (await get_court(session, province.court(CLERK))).path == [1, jinan, province.court(CLERK)]
        below = await courts_below(session, jinan)
        children = await session.scalars(text("select id from court where parent_id = :id"), {"id": jinan})
        assert below == {jinan, *children}
        assert len(await courts_below(session, 1)) == 174


async def test_loading_the_demonstration_again_changes_nothing(
    owner_database_url: str, database: Database, province: Province, cipher: FieldCipher
) -> None:
    owner = Database(make_engine(owner_database_url, pool_size=1, as_role=None))

    async def load() -> tuple[object, int, dict[str, str]]:
        async with owner.write(system_actor("demonstration")) as session:
            people = await load_demonstration_registry(session, now=NOW)
            made = await load_demonstration_cases(session, cipher=cipher, now=NOW)
            tables = ("court", "department", "staff", "staff_role", "court_case", "party", "event")
            contents = {
                table: str(
                    await session.scalar(text(f"select md5(string_agg(t::text, '|' order by t::text)) from {table} t"))
                )
                for table in tables
            }
        return people, len(made), contents

    try:
        first, second = await load(), await load()
    finally:
        await owner.close()
    assert (first[1], second[1]) == (7, 0)
    assert first[0] == second[0]
    assert first[2] == second[2]


async def test_the_calendar_takes_what_was_entered(owner_database_url: str, database: Database) -> None:
    async with database.read(system_actor("test")) as session:
        calendar = await working_calendar(session)
    assert not calendar.is_working(date(2026, 10, 1))
    with pytest.raises(CalendarYearMissing):
        calendar.is_working(date(2031, 3, 3))
    owner = Database(make_engine(owner_database_url, pool_size=1, as_role=None))
    try:
        async with owner.write(system_actor("test")) as session:
            await session.execute(insert(CalendarDay).values(day=date(2026, 11, 20), works=False, note="停电"))
            await session.execute(insert(CalendarYear).values(year=2031))
    finally:
        await owner.close()
    async with database.read(system_actor("test")) as session:
        calendar = await working_calendar(session)
    assert not calendar.is_working(date(2026, 11, 20))
    assert calendar.is_working(date(2031, 3, 3))


async def test_the_tables_of_roles_say_what_the_package_says(database: Database) -> None:
    async with database.read(system_actor("test")) as session:
        stored = {(r, p, reach) for r, p, reach in await session.execute(text("select * from role_permission"))}
    assert stored == {
        (name, permission, reach.value)
        for name, role in packaged_roles().items()
        for permission, reach in role.permissions.items()
    }


async def test_one_person_never_holds_two_exclusive_powers(database: Database, province: Province) -> None:
    court, person = province.court("chuna.0102"), province.staff_id("chuna.0102")
    async with database.write(province.actor(CLERK)) as session:
        with pytest.raises(IncompatibleRoles):
            await assign_roles(
                session, court_id=court, staff_id=person, roles=["cashier", "finance_supervisor"], now=NOW
            )
        with pytest.raises(UnknownRole):
            await assign_roles(session, court_id=court, staff_id=person, roles=["cashier", "emperor"], now=NOW)
    with pytest.raises(DBAPIError, match="may not hold"):
        async with database.write(province.actor(CLERK)) as session:
            await session.execute(
                text("insert into staff_role values (:court, :person, 'handler')"), {"court": court, "person": person}
            )
    async with database.write(province.actor(CLERK)) as session:
        await assign_roles(session, court_id=court, staff_id=person, roles=["handler", "court_admin"], now=NOW)
    async with database.read(province.actor(CLERK)) as session:
        held = await session.scalars(text("select role from staff_role where staff_id = :id"), {"id": person})
        assert set(held) == {"handler", "court_admin"}


@pytest.mark.parametrize("table", ["court", "role", "role_permission", "calendar_day", "calendar_year"])
async def test_the_application_cannot_change_reference_data(database: Database, table: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.write(system_actor("test")) as session:
            await session.execute(text(f"delete from {table}"))
