"""Courts are walled in by the database itself: by catalogue over every table, and by trying (failures §2.5)."""

import re
from collections.abc import AsyncIterator

import asyncpg
import pytest

from ankuan.platform.actor import Actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.registry.case_facts import NewParty
from ankuan.registry.register_case import register_case
from ankuan.registry.rules import PartyRole
from tests.fixtures.province import NOW, Province, load_province

A, B = "chengban.0102", "chengban.01"
GLOBAL_KEYS = {
    "uq_credential_login",  # one signs in with the login alone; only the platform itself can try to insert one
    "uq_user_session_token_digest",  # digests of random keys, looked up before the court is known
    "uq_api_token_token_digest",
    "uq_instruction_client_ref",  # drawn at random by the platform: nobody can offer one and hear that it is taken
}
"""Unique keys without the court, each with the reason why it tells nothing."""


@pytest.fixture
async def superuser(superuser_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(superuser_database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(make_engine(database_url, pool_size=2))
    yield opened
    await opened.close()


@pytest.fixture
async def application(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A bare connection of the application's role, as an attacker inside the process would have it."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await connection.execute("set role ankuan_app")
    yield connection
    await connection.close()


@pytest.fixture
async def province(owner_database_url: str, database: Database) -> Province:
    """Two courts with one case of the same kind each."""
    loaded = await load_province(owner_database_url)
    for login, number in ((A, "（2026）鲁0102执77号"), (B, "（2026）鲁01执77号")):
        async with database.write(loaded.actor(login)) as session:
            await register_case(
                session,
                court_id=loaded.court(login),
                number=number,
                handler_id=loaded.staff_id(login),
                parties=[NewParty(name="被执行人乙", role=PartyRole.RESPONDENT, phone="13800001208")],
                cipher=FieldCipher(bytes(32)),
                now=NOW,
            )
    return loaded


async def _tables_of_courts(superuser: asyncpg.Connection) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await superuser.fetch(
        """
        select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
          from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'court_id' and not a.attisdropped
         where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by c.relname
        """
    )
    return rows


async def test_every_table_of_a_court_has_forced_row_level_security_both_ways(superuser: asyncpg.Connection) -> None:
    tables = await _tables_of_courts(superuser)
    assert {"court_case", "party", "staff", "event", "alarm", "user_session"} <= {row["relname"] for row in tables}
    for table in tables:
        name = table["relname"]
        assert table["relrowsecurity"], f"{name}: row-level security is off"
        assert table["relforcerowsecurity"], f"{name}: the owner is exempt"
        policies = await superuser.fetch("select * from pg_policy where polrelid = $1", table["oid"])
        whole = [policy for policy in policies if policy["polcmd"] in {b"*", "*"}]
        assert whole, f"{name}: no policy covers all commands"
        for policy in policies:
            assert policy["polqual"] is not None, f"{name}: {policy['polname']} has no USING"
            assert policy["polwithcheck"] is not None or policy["polcmd"] in {b"r", "r"}, f"{name}: no WITH CHECK"


async def test_every_policy_asks_for_the_scope(superuser: asyncpg.Connection) -> None:
    policies = await superuser.fetch(
        "select polrelid::regclass::text as name, pg_get_expr(polqual, polrelid) as using_,"
        " pg_get_expr(polwithcheck, polrelid) as check_ from pg_policy"
    )
    assert policies
    for policy in policies:
        for expression in (policy["using_"], policy["check_"]):
            if expression is not None:
                assert re.search(r"ankuan_scope|ankuan\.actor", expression), policy["name"]


async def test_every_table_without_a_court_is_known(superuser: asyncpg.Connection) -> None:
    """A new table without ``court_id`` must be looked at here before it can be merged."""
    rows = await superuser.fetch(
        """
        select relname from pg_class c
         where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
           and not exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'court_id')
        """
    )
    assert {row["relname"] for row in rows} == {
        "alembic_version",
        "calendar_day",
        "calendar_year",
        "consumer_cursor",
        "court",
        "idempotency_key",
        "plugin_call",
        "plugin_state",
        "role",
        "role_permission",
        "sign_in_guard",
    }


async def test_the_application_owns_nothing_and_cannot_bypass(superuser: asyncpg.Connection) -> None:
    owned = await superuser.fetch(
        "select relname from pg_class where relowner = 'ankuan_app'::regrole"
        " union all select proname from pg_proc where proowner = 'ankuan_app'::regrole"
    )
    assert owned == []
    role = await superuser.fetchrow("select * from pg_roles where rolname = 'ankuan_app'")
    assert role is not None
    assert [role[power] for power in ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb")] == [False] * 4
    assert not await superuser.fetchval("select has_schema_privilege('ankuan_app', 'public', 'create')")
    memberships = await superuser.fetch(
        "select roleid::regrole from pg_auth_members where member = 'ankuan_app'::regrole"
    )
    assert memberships == []


async def test_functions_with_the_owners_rights_fix_their_search_path(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "select p.proname, p.proconfig from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where p.prosecdef and n.nspname = 'public'"
    )
    for row in rows:
        settings = row["proconfig"] or []
        path = next((setting for setting in settings if setting.startswith("search_path=")), "")
        # Left out, the caller's temporary schema is searched first, and his tables and triggers are the owner's.
        assert path.endswith(", pg_temp"), row["proname"]


async def test_the_application_deletes_only_what_is_no_history(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "select table_name, privilege_type from information_schema.role_table_grants"
        " where grantee in ('ankuan_app', 'PUBLIC') and table_schema = 'public'"
        " and privilege_type in ('DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER')"
    )
    assert {tuple(row) for row in rows} <= {("staff_role", "DELETE"), ("sign_in_guard", "DELETE")}


async def test_unique_keys_lead_with_the_court(superuser: asyncpg.Connection) -> None:
    """A key across courts would answer whether another court has a row (failures §2.5)."""
    for table in await _tables_of_courts(superuser):
        keys = await superuser.fetch(
            """
            select i.relname, array(select attname from pg_attribute a
                                     where a.attrelid = x.indrelid and a.attnum = any (x.indkey)) as columns
              from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = $1 and x.indisunique
            """,
            table["oid"],
        )
        for key in keys:
            generated = {"pk_event"}  # (xid, id): both are given out by the database, never by a caller
            assert "court_id" in key["columns"] or key["relname"] in GLOBAL_KEYS | generated, key["relname"]


async def _count(connection: asyncpg.Connection, table: str, scope: str | None) -> int:
    async with connection.transaction():
        if scope is not None:
            await connection.execute("select set_config('ankuan.courts', $1, true)", scope)
        return int(await connection.fetchval(f"select count(*) from {table}"))


@pytest.mark.parametrize("table", ["court_case", "party", "staff", "staff_role", "department", "event"])
async def test_a_court_sees_its_own_rows_and_without_a_scope_nobody_sees_any(
    application: asyncpg.Connection, province: Province, table: str
) -> None:
    own, other, both = {province.court(A)}, {province.court(B)}, {province.court(A), province.court(B)}
    counted = [await _count(application, table, _literal(courts)) for courts in (own, other, both)]
    assert counted[0] > 0
    assert counted[1] > 0
    assert counted[2] == counted[0] + counted[1]
    for nothing in (None, "", "{}", "{999}"):
        assert await _count(application, table, nothing) == 0
    async with application.transaction():
        await application.execute("select set_config('ankuan.courts', $1, true)", _literal(own))
        seen = await application.fetch(f"select distinct court_id from {table}")
    assert {row["court_id"] for row in seen} == own


async def test_a_scope_ends_with_its_transaction(application: asyncpg.Connection, province: Province) -> None:
    assert await _count(application, "court_case", "*") == 2
    assert await _count(application, "court_case", None) == 0


async def test_rows_of_another_court_cannot_be_written(application: asyncpg.Connection, province: Province) -> None:
    async def run(statement: str) -> str:
        async with application.transaction():
            await application.execute("select set_config('ankuan.courts', $1, true)", _literal({province.court(A)}))
            return str(await application.execute(statement, province.court(B)))

    assert await run("update court_case set cause = 'x' where court_id = $1") == "UPDATE 0"
    assert await run("delete from staff_role where court_id = $1") == "DELETE 0"
    for refused in (
        "insert into department values ($1, gen_random_uuid(), 'x')",
        "update court_case set court_id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await run(refused)


async def test_a_number_that_another_court_has_tells_nothing(
    application: asyncpg.Connection, province: Province
) -> None:
    """The same key goes in beside the other court's: no error that depends on rows out of sight."""
    async with application.transaction():
        await application.execute("select set_config('ankuan.courts', $1, true)", _literal({province.court(A)}))
        done = await application.execute(
            "insert into court_case (court_id, id, number, number_typed, number_key, type_code, year, registered_on,"
            " registered_at) values ($1, gen_random_uuid(), 'x', 'x', '2026鲁01执77', '执', 2026, now(), now())",
            province.court(A),
        )
    assert done == "INSERT 0 1"


async def test_no_reference_leads_into_another_court(application: asyncpg.Connection, province: Province) -> None:
    async with application.transaction():
        await application.execute("select set_config('ankuan.courts', '*', true)")
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await application.execute(
                "update court_case set handler_id = $1 where court_id = $2", province.staff_id(B), province.court(A)
            )


async def test_a_person_without_courts_sees_nothing(database: Database, province: Province) -> None:
    async with database.read(Actor(kind="staff", id=None, name="nobody")) as session:
        connection = await session.connection()
        assert (await connection.exec_driver_sql("select count(*) from court_case")).scalar_one() == 0


def _literal(courts: set[int]) -> str:
    return "{" + ",".join(map(str, sorted(courts))) + "}"
