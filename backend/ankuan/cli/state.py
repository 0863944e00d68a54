"""``DIR/run/status.json``: what runs, under which addresses. Written by the supervisor, read and verified by others.

It holds demonstration tokens, so only its owner may read it.
"""

import http.client
import json
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

import psutil

from ankuan.platform.embedded import leftover

FORMAT = 1
_NOBODY: dict[str, Any] = {"pid": None, "start": None}


def status_file(data_dir: Path) -> Path:
    """Where the state of an installation stands."""
    return data_dir / "run" / "status.json"


def describe(pid: int | None) -> dict[str, Any]:
    """A process as it is recorded: a pid means something only together with the mark of its start."""
    try:
        return {"pid": pid, "start": _start_mark(psutil.Process(pid))} if pid is not None else _NOBODY
    except psutil.NoSuchProcess:
        return _NOBODY


def find(recorded: dict[str, Any]) -> psutil.Process | None:
    """The recorded process if it still lives: same pid, same start."""
    pid, start = recorded.get("pid"), recorded.get("start")
    if not isinstance(pid, int) or start is None:
        return None
    try:
        process = psutil.Process(pid)
        is_same = _start_mark(process) == start
        return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _start_mark(process: psutil.Process) -> str:
    """When a process started, by a clock that nobody sets: clock ticks since boot, where the system tells them."""
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return f"{process.create_time():.0f}"
    return stat.rpartition(")")[2].split()[19]


def write(data_dir: Path, state: dict[str, Any]) -> None:
    """Replace the state at once: a reader sees the old or the new one, never half."""
    target = status_file(data_dir)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".status-")  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **state}, file, ensure_ascii=False, indent=2)
    Path(draft).replace(target)


def read(data_dir: Path) -> dict[str, Any] | None:
    """The recorded state; None when nothing was ever started here or the file can't be understood."""
    try:
        state = json.loads(status_file(data_dir).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return state if isinstance(state, dict) and state.get("format") == FORMAT else None


def verified(data_dir: Path) -> dict[str, Any]:
    """The recorded state, corrected by looking: starting, running, degraded, stopping or stopped."""
    state = read(data_dir)
    if state is None:
        return {"format": FORMAT, "state": "stopped", "data": str(data_dir)}
    if find(state["supervisor"]) is None:
        return {"format": FORMAT, "state": "stopped", "data": state["data"], "version": state["version"]}
    for process in state["processes"].values():
        process["alive"] = find(process) is not None
    if state["state"] != "running":
        return state
    state["answers"] = answers(state["host"], state["port"])
    if not state["answers"] or not all(process["alive"] for process in state["processes"].values()):
        state["state"] = "degraded"
    return state


def answers(host: str, port: int, seconds: float = 2.0) -> bool:
    """Whether the API says that it is ready."""
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def stop_supervisor(data_dir: Path) -> bool:
    """Ask the supervisor to end and wait for it. False when none runs."""
    state = read(data_dir)
    process = find(state["supervisor"]) if state is not None else None
    if process is None:
        return False
    leftover.stop(process, signal.SIGTERM, signal.SIGTERM)
    return True


def stop_leftovers(data_dir: Path) -> list[str]:
    """End children of a supervisor that was killed. Call only while holding the supervisor's lock. Returns names."""
    state = read(data_dir)
    if state is None:
        return []
    ended = []
    for name, recorded in state.get("processes", {}).items():
        process = find(recorded)
        # The servers' own launchers know better how to stop what was left of them.
        if process is not None and name not in {"postgres", "valkey"}:
            leftover.stop(process, signal.SIGTERM, signal.SIGKILL)
            ended.append(name)
    return ended
