"""A simulator as a bench sees it: started by somebody, driven through its admin API."""

from pathlib import Path
from typing import Any, Protocol

import httpx


class Simulator(Protocol):
    """What a bench needs of a simulator. ``SimulatorProcess`` is one; so is ``AttachedSimulator``."""

    ready: dict[str, Any]
    settings: dict[str, str]
    data: Path
    keys: Path

    def admin(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call the admin API. Raises httpx.HTTPStatusError for a refusal."""
        ...


class AttachedSimulator:
    """A simulator that another process has started and will end. ``ready``: the line it said of itself."""

    def __init__(self, ready: dict[str, Any], data: Path) -> None:
        self.ready = ready
        self.settings: dict[str, str] = ready["settings"]
        self.data = data
        self.keys = Path(ready["keys"])
        self._http = httpx.Client(trust_env=False, timeout=30)

    def admin(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """As of the protocol."""
        answer = self._http.request(method, f"http://127.0.0.1:{self.ready['admin_port']}{path}", json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def close(self) -> None:
        """Give back the connection."""
        self._http.close()
