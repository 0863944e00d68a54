"""Sign-in: who gets in, who is locked out, and that neither tells which logins exist."""

import asyncio
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from ankuan.identity.demonstration import SignIn
from ankuan.identity.sign_in import BadCredentials, LockedOut, SignedIn, sign_in
from ankuan.platform.actor import Reach, system_actor
from ankuan.platform.db import Database
from tests.fixtures.province import NOW, Province
from tests.integration.identity.conftest import PASSWORD

LOGIN = "chuna.0102"
Outcome = SignedIn | BadCredentials | LockedOut


async def _try(database: Database, login: str, password: str, now: datetime = NOW) -> Outcome:
    async with database.write(system_actor("sign-in")) as session:
        return await sign_in(session, login=login, password=password, remote="127.0.0.1", user_agent="test", now=now)


async def test_the_right_password_makes_the_actor_that_the_person_is(
    database: Database, province: Province, sign_ins: dict[str, SignIn]
) -> None:
    entered = await _try(database, f" {LOGIN.upper()} ", PASSWORD)
    assert isinstance(entered, SignedIn)
    actor = entered.actor
    assert (actor.id, actor.court_id) == (province.staff_id(LOGIN), province.court(LOGIN))
    assert actor.courts == frozenset({province.court(LOGIN)})
    assert actor.roles == {"cashier"}
    assert actor.permissions["disbursement.release"] is Reach.COURT
    assert actor.person_key == f"demonstration:{LOGIN}"
    assert len(entered.token) == 43


async def test_reach_gives_sight(database: Database, province: Province, sign_ins: dict[str, SignIn]) -> None:
    for login in ("gaoyuan", "shenji"):
        entered = await _try(database, login, PASSWORD)
        assert isinstance(entered, SignedIn)
        assert entered.actor.courts == frozenset(range(1, 175))


async def test_the_key_itself_is_not_in_the_database(database: Database, sign_ins: dict[str, SignIn]) -> None:
    entered = await _try(database, LOGIN, PASSWORD)
    assert isinstance(entered, SignedIn)
    async with database.read(system_actor("test")) as session:
        rows = (await session.execute(text("select user_session::text from user_session"))).scalars().all()
    assert len(rows) == 1
    assert entered.token not in rows[0]


@pytest.mark.parametrize("login", [LOGIN, "nobody.0102"])
async def test_five_failures_lock_a_login_whether_it_exists_or_not(
    database: Database, sign_ins: dict[str, SignIn], login: str
) -> None:
    outcomes = [type(await _try(database, login, "wrong password")) for _ in range(7)]
    assert outcomes == [BadCredentials] * 5 + [LockedOut] * 2
    locked = await _try(database, login, PASSWORD, NOW + timedelta(minutes=14, seconds=59))
    assert isinstance(locked, LockedOut)
    assert locked.details == {"seconds": 1}
    after = await _try(database, login, PASSWORD, NOW + timedelta(minutes=15))
    assert isinstance(after, SignedIn if login == LOGIN else BadCredentials)


async def test_a_lock_out_of_a_real_login_raises_one_alarm(database: Database, sign_ins: dict[str, SignIn]) -> None:
    for login in (LOGIN, "nobody.0102"):
        for _ in range(6):
            await _try(database, login, "wrong password")
    async with database.read(system_actor("test")) as session:
        alarms = (await session.execute(text("select kind, times, message from alarm"))).all()
    assert [(a.kind, a.times) for a in alarms] == [("sign_in_locked", 1)]
    assert LOGIN in alarms[0].message


async def test_after_a_lock_the_count_begins_anew(database: Database, sign_ins: dict[str, SignIn]) -> None:
    for _ in range(5):
        await _try(database, LOGIN, "wrong password")
    later = NOW + timedelta(minutes=16)
    assert isinstance(await _try(database, LOGIN, "wrong password", later), BadCredentials)
    assert isinstance(await _try(database, LOGIN, PASSWORD, later), SignedIn)


async def test_success_forgets_failures(database: Database, sign_ins: dict[str, SignIn]) -> None:
    for _ in range(3):
        for _ in range(4):
            assert isinstance(await _try(database, LOGIN, "wrong password"), BadCredentials)
        assert isinstance(await _try(database, LOGIN, PASSWORD), SignedIn)


async def test_guesses_in_parallel_are_all_counted(database: Database, sign_ins: dict[str, SignIn]) -> None:
    outcomes = await asyncio.gather(*[_try(database, LOGIN, "wrong password") for _ in range(12)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BadCredentials"] * 5 + ["LockedOut"] * 7
    assert isinstance(await _try(database, LOGIN, PASSWORD), LockedOut)


async def test_an_unknown_login_takes_as_long_as_a_wrong_password(
    database: Database, sign_ins: dict[str, SignIn]
) -> None:
    async def fastest(login: str) -> float:
        times = []
        for attempt in range(4):
            began = time.perf_counter()
            await _try(database, login, f"wrong {attempt}")
            times.append(time.perf_counter() - began)
        return min(times)

    unknown, known = await fastest("nobody.0102"), await fastest(LOGIN)
    assert known * 0.5 < unknown < known * 2
    assert unknown > 0.01  # an argon2 hash was worked out, not merely a row looked for


@pytest.mark.parametrize(
    ("login", "password"),
    [("", ""), (LOGIN, ""), ("a\x00b", "x"), ("\ud800", "\ud800"), (LOGIN, "x" * 5000), (LOGIN, PASSWORD + "x" * 300)],
)
async def test_strange_input_is_merely_wrong(
    database: Database, sign_ins: dict[str, SignIn], login: str, password: str
) -> None:
    assert isinstance(await _try(database, login, password), BadCredentials)


async def test_a_person_who_left_does_not_get_in(
    database: Database, province: Province, sign_ins: dict[str, SignIn]
) -> None:
    async with database.write(system_actor("test")) as session:
        await session.execute(text("update staff set active = false where id = :id"), {"id": province.staff_id(LOGIN)})
    assert isinstance(await _try(database, LOGIN, PASSWORD), BadCredentials)
