"""Functions with the owner's rights, tried by somebody who has the application's login and a temporary schema."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from ankuan.banking.keep_messages import keep_messages
from ankuan.platform.crypto import FieldCipher
from ankuan.plugin_api.wire import RawExchange
from tests.integration.banking.conftest import SYSTEM, Bench


async def test_no_temporary_table_or_function_comes_before_the_real_ones(superuser_database_url: str) -> None:
    """Left out of a search path, the caller's temporary schema is searched first: its tables would be the owner's."""
    connection = await asyncpg.connect(superuser_database_url.replace("+asyncpg", ""))
    try:
        rows = await connection.fetch(
            "select p.proname, p.proconfig from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname = 'public' and (p.prosecdef or p.proname like 'raw_message%')"
        )
    finally:
        await connection.close()
    assert rows
    for row in rows:
        path = next((one for one in row["proconfig"] or [] if one.startswith("search_path=")), "")
        assert path.endswith("pg_temp"), row["proname"]


async def test_the_application_does_not_become_the_owner_by_a_trigger_of_its_own(database_url: str) -> None:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        await connection.execute("set role ankuan_app; set ankuan.courts = '*'")
        await connection.execute(
            """
            create temporary table raw_message (like public.raw_message);
            create temporary table raw_message_purge (like public.raw_message_purge, primary key (court_id, purged_on));
            create temporary table seen (who text);
            grant all on seen, raw_message, raw_message_purge to public;
            create function pg_temp.mine() returns trigger language plpgsql as
              $$ begin insert into pg_temp.seen values (current_user); return new; end $$;
            grant execute on function pg_temp.mine to public;
            create trigger mine before insert on raw_message_purge for each row execute function pg_temp.mine();
            insert into raw_message
                   (court_id, id, fund_account_id, operation, request, note, started_at, ended_at, about)
            values (1, gen_random_uuid(), gen_random_uuid(), 'x', '', '', now() - interval '3 years', now(), 'lasting');
            """
        )
        try:
            await connection.fetchval("select public.purge_raw_messages(1, 365, 10)")
        except asyncpg.PostgresError as error:
            pytest.fail(f"the caller's own tables were used: {error}")
        assert await connection.fetch("select who from seen") == []
    finally:
        await connection.close()


async def test_a_court_does_not_end_anothers_messages(bench: Bench, database_url: str) -> None:
    at = datetime.now(UTC) - timedelta(days=5_000)
    async with bench.database.write(SYSTEM) as session:
        await keep_messages(
            session,
            court_id=bench.court_id,
            fund_account_id=bench.fund_account_id,
            instruction_id=None,
            exchanges=[RawExchange("OP", b"asked", b"answered", at, at)],
            cipher=FieldCipher(bytes(range(32))),
        )
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    purge = "select purge_raw_messages($1, 365, 10)"
    try:
        await connection.execute("set role ankuan_app")
        for scope in ("{}", f"{{{bench.court_id + 1}}}"):
            await connection.execute("select set_config('ankuan.courts', $1, false)", scope)
            assert await connection.fetchval(purge, bench.court_id) == 0, scope
        await connection.execute("select set_config('ankuan.courts', $1, false)", f"{{{bench.court_id}}}")
        assert await connection.fetchval(purge, bench.court_id) == 1
    finally:
        await connection.close()
