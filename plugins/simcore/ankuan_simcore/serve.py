"""Run a simulator: its wire port and its admin port in one process, both on the loopback address."""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from ankuan_simcore.admin import admin_app
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import AbortableProtocol
from ankuan_simcore.faults import FaultBook

LOOPBACK = "127.0.0.1"
WireFactory = Callable[[Bank, FaultBook], ASGIApp]


@dataclass(frozen=True, slots=True)
class Profile:
    """What tells one bank's simulator from another's."""

    id: str
    display_name: str
    default_port: int
    default_admin_port: int


class _Server(uvicorn.Server):
    """Two servers share one process, so that neither may own the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run_simulator(profile: Profile, wire: WireFactory, argv: Sequence[str] | None = None) -> int:
    """Parse arguments, serve until SIGTERM or SIGINT, and return the exit status.

    Prints one JSON line when both ports listen: ``{"ready": true, "id", "port", "admin_port", "journal"}``.
    """
    parser = argparse.ArgumentParser(prog=profile.id, description=f"Simulator of {profile.display_name}")
    parser.add_argument("--port", type=int, default=profile.default_port, help="wire port; 0 takes a free one")
    parser.add_argument("--admin-port", type=int, default=profile.default_admin_port, help="admin port; 0: a free one")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the journal")
    parser.add_argument(
        "--account", action="append", default=[], metavar="NUMBER=NAME", help="open this main account (repeatable)"
    )
    options = parser.parse_args(argv)
    bank = Bank(options.data / "bank.jsonl")
    for opening in options.account:
        number, _, name = opening.partition("=")
        bank.open_main(number, name or number)
    try:
        asyncio.run(_serve(profile, bank, wire, options.port, options.admin_port))
    finally:
        bank.close()
    return 0


async def _serve(profile: Profile, bank: Bank, wire: WireFactory, port: int, admin_port: int) -> None:
    book = FaultBook()
    apps = ((wire(bank, book), port), (admin_app(bank, book, profile.display_name), admin_port))
    listening = [(app, _listen(wanted)) for app, wanted in apps]
    servers = [
        _Server(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=AbortableProtocol,
                ws="none",
                lifespan="off",
                log_level="error",
                access_log=False,
            )
        )
        for app, _ in listening
    ]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop)
    ready = {
        "ready": True,
        "id": profile.id,
        "port": listening[0][1].getsockname()[1],
        "admin_port": listening[1][1].getsockname()[1],
        "journal": str(bank.journal.path),
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    await asyncio.gather(*(server.serve(sockets=[sock]) for server, (_, sock) in zip(servers, listening, strict=True)))


def _listen(port: int) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only then: without it every answer waits 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((LOOPBACK, port))
    sock.listen(128)
    return sock
