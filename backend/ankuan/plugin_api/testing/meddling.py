"""A proxy between a plugin and its simulator that changes answers on their way. It knows HTTP and bare TCP framing."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from ankuan.plugin_api.bank import FundAccountRef
from ankuan.plugin_api.testing.bench import Bench

LOOPBACK: Final = "127.0.0.1"
QUIET: Final = 0.03
"""A bare TCP answer without a length is over when nothing has come for so many seconds, or for as long as its first
byte took, if that was more."""
_TURNS: Final = 8
"""Of the event loop, in which a connection that was made is taken and its request read."""
_HTTP: Final = re.compile(rb"(GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS) ")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What reaches the plugin. ``how``: ``whole``, ``dribble`` (byte by byte), ``hang`` (never), ``reset`` (the first
    half, then a reset)."""

    kind: str
    body: bytes
    how: str = "whole"
    status: int = 0
    """An HTTP status in place of the bank's own; 0 keeps it."""


@dataclass(slots=True)
class Passed:
    """One exchange that came through: the bank's own answer, and what was made of it (``None``: nothing)."""

    answer: bytes
    delivered: Delivery | None


Mangler = Callable[[bytes], Delivery | None]


@dataclass(slots=True)
class Meddler:
    """``mangle`` is asked about each answer's body; ``passed`` keeps all exchanges since ``begin``.

    A connection belongs to the call in which its request came: an answer that comes after the next ``begin`` meets
    the ``mangle`` of its own call, and is listed in that call's ``passed``.
    """

    account: FundAccountRef
    targets: dict[int, int] = field(default_factory=dict)
    mangle: Mangler | None = None
    passed: list[Passed] = field(default_factory=list)
    _servers: list[asyncio.Server] = field(default_factory=list)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _asked: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)
    """Connections on which a request has come, until it is over."""

    def begin(self, mangle: Mangler | None) -> list[Passed]:
        """A new call; the list of its exchanges."""
        self.mangle, self.passed = mangle, []
        return self.passed

    async def settled(self, limit: float) -> None:
        """Wait until every request that has come is through, or cut it off after ``limit`` seconds."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if self._asked:
            await asyncio.wait(list(self._asked), timeout=limit)
        for task, writer in list(self._asked.items()):
            writer.transport.abort()
            task.cancel()

    async def open(self) -> None:
        """Listen, on the same ports as before if there was a before."""
        for target, port in list(self.targets.items()):
            server = await asyncio.start_server(self._serving(target), LOOPBACK, port)
            self.targets[target] = server.sockets[0].getsockname()[1]
            self._servers.append(server)

    async def close(self) -> None:
        """Refuse connections, and cut those that are open."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    def _serving(self, target: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._open.add(writer)
            try:
                await self._between(reader, writer, target)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
                writer.transport.abort()
            except asyncio.CancelledError:
                pass
            finally:
                self._open.discard(writer)
                self._asked.pop(_this_task(), None)
                writer.close()

        return serve

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
        first = await reader.read(65_536)
        if not first:
            return
        self._asked[_this_task()] = writer
        mangle, passed = self.mangle, self.passed
        bank_reader, bank_writer = await asyncio.open_connection(LOOPBACK, target, limit=2**24)
        try:
            if _HTTP.match(first):
                head, body = await _http_answer(first, reader, bank_reader, bank_writer)
            else:
                head, body = b"", await _raw_answer(first, reader, bank_reader, bank_writer)
        finally:
            bank_writer.close()
        if not head and not body:
            writer.transport.abort()
            return
        made = mangle(body) if mangle is not None else None
        passed.append(Passed(body, made))
        await _hand_on(reader, writer, head, body, made)


def _this_task() -> asyncio.Task[None]:
    task: asyncio.Task[None] | None = asyncio.current_task()
    assert task is not None  # noqa: S101 - a server's callback is run as a task
    return task


async def _hand_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, body: bytes, made: Delivery | None
) -> None:
    if made is None:
        writer.write((_headed(head, len(body), 0) if head else b"") + body)
    elif made.how == "hang":
        while await reader.read(65_536):
            pass
    elif made.how == "reset":
        writer.write((_headed(head, len(made.body), 0) if head else b"") + made.body[: len(made.body) // 2])
        await writer.drain()
        await asyncio.sleep(0.002)
        writer.transport.abort()
        return
    elif made.how == "dribble":
        writer.write(_headed(head, len(made.body), 0) if head else b"")
        for place in range(len(made.body)):
            if writer.is_closing():
                return
            writer.write(made.body[place : place + 1])
            await asyncio.sleep(0)
    else:
        writer.write((_headed(head, len(made.body), made.status) if head else b"") + made.body)
    await writer.drain()


async def _http_answer(
    first: bytes, reader: asyncio.StreamReader, bank: asyncio.StreamReader, to_bank: asyncio.StreamWriter
) -> tuple[bytes, bytes]:
    """Pass one HTTP request on; the head and the body of the answer."""
    asked = first
    while b"\r\n\r\n" not in asked:
        asked += await _more(reader)
    head, _, body = asked.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        while not body.endswith(b"0\r\n\r\n"):
            body += await _more(reader)
    else:
        while len(body) < _content_length(head):
            body += await _more(reader)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    to_bank.write(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
    await to_bank.drain()
    whole = await bank.read(-1)
    answer_head, _, answer = whole.partition(b"\r\n\r\n")
    return answer_head, _joined(answer) if b"chunked" in answer_head.lower() else answer


async def _more(reader: asyncio.StreamReader) -> bytes:
    part = await reader.read(65_536)
    if not part:
        raise ConnectionError("the plugin has gone")
    return part


def _content_length(head: bytes) -> int:
    found = re.search(rb"\r\ncontent-length:\s*(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


def _joined(chunked: bytes) -> bytes:
    out, rest = b"", chunked
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        out, rest = out + rest[:length], rest[length + 2 :]
        if not length:
            break
    return out


def _headed(head: bytes, length: int, status: int) -> bytes:
    first, *lines = head.split(b"\r\n")
    if status:
        first = b"HTTP/1.1 %d Changed" % status
    dropped = (b"content-length:", b"transfer-encoding:", b"connection:")
    kept = [line for line in lines if not line.lower().startswith(dropped)]
    return b"\r\n".join([first, *kept, b"Connection: close", b"Content-Length: %d" % length]) + b"\r\n\r\n"


async def _raw_answer(
    first: bytes, reader: asyncio.StreamReader, bank: asyncio.StreamReader, to_bank: asyncio.StreamWriter
) -> bytes:
    """Pass bytes on until the bank has answered: it closes, or its length prefix is fulfilled, or it falls silent."""
    to_bank.write(first)

    async def pass_on() -> None:
        while part := await reader.read(65_536):
            to_bank.write(part)
        with contextlib.suppress(OSError):
            to_bank.write_eof()

    passing = asyncio.create_task(pass_on())
    answer, limit = b"", 30.0
    clock = asyncio.get_running_loop()
    began = clock.time()
    try:
        while not prefix_length(answer):
            part = await asyncio.wait_for(bank.read(65_536), limit)
            if not part:
                break
            if not answer:
                limit = max(QUIET, clock.time() - began)
            answer += part
    except TimeoutError:
        pass
    finally:
        passing.cancel()
    return answer


def prefix_length(frame: bytes) -> int:
    """How many digits at the beginning tell the length of the rest; 0 when none do."""
    return next((n for n in range(4, 11) if frame[:n].isdigit() and int(frame[:n]) == len(frame) - n), 0)


@asynccontextmanager
async def meddled(bench: Bench) -> AsyncIterator[Meddler]:
    """A meddler before every wire of the simulator; its ``account`` has their ports replaced by the meddler's."""
    ports = wire_ports(bench)
    made = Meddler(bench.account, dict.fromkeys(ports, 0))
    await made.open()
    made.account = replace(bench.account, settings=_redirected(bench.account, made.targets))
    try:
        yield made
    finally:
        await made.close()


def wire_ports(bench: Bench) -> Sequence[int]:
    """Ports of the simulator on which its wires listen."""
    ready = bench.simulator.ready
    return sorted(set(ready.get("ports", {"wire": ready["port"]}).values()))


def _redirected(account: FundAccountRef, targets: dict[int, int]) -> dict[str, str]:
    found = {}
    for name, value in account.settings.items():
        if value.isdigit() and int(value) in targets:
            found[name] = str(targets[int(value)])
        else:
            found[name] = re.sub(r"(?<=:)(\d{2,5})(?!\d)", lambda at: str(targets.get(int(at[1]), int(at[1]))), value)
    return found
