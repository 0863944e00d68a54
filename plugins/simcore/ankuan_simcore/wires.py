"""What a simulator says of its bank and of the ports it listens on."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp

from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import FaultBook
from ankuan_simcore.notices import Notifier
from ankuan_simcore.numbering import Numbering

LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class Context:
    """What a wire knows of the process it runs in. ``ports``: name of the wire -> port, all of them listening."""

    data: Path
    keys: Path
    ports: Mapping[str, int]
    admin_port: int
    notifier: Notifier

    def url(self, wire: str = "wire", path: str = "/") -> str:
        """Address of an HTTP wire."""
        return f"http://{LOOPBACK}:{self.ports[wire]}{path}"

    def address(self, wire: str = "wire") -> str:
        """``host:port`` of a TCP wire."""
        return f"{LOOPBACK}:{self.ports[wire]}"

    def folder(self, name: str) -> Path:
        """A folder of this bank's, for files that the wire hands out."""
        made = self.data / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def key_file(self, name: str, make: Callable[[], bytes]) -> Path:
        """A file in the keys' folder, made once: a restarted bank keeps its keys, two processes agree on one."""
        self.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.keys / name
        if not path.exists():
            number, draft = tempfile.mkstemp(dir=self.keys)
            with os.fdopen(number, "wb") as file:
                file.write(make())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            Path(draft).unlink()
        return path


StreamHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class HttpWire:
    """A port that speaks HTTP. ``port``: the usual one; 0: any."""

    name: str
    app: Callable[[Bank, FaultBook, Context], ASGIApp]
    port: int = 0


@dataclass(frozen=True, slots=True)
class TcpWire:
    """A port of bare TCP: ``handler`` gives ``async (reader, writer)``, called once for each connection."""

    name: str
    handler: Callable[[Bank, FaultBook, Context], StreamHandler]
    port: int = 0


Wire = HttpWire | TcpWire


def _no_settings(_context: Context, _main: str | None) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Profile:
    """What tells one bank's simulator from another's.

    ``settings``: the fund account's settings by which the plugin reaches this simulator for a main account; asked with
    ``None``, those that are the same for all. ``manual_confirm``: payments wait until the customer confirms them in
    the bank's own programs. ``large_hours``: see :class:`ankuan_simcore.orders.OrderDesk`.
    """

    id: str
    display_name: str
    admin_port: int = 0
    numbering: Numbering = field(default_factory=Numbering)
    settings: Callable[[Context, str | None], dict[str, str]] = _no_settings
    manual_confirm: bool = False
    large_hours: tuple[str, str] | tuple[()] = ()
