"""An embedded PostgreSQL: created once, whole or not at all, and started in a fraction of a second."""

import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path
from signal import Signals
from typing import ClassVar
from urllib.parse import quote

from ankuan.platform.embedded import leftover, programs
from ankuan.platform.embedded.errors import EmbeddedServerError
from ankuan.platform.embedded.server import EmbeddedServer

DATABASE = "ankuan"
SUPERUSER = "postgres"
OWNER_ROLE = "ankuan_owner"
APP_ROLE = "ankuan_app"

_BOOTSTRAP = f"""
CREATE ROLE {OWNER_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}
"""
# One statement a line: PostgreSQL's single-user mode ends a statement at the end of its line.

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "jit": "off",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_checkpoints": "off",
}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# Another server's backends may need a moment to notice that their parent was killed.
_STILL_DYING = "pre-existing shared memory block"
_DYING_SECONDS = 15.0


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL in ``data_dir/postgres``, reachable through a private socket only.

    Database ``ankuan`` belongs to the login role ``ankuan_owner`` (migrations); the application logs in as
    ``ankuan_app``, which owns nothing and can't bypass row-level security.
    """

    name: ClassVar[str] = "postgres"
    pid_file_name: ClassVar[str] = "postmaster.pid"
    stop_signals: ClassVar[tuple[Signals, ...]] = (Signals.SIGINT, Signals.SIGQUIT, Signals.SIGKILL)

    def __init__(self, data_dir: Path, *, durable: bool = True, binaries: Path | None = None) -> None:
        """``binaries`` names another PostgreSQL's program folder (tests run on 15 and 18)."""
        super().__init__(data_dir, durable=durable, binaries=binaries)
        self._binaries = binaries or Path()
        self.was_created = False
        """Whether this start made a new, empty cluster."""

    def dsn(self, role: str = APP_ROLE, database: str = DATABASE) -> str:
        """SQLAlchemy URL (asyncpg) for a role; roles: ``ankuan_app``, ``ankuan_owner``, ``postgres`` (superuser)."""
        return f"postgresql+asyncpg://{role}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def _prepare(self) -> None:
        self._binaries = self.given_binaries or programs.postgres_programs(self.account)
        for draft in self.data_dir.glob("postgres.draft-*"):  # what an interrupted initdb left
            leftover.kill_all_in(draft)
            shutil.rmtree(draft)
        self.was_created = not self.home.exists()
        if self.was_created:
            self._create()
        self._check_version()
        # A stale pid file whose number is now somebody else's would stop the start. Whether a server of ours still
        # runs here has been decided by then, and our lock keeps others out.
        (self.home / self.pid_file_name).unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.sockets / name).unlink(missing_ok=True)

    def _create(self) -> None:
        """Make the cluster beside its place and rename it when it is whole: the name says that it is finished."""
        draft = self.data_dir / f"postgres.draft-{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        self.account.own(draft)
        locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        # With LC_CTYPE=C the trigrams of Chinese text are empty, and searches silently find nothing.
        options = [f"--locale={locale}", "--encoding=UTF8", f"--username={SUPERUSER}", "--auth=trust"]
        if not self.durable:
            options.append("--no-sync")
        where = self._data_option(draft)
        self._run_once([self._program("initdb"), "-D", where, *options], draft)
        single = [self._program("postgres"), "--single", "-D", where, "-c", "exit_on_error=true", *self._options()]
        self._run_once([*single, SUPERUSER], draft, text=_BOOTSTRAP)
        draft.rename(self.home)

    def _run_once(self, command: list[str], cwd: Path, text: str = "") -> None:
        done = subprocess.run(
            command,
            check=False,
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin"},
            input=text,
            capture_output=True,
            text=True,
            start_new_session=True,
            umask=0o077,
            **self.account.process_arguments(),
        )
        if done.returncode != 0:
            last = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
            raise EmbeddedServerError(f"{Path(command[0]).name} failed: {last}")

    def _check_version(self) -> None:
        found = (self.home / "PG_VERSION").read_text(encoding="utf-8").strip()
        told = subprocess.run(
            [self._program("postgres"), "--version"],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            **self.account.process_arguments(),
        ).stdout
        ours = told.split()[2].split(".")[0]  # "postgres (PostgreSQL) 18.6 (Debian …)"
        if found != ours:
            raise EmbeddedServerError(
                f"{self.home} was made by PostgreSQL {found}, this is {ours}: export with the old version first,"
                " or choose another --data folder"
            )

    def _program(self, name: str) -> str:
        return str(self._binaries / name)

    def _data_option(self, home: Path) -> str:
        """The data folder as the server sees it.

        Its account may be unable to walk to the folder (root's home is closed to ``nobody``), but it may stand in it:
        the working folder is entered before the account changes, and ``/proc/self/cwd`` leads straight there.
        """
        if self.account.can_enter(home):
            return str(home)
        if not Path("/proc/self/cwd").exists():
            raise EmbeddedServerError(f"user id {self.account.uid} can't reach {home}: choose another --data folder")
        return "/proc/self/cwd"

    def _options(self) -> list[str]:
        settings = _SETTINGS | ({} if self.durable else _CARELESS) | {"unix_socket_directories": str(self.sockets)}
        return [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]

    def _command(self) -> list[str]:
        return [self._program("postgres"), "-D", self._data_option(self.home), *self._options()]

    def _launch(self) -> None:
        deadline = time.monotonic() + _DYING_SECONDS
        while True:
            try:
                super()._launch()
            except EmbeddedServerError as error:
                if _STILL_DYING not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _is_ready(self) -> bool:
        try:
            lines = (self.home / self.pid_file_name).read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return False
        # Line 8 is the state, line 1 the pid: an older file must not speak for the new server.
        is_ours = self._process is not None and lines[:1] == [str(self._process.pid)]
        return is_ours and len(lines) > 7 and lines[7].strip() == "ready"
