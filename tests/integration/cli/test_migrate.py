"""Migrations run as the owner, once, also when two start at the same time."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import sql

from ankuan.cli.migrations import applied_revision, newest_revision, scripts_folder, upgrade
from ankuan.platform.embedded.postgres import OWNER_ROLE
from tests.fixtures.servers import Servers


async def test_template_has_the_newest_revision(owner_database_url: str) -> None:
    assert await applied_revision(owner_database_url) == newest_revision(scripts_folder())


async def test_empty_database_has_none(servers: Servers) -> None:
    servers.create_database("empty", "template1")
    try:
        assert await applied_revision(servers.postgres.dsn(OWNER_ROLE, "empty")) is None
    finally:
        servers.drop_database("empty")


def test_two_at_once_apply_everything_once(servers: Servers) -> None:
    servers.create_database("twice", "template1")
    url = servers.postgres.dsn(OWNER_ROLE, "twice")
    try:
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(_upgrade_in_a_process, url) for _ in range(2)]:
                assert done.result() == 0
        with psycopg.connect(host=str(servers.postgres.sockets), user=OWNER_ROLE, dbname="twice") as connection:
            assert connection.execute("select count(*) from alembic_version").fetchone() == (1,)
    finally:
        servers.drop_database("twice")


def _upgrade_in_a_process(url: str) -> int:
    import os
    import subprocess
    import sys

    environment = {**os.environ, "ANKUAN_DATABASE_OWNER_URL": url}
    return subprocess.run([sys.executable, "-m", "ankuan.cli.main", "migrate"], env=environment, check=False).returncode


@pytest.mark.parametrize("role", ["ankuan_app", "ankuan_owner"])
def test_neither_role_can_step_over_row_security(servers: Servers, database_name: str, role: str) -> None:
    with psycopg.connect(host=str(servers.postgres.sockets), user=role, dbname=database_name) as connection:
        found = connection.execute(
            sql.SQL("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        ).fetchone()
    assert found == (False,)


def test_owner_of_every_table_is_the_owner_role(servers: Servers, database_name: str) -> None:
    with psycopg.connect(host=str(servers.postgres.sockets), user=OWNER_ROLE, dbname=database_name) as connection:
        found = connection.execute("select distinct tableowner from pg_tables where schemaname = 'public'").fetchall()
    assert found == [(OWNER_ROLE,)]


def test_migrations_can_be_repeated(servers: Servers) -> None:
    servers.create_database("again", "template1")
    url = servers.postgres.dsn(OWNER_ROLE, "again")
    try:
        with ThreadPoolExecutor(1) as outside_of_any_loop:
            outside_of_any_loop.submit(upgrade, url).result()
            outside_of_any_loop.submit(upgrade, url).result()
    finally:
        servers.drop_database("again")
