"""A simulator in a process of its own, found by entry point, driven through its admin API."""

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Self

import httpx

from ankuan.plugin_api.version import SIMULATOR_ENTRY_POINT_GROUP

_RUN = (
    "import sys\n"
    "from importlib.metadata import entry_points\n"
    f"(found,) = entry_points(group={SIMULATOR_ENTRY_POINT_GROUP!r}, name=sys.argv[1])\n"
    "sys.exit(found.load()(sys.argv[2:]))\n"
)


def has_simulator(plugin_id: str) -> bool:
    """Whether a simulator of that plugin is installed."""
    return plugin_id in {point.name for point in entry_points(group=SIMULATOR_ENTRY_POINT_GROUP)}


class SimulatorProcess:
    """One simulator. ``data`` keeps its journal, which survives ``kill`` and a new ``start``.

    ``keys``: its folder of keys, ``data``/keys unless given. After ``start``: ``ready``, what it said of itself, and
    ``settings``, what of a fund account's settings does not depend on the account.
    """

    def __init__(self, plugin_id: str, data: Path, keys: Path | None = None) -> None:
        self.plugin_id = plugin_id
        self.data = data
        self.keys = keys or data / "keys"
        self.port = 0
        self.admin_port = 0
        self.ready: dict[str, Any] = {}
        self.settings: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(trust_env=False, timeout=30)

    @property
    def endpoint(self) -> str:
        """Address of the main wire, when it speaks HTTP."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> Self:
        """Start, on the same ports as before if there was a before, and wait until all ports listen."""
        ports = ["--port", str(self.port), "--admin-port", str(self.admin_port)]
        folders = ["--data", str(self.data), "--keys", str(self.keys)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _RUN, self.plugin_id, *ports, *folders], stdout=subprocess.PIPE
        )
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise RuntimeError(f"the simulator {self.plugin_id} ended with status {self._process.wait()}")
        self.ready = json.loads(line)
        self.settings = self.ready["settings"]
        self.port, self.admin_port = self.ready["port"], self.ready["admin_port"]
        return self

    def open_account(self, name: str) -> dict[str, Any]:
        """Open the bank's next main account: ``number``, ``name``, ``adjustment`` and the plugin's ``settings``."""
        return self.admin("POST", "/accounts", {"name": name})

    def stop(self) -> None:
        """End it politely."""
        self._end(kill=False)
        self._http.close()

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None

    def admin(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call the admin API. Raises httpx.HTTPStatusError for a refusal."""
        answer = self._http.request(method, f"http://127.0.0.1:{self.admin_port}{path}", json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def journal(self) -> list[dict[str, Any]]:
        """All journal records, straight from the file: the outside truth."""
        path = self.data / "bank.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
