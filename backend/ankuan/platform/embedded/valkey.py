"""An embedded Valkey (Redis protocol). Nothing in it is the only copy of anything."""

import socket
import time
from pathlib import Path
from signal import Signals
from typing import ClassVar
from urllib.parse import quote

from ankuan.platform.embedded import programs
from ankuan.platform.embedded.errors import EmbeddedServerError
from ankuan.platform.embedded.server import EmbeddedServer

SOCKET_NAME = "valkey.sock"


class EmbeddedValkey(EmbeddedServer):
    """Valkey in ``data_dir/valkey``, reachable through a private socket only; append-only file, never evicts."""

    name: ClassVar[str] = "valkey"
    pid_file_name: ClassVar[str] = "valkey.pid"
    stop_signals: ClassVar[tuple[Signals, ...]] = (Signals.SIGTERM, Signals.SIGKILL)

    @property
    def socket_path(self) -> Path:
        """The server's socket."""
        return self.sockets / SOCKET_NAME

    def url(self, database: int = 0) -> str:
        """Redis URL of a numbered database (0 to 15)."""
        return f"unix://{quote(str(self.socket_path), safe='/')}?db={database}"

    def _prepare(self) -> None:
        if not self.home.exists():
            self.home.mkdir(mode=0o700)
            self.account.own(self.home)
        self.socket_path.unlink(missing_ok=True)

    def _command(self) -> list[str]:
        # Relative paths: the account may be unable to walk to its own working folder.
        settings = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "pidfile": self.pid_file_name,
            "daemonize": "no",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "notice",
        }
        folder = self.given_binaries or programs.valkey_programs(self.account)
        return [
            str(folder / "valkey-server"),
            *(part for key, value in settings.items() for part in (f"--{key}", value)),
        ]

    def _launch(self) -> None:
        try:
            super()._launch()
        except EmbeddedServerError:
            # All that Valkey holds can be rebuilt from PostgreSQL: a broken file must not keep the product down.
            if not any(self.home.iterdir()):
                raise
            self.home.rename(self.data_dir / f"{self.name}.broken-{time.time_ns()}")
            self._prepare()
            super()._launch()

    def _is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self.socket_path))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False
