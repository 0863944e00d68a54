"""kill -9 of every part, two launchers, interrupted creation, stale pid files."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ankuan.platform.embedded import DataFolderInUse, EmbeddedPostgres
from ankuan.platform.embedded.lock import LaunchLock
from tests.integration.embedded.connect import launcher, query, wait_until


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path) as server:
        query(server, "create table kept (a int primary key)")
        yield server


def test_server_killed_under_load_recovers_with_all_commits(postgres: EmbeddedPostgres) -> None:
    assert postgres.pid is not None
    for number in range(20):
        query(postgres, f"insert into kept values ({number})")
    os.kill(postgres.pid, signal.SIGKILL)
    wait_until(lambda: not postgres.is_running)
    postgres.start()  # at once: the dead server's own processes may still be there
    assert query(postgres, "select count(*) from kept") == [(20,)]


def test_launcher_killed_leaves_a_server_that_the_next_one_replaces(tmp_path: Path) -> None:
    dead = launcher(tmp_path)
    assert dead.stdout is not None
    orphan = psutil.Process(int(dead.stdout.readline()))
    dead.kill()
    dead.wait()
    dead.stdout.close()
    assert orphan.is_running()
    with EmbeddedPostgres(tmp_path) as server:
        assert server.pid != orphan.pid
        assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
        query(server, "create table kept (a int)")


def test_second_launcher_is_told_who_holds_the_folder(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(DataFolderInUse, match=str(os.getpid())):
        EmbeddedPostgres(postgres.data_dir).start()
    assert query(postgres, "select 1") == [(1,)]  # and has harmed nothing


def test_second_launcher_in_another_process_is_refused_and_the_first_unharmed(postgres: EmbeddedPostgres) -> None:
    other = launcher(postgres.data_dir)
    told, _ = other.communicate(timeout=30)
    assert other.returncode != 0
    assert told == ""
    assert query(postgres, "select 1") == [(1,)]


def test_creation_interrupted_at_any_moment_starts_over(tmp_path: Path) -> None:
    dead = launcher(tmp_path)
    wait_until(lambda: any(tmp_path.glob("postgres.draft-*/PG_VERSION")))
    dead.kill()
    dead.wait()
    assert dead.stdout is not None
    dead.stdout.close()
    assert not (tmp_path / "postgres").exists()
    with EmbeddedPostgres(tmp_path) as server:
        assert query(server, "select 1") == [(1,)]
    assert not list(tmp_path.glob("postgres.draft-*"))


def test_stale_pid_file_that_names_a_stranger_harms_neither(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        pass
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        pid_file = tmp_path / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{tmp_path / 'postgres'}\n1\n5432\n/tmp\n\n  0 0\nready   \n")
        server.start()
        assert server.pid != stranger.pid
        assert query(server, "select 1") == [(1,)]
        server.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_lock_of_a_dead_holder_is_free(tmp_path: Path) -> None:
    code = "import sys, pathlib; from ankuan.platform.embedded.lock import LaunchLock as L\n"
    code += "L(pathlib.Path(sys.argv[1])).acquire(); import os; os.kill(os.getpid(), 9)"
    dead = subprocess.run([sys.executable, "-c", code, str(tmp_path / "lock")], check=False)
    assert dead.returncode == -signal.SIGKILL
    lock = LaunchLock(tmp_path / "lock")
    lock.acquire()
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    lock.release()


def test_repeated_kills_do_not_wear_it_out(postgres: EmbeddedPostgres) -> None:
    for number in range(5):
        query(postgres, f"insert into kept values ({number})")
        assert postgres.pid is not None
        os.kill(postgres.pid, signal.SIGKILL)
        wait_until(lambda: not postgres.is_running)
        postgres.start()
    assert query(postgres, "select count(*) from kept") == [(5,)]
