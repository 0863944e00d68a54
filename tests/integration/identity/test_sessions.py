"""Sessions end when idle, when old, when the person changes; tokens rotate; secrets are hidden from people."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ankuan.identity.demonstration import SignIn, load_demonstration_identity
from ankuan.identity.sessions import actor_of_session, begin_session, end_session
from ankuan.identity.set_password import LoginTaken, set_password
from ankuan.identity.sign_in import SignedIn, sign_in
from ankuan.identity.tokens import actor_of_token, issue_token, revoke_token
from ankuan.identity.viewer import load_viewer, viewer_json
from ankuan.platform.actor import Actor, system_actor
from ankuan.platform.db import Database
from ankuan.registry.assign_roles import assign_roles
from tests.fixtures.province import NOW, Province
from tests.integration.identity.conftest import PASSWORD

LOGIN = "chengban.0102"
MINUTE = timedelta(minutes=1)


async def _enter(database: Database, password: str = PASSWORD) -> str:
    async with database.write(system_actor("sign-in")) as session:
        entered = await sign_in(session, login=LOGIN, password=password, remote="", user_agent="", now=NOW)
    assert isinstance(entered, SignedIn)
    return entered.token


async def _who(database: Database, token: str, now: datetime, *, is_activity: bool = True) -> Actor | None:
    async with database.write(system_actor("sign-in")) as session:
        return await actor_of_session(session, token=token, now=now, is_activity=is_activity)


async def test_use_keeps_a_session_alive_and_idleness_ends_it(database: Database, sign_ins: dict[str, SignIn]) -> None:
    token = await _enter(database)
    assert await _who(database, token, NOW + 14 * MINUTE) is not None
    assert await _who(database, token, NOW + 28 * MINUTE) is not None
    assert await _who(database, token, NOW + 43 * MINUTE) is None
    assert await _who(database, token, NOW + 29 * MINUTE) is None, "an ended session must stay ended"


async def test_listening_alone_does_not_keep_a_session_alive(database: Database, sign_ins: dict[str, SignIn]) -> None:
    token = await _enter(database)
    for minutes in (5, 10, 14):
        assert await _who(database, token, NOW + minutes * MINUTE, is_activity=False) is not None
    assert await _who(database, token, NOW + 15 * MINUTE, is_activity=False) is None


async def test_after_eight_hours_a_session_ends_however_busy(database: Database, sign_ins: dict[str, SignIn]) -> None:
    token = await _enter(database)
    for minutes in range(10, 480, 10):
        assert await _who(database, token, NOW + minutes * MINUTE) is not None
    assert await _who(database, token, NOW + 480 * MINUTE) is None


async def test_signing_out_ends_the_session_at_once(database: Database, sign_ins: dict[str, SignIn]) -> None:
    token, other = await _enter(database), await _enter(database)
    async with database.write(system_actor("sign-in")) as session:
        await end_session(session, token=token, now=NOW)
        await end_session(session, token="never was", now=NOW)
    assert await _who(database, token, NOW + MINUTE) is None
    assert await _who(database, other, NOW + MINUTE) is not None


async def test_a_change_of_roles_ends_sessions(
    database: Database, province: Province, sign_ins: dict[str, SignIn]
) -> None:
    token = await _enter(database)
    async with database.write(system_actor("test")) as session:
        await assign_roles(
            session, court_id=province.court(LOGIN), staff_id=province.staff_id(LOGIN), roles=["cashier"], now=NOW
        )
    assert await _who(database, token, NOW + MINUTE) is None
    assert await _who(database, await _enter(database), NOW + MINUTE) is not None


async def test_a_new_password_ends_sessions_and_the_old_one(
    database: Database, province: Province, sign_ins: dict[str, SignIn]
) -> None:
    token = await _enter(database)
    where = {"court_id": province.court(LOGIN), "staff_id": province.staff_id(LOGIN)}
    async with database.write(system_actor("test")) as session:
        await set_password(session, **where, login=LOGIN, password="another password", now=NOW)  # type: ignore[arg-type]
    assert await _who(database, token, NOW + MINUTE) is None
    await _enter(database, "another password")
    async with database.write(system_actor("test")) as session:
        with pytest.raises(LoginTaken):
            await set_password(
                session,
                court_id=province.court("chuna.01"),
                staff_id=province.staff_id("chuna.01"),
                login=LOGIN.upper(),
                password="another password",
                now=NOW,
            )


async def test_only_people_have_sessions(database: Database) -> None:
    async with database.write(system_actor("sign-in")) as session:
        with pytest.raises(TypeError):
            await begin_session(session, actor=system_actor("worker"), remote="", user_agent="", now=NOW)


async def test_a_token_acts_until_revoked_expired_or_replaced(
    database: Database, province: Province, sign_ins: dict[str, SignIn]
) -> None:
    court, staff = province.court(LOGIN), province.staff_id(LOGIN)

    async def who(token: str, now: datetime = NOW) -> Actor | None:
        async with database.write(system_actor("sign-in")) as session:
            return await actor_of_token(session, token=token, now=now)

    async def issue(valid_for: timedelta | None = None) -> str:
        async with database.write(system_actor("sign-in")) as session:
            return await issue_token(
                session, court_id=court, staff_id=staff, name="script", now=NOW, valid_for=valid_for
            )

    first = await issue()
    found = await who(first, NOW + timedelta(days=999))
    assert found is not None
    assert found.id == staff
    second = await issue(timedelta(hours=1))
    assert (await who(first), await who(second) is not None) == (None, True)
    assert await who(second, NOW + timedelta(hours=1)) is None
    async with database.write(system_actor("sign-in")) as session:
        await revoke_token(session, court_id=court, staff_id=staff, name="script", now=NOW)
    assert await who(second) is None
    assert await who("ankuan_nothing") is None


async def test_loading_the_demonstration_again_keeps_credentials_and_rotates_tokens(
    database: Database, province: Province, sign_ins: dict[str, SignIn]
) -> None:
    async def hashes() -> list[str]:
        async with database.read(system_actor("test")) as session:
            return list(await session.scalars(text("select password_hash from credential order by login")))

    before = await hashes()
    assert len(before) == len(province.people) == len(sign_ins) == 19
    assert len(set(before)) == 1
    async with database.write(system_actor("demonstration")) as session:
        again = await load_demonstration_identity(session, password=PASSWORD, now=NOW)
    assert await hashes() == before
    assert {s.login for s in again} == set(sign_ins)
    assert not {s.token for s in again} & {s.token for s in sign_ins.values()}
    async with database.write(system_actor("demonstration")) as session:
        assert await actor_of_token(session, token=sign_ins[LOGIN].token, now=NOW) is None
        assert await actor_of_token(session, token=again[0].token, now=NOW) is not None
        await load_demonstration_identity(session, password="another password", now=NOW)
    assert not set(await hashes()) & set(before)


async def test_the_viewer_is_told_who_he_is(
    database: Database, province: Province, sign_ins: dict[str, SignIn]
) -> None:
    token = await _enter(database)
    actor = await _who(database, token, NOW)
    assert actor is not None
    async with database.read(system_actor("viewer")) as session:
        told = viewer_json(await load_viewer(session, actor), language="en")
    assert (told["login"], told["name"], told["court"]["code"]) == (LOGIN, "承办人甲", "鲁0102")
    assert told["roles"] == [{"name": "handler", "title": "Handler"}]
    assert "receipt.claim" in told["permissions"]


@pytest.mark.parametrize("table", ["credential", "user_session", "api_token"])
async def test_people_do_not_see_secrets_even_of_their_own_court(
    database: Database, province: Province, sign_ins: dict[str, SignIn], table: str
) -> None:
    await _enter(database)
    async with database.read(system_actor("test")) as session:
        assert (await session.execute(text(f"select count(*) from {table}"))).scalar_one() > 0
    for login in (LOGIN, "guanli.0102", "gaoyuan"):
        async with database.read(province.actor(login)) as session:
            assert (await session.execute(text(f"select count(*) from {table}"))).scalar_one() == 0


async def test_a_login_cannot_be_moved_to_another_person(database: Database, sign_ins: dict[str, SignIn]) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.write(system_actor("test")) as session:
            await session.execute(text("update credential set login = 'x' where login = 'chuna.0102'"))
