"""Run a simulator: its wires and its admin port in one process, all on the loopback address."""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from ankuan_simcore.admin import admin_app
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import FaultBook
from ankuan_simcore.link import AbortableProtocol
from ankuan_simcore.notices import Notifier
from ankuan_simcore.wires import LOOPBACK, Context, HttpWire, Profile, StreamHandler, TcpWire, Wire

__all__ = ["Context", "HttpWire", "Profile", "TcpWire", "Wire", "run_simulator"]

_APART = 100
"""Further wires look for a port this far above the main one, out of the way of other simulators' main ports."""


class _Server(uvicorn.Server):
    """Several servers share one process, so that none may own the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run_simulator(profile: Profile, wires: Sequence[Wire], argv: Sequence[str] | None = None) -> int:
    """Parse arguments, serve until SIGTERM or SIGINT, and return the exit status.

    The first wire is the main one, on ``--port``; the others are on ``--NAME-port``, or where they were last time, or
    on a free port. When all listen, one JSON line goes to stdout: ``{"ready": true, "id", "port", "ports": {wire:
    port}, "admin_port", "journal", "keys", "settings": {…}}``.
    """
    parser = argparse.ArgumentParser(prog=profile.id, description=f"Simulator of {profile.display_name}")
    main, *more = wires
    parser.add_argument("--port", type=int, default=main.port, help=f"port of {main.name}; 0 takes a free one")
    for wire in more:
        told = f"port of {wire.name}; without it the one of the last start, or a free one"
        parser.add_argument(f"--{wire.name}-port", dest=f"port_{wire.name}", type=int, default=None, help=told)
    parser.add_argument("--admin-port", type=int, default=profile.admin_port, help="admin port; 0: a free one")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of the journal")
    parser.add_argument("--keys", type=Path, metavar="DIR", help="folder of keys; DATA/keys without it")
    parser.add_argument(
        "--account", action="append", default=[], metavar="NUMBER=NAME", help="open this main account (repeatable)"
    )
    options = parser.parse_args(argv)
    bank = Bank(options.data / "bank.jsonl", profile.numbering)
    bank.manual_confirm, bank.large_hours = profile.manual_confirm, profile.large_hours
    try:
        for opening in options.account:
            number, _, name = opening.partition("=")
            bank.open_main(number, name or number)
        asyncio.run(_serve(profile, bank, wires, options))
    finally:
        bank.close()
    return 0


async def _serve(profile: Profile, bank: Bank, wires: Sequence[Wire], options: argparse.Namespace) -> None:
    book = FaultBook()
    notifier = Notifier(bank, book)
    sockets = _sockets(wires, options)  # the admin port opens last: who reaches it, reaches all
    admin_socket = _listen(options.admin_port)
    ports = {name: sock.getsockname()[1] for name, sock in sockets.items()}
    (options.data / "ports.json").write_text(json.dumps(ports), encoding="utf-8")
    keys = (options.keys or options.data / "keys").resolve()
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    context = Context(options.data.resolve(), keys, ports, admin_socket.getsockname()[1], notifier)
    servers: list[tuple[_Server, socket.socket]] = []
    streams: list[asyncio.Server] = []
    for wire in wires:
        if isinstance(wire, HttpWire):
            servers.append((_http(wire.app(bank, book, context)), sockets[wire.name]))
        else:
            handler = _guarded(wire.handler(bank, book, context))
            streams.append(await asyncio.start_server(handler, sock=sockets[wire.name]))
    servers.append((_http(admin_app(bank, book, profile, context)), admin_socket))

    def stop() -> None:
        for server, _ in servers:
            server.should_exit = True

    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop)
    ready = {
        "ready": True,
        "id": profile.id,
        "port": ports[wires[0].name],
        "ports": ports,
        "admin_port": context.admin_port,
        "journal": str(bank.journal.path),
        "keys": str(keys),
        "settings": profile.settings(context, None),
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    await asyncio.gather(*(server.serve(sockets=[sock]) for server, sock in servers))
    for stream in streams:
        stream.close()
    await notifier.aclose()


def _http(app: ASGIApp) -> _Server:
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=AbortableProtocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
    )
    return _Server(config)


def _guarded(handler: StreamHandler) -> StreamHandler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller has gone: nobody to tell
        except Exception:  # noqa: BLE001 - one caller's trouble must not end the bank
            traceback.print_exc()
        finally:
            writer.close()

    return handle


def _sockets(wires: Sequence[Wire], options: argparse.Namespace) -> dict[str, socket.socket]:
    memory = options.data / "ports.json"
    known = json.loads(memory.read_text(encoding="utf-8")) if memory.exists() else {}
    found = {wires[0].name: _listen(options.port)}
    nearby = found[wires[0].name].getsockname()[1] + _APART
    for wire in wires[1:]:
        wanted = getattr(options, f"port_{wire.name}")
        if wanted is None:
            wanted = known.get(wire.name)
        found[wire.name] = _listen(wanted) if wanted is not None else _listen_near(nearby)
    return found


def _listen_near(port: int) -> socket.socket:
    for candidate in range(port, min(port + _APART, 65_536)):
        with contextlib.suppress(OSError):
            return _listen(candidate)
    return _listen(0)


def _listen(port: int) -> socket.socket:
    # The protocol is named because asyncio sets TCP_NODELAY only then: without it every answer waits 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((LOOPBACK, port))
        sock.listen(128)
    except OSError:
        sock.close()
        raise
    return sock
