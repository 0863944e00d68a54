"""The state file tells the truth, also about the dead."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ankuan.cli import state


def recorded(supervisor: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "state": "running",
        "version": "1",
        "data": "/somewhere",
        "host": "127.0.0.1",
        "port": 1,
        "supervisor": supervisor,
        "processes": {},
        **more,
    }


def test_file_is_for_its_owner_only_and_replaced_whole(tmp_path: Path) -> None:
    state.write(tmp_path, recorded(state.describe(os.getpid())))
    file = state.status_file(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in file.parent.iterdir()] == ["status.json"]
    assert json.loads(file.read_text())["format"] == state.FORMAT


def test_nothing_was_ever_started(tmp_path: Path) -> None:
    assert state.verified(tmp_path)["state"] == "stopped"


def test_broken_file_reads_as_stopped(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    state.status_file(tmp_path).write_text('{"format": 1, "sta')
    assert state.verified(tmp_path)["state"] == "stopped"


def test_dead_supervisor_means_stopped_and_tells_no_secrets(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    supervisor = state.describe(dead.pid)
    dead.wait()
    state.write(tmp_path, recorded(supervisor, demonstration={"signIns": [{"token": "secret"}]}))
    found = state.verified(tmp_path)
    assert found["state"] == "stopped"
    assert "secret" not in json.dumps(found)


def test_reused_pid_is_somebody_else(tmp_path: Path) -> None:
    me = state.describe(os.getpid())
    assert state.find(me) is not None
    assert state.find(me | {"start": "1"}) is None


def test_silent_api_means_degraded(tmp_path: Path) -> None:
    me = state.describe(os.getpid())
    state.write(tmp_path, recorded(me, processes={"api": me}))
    found = state.verified(tmp_path)
    assert found["state"] == "degraded"
    assert found["answers"] is False


def test_leftovers_end_but_strangers_do_not(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as left:
        me = state.describe(os.getpid())
        stranger = me | {"start": "1"}
        state.write(tmp_path, recorded(me, processes={"api": state.describe(left.pid), "worker": stranger}))
        assert state.stop_leftovers(tmp_path) == ["api"]
        assert left.poll() is not None
