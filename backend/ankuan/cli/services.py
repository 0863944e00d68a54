"""The two servers behind an installation: embedded ones, or those that the environment names."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ankuan.platform.embedded import EmbeddedPostgres, EmbeddedServerError, EmbeddedValkey
from ankuan.platform.embedded.postgres import OWNER_ROLE
from ankuan.platform.embedded.server import EmbeddedServer
from ankuan.platform.settings import Settings

RETRY_SECONDS = 5.0


class Services:
    """Starts, watches and stops what is embedded; leaves alone what is not."""

    def __init__(self, settings: Settings, data_dir: Path) -> None:
        self._settings = settings
        self.postgres = None if settings.database_url else EmbeddedPostgres(data_dir)
        self.valkey = None if settings.redis_url else EmbeddedValkey(data_dir)
        self._not_before = 0.0
        self.embedded: list[EmbeddedServer] = [server for server in (self.postgres, self.valkey) if server is not None]

    def start(self) -> None:
        """Start the embedded servers side by side. Raises EmbeddedServerError; nothing runs on then."""
        if self.embedded:
            with ThreadPoolExecutor(len(self.embedded)) as pool:
                starting = [pool.submit(server.start) for server in self.embedded]
            try:
                for start in starting:
                    start.result()
            except BaseException:
                self.stop()
                raise

    def watch(self) -> list[str]:
        """Start again what died. Returns lines for the operator."""
        lines = []
        for server in self.embedded:
            if server.is_running or time.monotonic() < self._not_before:
                continue
            try:
                server.start()
                lines.append(f"{server.name} had ended and runs again; see {server.log_file}")
            except EmbeddedServerError as error:
                self._not_before = time.monotonic() + RETRY_SECONDS
                lines.append(f"{error}; trying again in {RETRY_SECONDS:g} s")
        return lines

    def stop(self) -> None:
        """Stop the embedded servers."""
        for server in reversed(self.embedded):
            server.stop()

    def environment(self) -> dict[str, str]:
        """Addresses for the application's processes, which never learn the owner's login of an embedded server."""
        return {
            "ANKUAN_DATABASE_URL": self.postgres.dsn() if self.postgres else self._settings.database_url,
            "ANKUAN_DATABASE_OWNER_URL": "",
            "ANKUAN_REDIS_URL": self.valkey.url() if self.valkey else self._settings.redis_url,
        }

    def owner_environment(self) -> dict[str, str]:
        """Addresses for the process that migrates."""
        owner = self.postgres.dsn(OWNER_ROLE) if self.postgres else self._settings.owner_url
        return self.environment() | {"ANKUAN_DATABASE_OWNER_URL": owner}
