"""What a fresh embedded PostgreSQL is, for whom, and where it runs."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ankuan.platform.embedded import EmbeddedPostgres, EmbeddedServerError
from ankuan.platform.embedded.account import account_for
from tests.integration.embedded.connect import query


@pytest.fixture(params=["closed to others", "open to others"])
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="ankuan-place-"))
    made.chmod(0o700 if request.param == "closed to others" else 0o755)
    yield made / "data"
    shutil.rmtree(made)


@pytest.fixture
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(folder) as server:
        yield server


def test_application_role_owns_nothing_and_obeys_row_security(postgres: EmbeddedPostgres) -> None:
    rights = query(
        postgres, "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = 'ankuan_app'"
    )
    assert rights == [(False, False, False, False)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(postgres, "create table mine (a int)", role="ankuan_app")


def test_owner_role_owns_the_database_but_is_no_superuser(postgres: EmbeddedPostgres) -> None:
    found = query(
        postgres,
        "select r.rolname, r.rolsuper, r.rolbypassrls from pg_database d join pg_roles r on r.oid = d.datdba"
        " where datname = 'ankuan'",
    )
    assert found == [("ankuan_owner", False, False)]
    query(postgres, "create extension btree_gist; create table t (a int)")


def test_search_by_parts_of_chinese_words_works(postgres: EmbeddedPostgres) -> None:
    query(postgres, "create extension pg_trgm")
    [(trigrams,)] = query(postgres, "select cardinality(show_trgm('案件受理费'))")
    assert isinstance(trigrams, int)
    assert trigrams >= 5


def test_crash_safety_is_on(postgres: EmbeddedPostgres) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert query(postgres, f"show {setting}") == [("on",)]


def test_nobody_else_can_reach_it(postgres: EmbeddedPostgres) -> None:
    assert query(postgres, "show listen_addresses") == [("",)]
    state = postgres.sockets.stat()
    assert stat.S_IMODE(state.st_mode) == 0o700
    assert state.st_uid == postgres.account.uid
    assert stat.S_IMODE(postgres.home.stat().st_mode) == 0o700


def test_times_are_utc(postgres: EmbeddedPostgres) -> None:
    assert query(postgres, "show timezone") == [("UTC",)]


def test_does_not_run_as_root(postgres: EmbeddedPostgres) -> None:
    assert postgres.pid is not None
    assert Path(f"/proc/{postgres.pid}").stat().st_uid != 0


def test_second_start_keeps_the_data(folder: Path) -> None:
    with EmbeddedPostgres(folder) as first:
        assert first.was_created
        query(first, "create table kept as select 42 as a")
    assert not list(Path("/tmp").glob(f"{first.sockets.name}*"))
    with EmbeddedPostgres(folder) as second:
        assert not second.was_created
        assert query(second, "select a from kept") == [(42,)]


def test_careless_mode_is_only_for_who_asks(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        assert query(server, "show fsync") == [("off",)]


def test_a_stop_is_quick_although_clients_are_connected(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path)
    server.start()
    pid = server.pid
    client = psycopg.connect(host=str(server.sockets), user="ankuan_app", dbname="ankuan")
    client.execute("select 1")
    server.stop()
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(psycopg.errors.AdminShutdown):
        client.execute("select 1")
    client.close()


def test_data_of_another_version_are_refused(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path):
        pass
    (tmp_path / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedServerError, match="was made by PostgreSQL 12"):
        EmbeddedPostgres(tmp_path).start()


def test_a_failed_start_leaves_nothing_running_or_locked(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path):
        pass
    settings = tmp_path / "postgres" / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "no_such_setting = 1\n")
    with pytest.raises(EmbeddedServerError, match="no_such_setting"):
        EmbeddedPostgres(tmp_path).start()
    settings.write_text(good)
    with EmbeddedPostgres(tmp_path) as server:
        assert server.is_running


def test_account_of_new_data_is_never_root(tmp_path: Path) -> None:
    assert account_for(tmp_path / "new").uid != 0
    assert account_for(tmp_path / "new").is_other == (os.geteuid() == 0)
