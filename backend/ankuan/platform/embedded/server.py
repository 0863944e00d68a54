"""What both embedded servers share: one folder, one lock, one private socket folder, start, watch, stop."""

import os
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from signal import Signals
from types import TracebackType
from typing import ClassVar, Self

from ankuan.platform.embedded import leftover
from ankuan.platform.embedded.account import Account, account_for
from ankuan.platform.embedded.errors import EmbeddedServerError
from ankuan.platform.embedded.lock import LaunchLock
from ankuan.platform.embedded.sockets import socket_folder

START_SECONDS = 300.0
"""Recovery after a crash may replay much; a server that is alive but not ready within this time is given up."""
LARGEST_LOG = 10_000_000
"""Bytes; a longer log is put aside at the next start (one old log is kept)."""


class EmbeddedServer(ABC):
    """A server process under our control. Not safe for use from several threads at once."""

    name: ClassVar[str]
    pid_file_name: ClassVar[str]
    stop_signals: ClassVar[tuple[Signals, ...]]

    def __init__(self, data_dir: Path, *, durable: bool = True, binaries: Path | None = None) -> None:
        """``durable=False`` gives up crash safety for speed: for tests only. ``binaries`` names other programs."""
        self.data_dir = data_dir.resolve()
        self.durable = durable
        self.given_binaries = binaries
        self.home = self.data_dir / self.name
        self.log_file = self.data_dir / "log" / f"{self.name}.log"
        self._lock = LaunchLock(self.data_dir / f"{self.name}.lock")
        self._process: subprocess.Popen[bytes] | None = None
        self._account: Account | None = None
        self._sockets: Path | None = None

    @abstractmethod
    def _prepare(self) -> None:
        """Make ``home`` ready for a start."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Command line of the server; its working folder is ``home``."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether the server answers."""

    def start(self) -> None:
        """Start the server and wait until it answers; a server that a dead launcher left is stopped first.

        Raises DataFolderInUse when another launcher runs, EmbeddedServerError when the server can't be started.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.log_file.parent.mkdir(exist_ok=True)
            self._lock.acquire()
        except PermissionError as error:
            raise EmbeddedServerError(f"may not write to {self.data_dir}: choose another --data folder") from error
        try:
            self._account = account_for(self.home)
            self._stop_leftover()
            self._sockets = socket_folder(self.data_dir, self._account)
            self._prepare()
            self._rotate_log()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server, cleanly if it can, and free the data folder. Stopping twice is harmless."""
        process, self._process = self._process, None
        if process is not None:
            for number in self.stop_signals:
                if process.poll() is not None:
                    break
                process.send_signal(number)
                try:
                    process.wait(leftover.STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        if self._sockets is not None:
            with suppress(OSError):  # the other server still has its socket there
                self._sockets.rmdir()
        self._lock.release()

    @property
    def is_running(self) -> bool:
        """Whether the server process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        return self._process.pid if self._process is not None and self.is_running else None

    @property
    def account(self) -> Account:
        """The account that the server runs as, known once it was started."""
        if self._account is None:
            raise EmbeddedServerError(f"{self.name} was not started")
        return self._account

    @property
    def sockets(self) -> Path:
        """The private folder of the socket, known once the server was started."""
        if self._sockets is None:
            raise EmbeddedServerError(f"{self.name} was not started")
        return self._sockets

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _stop_leftover(self) -> None:
        if self.home.exists():
            running = leftover.running_in(self.home, self.home / self.pid_file_name)
            if running is not None:
                leftover.stop(running, *self.stop_signals)

    def _rotate_log(self) -> None:
        if self.log_file.exists() and self.log_file.stat().st_size > LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".old.log"))

    def _spawn(self, command: list[str], *, cwd: Path) -> subprocess.Popen[bytes]:
        """A child of its own session: the terminal's Ctrl-C reaches us, and we decide who stops first."""
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=cwd,
                env={"PATH": os.environ.get("PATH", os.defpath)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
                **self.account.process_arguments(),
            )

    def _launch(self) -> None:
        begin = self.log_file.stat().st_size if self.log_file.exists() else 0
        self._process = self._spawn(self._command(), cwd=self.home)
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None:
                raise EmbeddedServerError(f"{self.name} did not start: {self._log_since(begin)}")
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"{self.name} is not ready after {START_SECONDS:.0f} s; see {self.log_file}")
            time.sleep(0.005)

    def _log_since(self, begin: int) -> str:
        with self.log_file.open("rb") as log:
            log.seek(begin)
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
        return " / ".join(lines[-5:]) or f"see {self.log_file}"
