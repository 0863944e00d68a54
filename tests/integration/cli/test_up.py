"""``ankuan up`` as a whole: told addresses are true, every part may die, nothing is lost, nothing is left behind."""

import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.fixtures.supervised import COMMAND, Supervised, is_gone

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture(scope="module")
def installation(folder: Path) -> Iterator[Supervised]:
    found = Supervised(folder)
    found.start()
    yield found
    found.stop()


def wait_until_gone(processes: dict[str, psutil.Process], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while left := [name for name, process in processes.items() if not is_gone(process)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.02)


def sql(status: dict[str, Any], statement: str) -> list[tuple[Any, ...]]:
    pid = status["processes"]["postgres"]["pid"]
    options = " ".join(psutil.Process(pid).cmdline())
    sockets = options.split("unix_socket_directories=")[1].split()[0]
    with psycopg.connect(host=sockets, user="ankuan_owner", dbname="ankuan") as connection:
        cursor = connection.execute(statement.encode())
        return list(cursor.fetchall()) if cursor.description else []


def test_status_is_true(installation: Supervised) -> None:
    status = installation.status()
    assert {"api", "worker", "postgres", "valkey", "bank_citic"} <= set(status["processes"])
    assert all(process["alive"] for process in status["processes"].values())
    connection = http.client.HTTPConnection(status["host"], status["port"], timeout=10)
    connection.request("GET", "/readyz")
    assert connection.getresponse().status == 200
    connection.close()


def test_demonstration_sign_ins_are_told_to_the_owner_only(installation: Supervised) -> None:
    sign_ins = installation.status()["demonstration"]["signIns"]
    assert sign_ins
    assert all(one["login"] and one["password"] and one["token"] for one in sign_ins)
    assert all(one["login"] in installation.output.read_text() for one in sign_ins)
    for name in ("run/status.json", "demonstration.json"):
        assert (installation.data / name).stat().st_mode & 0o077 == 0
    assert installation.data.stat().st_mode & 0o077 == 0


def test_banks_and_the_signer_share_a_folder_of_keys(installation: Supervised) -> None:
    processes, keys = installation.status()["processes"], installation.data / "keys"
    assert keys.stat().st_mode & 0o077 == 0
    for name in ("api", "worker"):
        assert psutil.Process(processes[name]["pid"]).environ()["ANKUAN_KEY_FOLDER"] == str(keys)
    bank = psutil.Process(processes["bank_citic"]["pid"]).cmdline()
    assert bank[bank.index("--keys") + 1] == str(keys)


def test_terminal_does_not_show_tokens(installation: Supervised) -> None:
    told = installation.output.read_text()
    assert not [one for one in installation.status()["demonstration"]["signIns"] if one["token"] in told]


@pytest.mark.parametrize("part", ["postgres", "valkey", "worker", "api", "bank_citic"])
def test_killed_part_comes_back(installation: Supervised, part: str) -> None:
    # What was killed a moment ago may have taken others along that are not known to be gone yet.
    before = installation.wait_for(
        lambda status: status["state"] == "running"
        and all(psutil.pid_exists(process["pid"]) for process in status["processes"].values())
    )["processes"]
    os.kill(before[part]["pid"], signal.SIGKILL)
    after = installation.wait_for(
        lambda status: status["state"] == "running" and status["processes"][part]["pid"] != before[part]["pid"]
    )["processes"]
    others = {"postgres", "valkey", "bank_citic"} - {part}
    assert {name: after[name]["pid"] for name in others} == {name: before[name]["pid"] for name in others}


def test_second_start_is_refused_and_harms_nothing(installation: Supervised) -> None:
    status = installation.status()
    for data, told in (
        (installation.data, "already running at http"),
        (installation.data.with_name("other"), "in use or not"),
    ):
        command = [*COMMAND, "up", "--data", str(data), "--port", str(status["port"])]
        second = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        assert second.returncode == 1
        assert told in second.stderr
        assert second.stderr.count("\n") == 1
    assert installation.status()["state"] == "running"


def test_stop_leaves_nothing_and_a_new_start_keeps_the_data(folder: Path) -> None:
    installation = Supervised(folder.with_name("kept"))
    sql(installation.start(), "create table kept as select 42 as a")
    processes = installation.processes()
    begin = time.monotonic()
    assert installation.stop(signal.SIGINT) == 0
    assert time.monotonic() - begin < 15
    wait_until_gone(processes, 0.5)
    assert installation.status() == installation.status() | {"state": "stopped"}
    assert not (installation.data / "run" / "status.json").exists()

    sql(installation.start(), "insert into kept values (43)")
    processes = installation.processes()
    for process in processes.values():  # everything at once: the machine lost its power, say
        process.kill()
    wait_until_gone(processes, 10)
    assert installation.status()["state"] == "stopped"

    status = installation.start()
    assert sql(status, "select a from kept order by a") == [(42,), (43,)]
    processes = installation.processes()
    processes.pop("supervisor").kill()
    servers = {name: processes.pop(name) for name in ("postgres", "valkey")}
    wait_until_gone(processes, 15)  # the children feel it by themselves
    status = installation.start()
    wait_until_gone(servers, 1)  # the servers were replaced
    assert sql(status, "select count(*) from kept") == [(2,)]
    installation.stop()


@pytest.mark.parametrize("seconds", [0.1, 0.6, 1.2, 2.5])
def test_asked_to_stop_while_starting(tmp_path: Path, seconds: float) -> None:
    installation = Supervised(tmp_path / "data", ("--no-demo",))
    process = installation.launch()
    time.sleep(seconds)
    children = psutil.Process(process.pid).children(recursive=True)
    code = installation.stop()
    assert code in {0, -signal.SIGTERM}  # the latter: before it could listen to signals
    wait_until_gone({str(child.pid): child for child in children}, 5)


def test_broken_preparation_is_told_with_its_log(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "ANKUAN_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
        "ANKUAN_DATA_DIR": str(tmp_path / "data"),
    }
    failed = subprocess.run(
        [*COMMAND, "up", "--port", "0"], env=environment, check=False, capture_output=True, text=True, timeout=120
    )
    assert failed.returncode == 1
    assert "the database could not be prepared" in failed.stderr
    assert "prepare.log" in failed.stderr
    assert json.loads(
        subprocess.run(
            [*COMMAND, "status", "--json"], env=environment, check=False, capture_output=True, text=True
        ).stdout
    ) == {"format": 1, "state": "stopped", "data": str(tmp_path / "data")}
