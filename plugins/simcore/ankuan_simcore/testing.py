"""A simulator in a process of its own, for tests of simulators. Tests of the product have a helper of theirs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_FREE_PORTS = ("--port", "0", "--admin-port", "0")


@dataclass(frozen=True, slots=True)
class Simulated:
    """A running simulator: its ready line, its admin API, its process."""

    ready: dict[str, Any]
    admin: httpx.Client
    process: subprocess.Popen[bytes]

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Call the admin API. Raises httpx.HTTPStatusError for a refusal."""
        answer = self.admin.request(method, path, json=body)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def fail(self, action: str, fault: str, **params: object) -> None:
        """The next call of the action meets this fault."""
        self.ask("POST", "/script", {"action": action, "fault": fault, "params": params})

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self.process.kill()
        self.process.wait(timeout=20)


@contextmanager
def running(program: str, data: Path, *arguments: str) -> Iterator[Simulated]:
    """Run a program's text, on free ports unless ``arguments`` say otherwise, until the end of the block."""
    command = [sys.executable, "-c", program, "--data", str(data), *(arguments or _FREE_PORTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            raise RuntimeError(f"the simulator ended with status {process.wait(timeout=20)}")
        ready = json.loads(line)
        base = f"http://127.0.0.1:{ready['admin_port']}"
        try:
            with httpx.Client(base_url=base, trust_env=False, timeout=30) as client:
                yield Simulated(ready, client, process)
        finally:
            process.terminate()
            process.wait(timeout=20)
