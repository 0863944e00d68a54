"""Ready transports for connectors: one exchange, bounded as a whole, every byte kept, nothing raised.

A connection is never kept: one that the other side closed meanwhile would turn a payment into ``unknown`` for nothing.
Proxies of the environment are ignored and redirects are not followed: a payment goes where the settings say.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

import httpx

from ankuan.kernel.clock import Clock
from ankuan.plugin_api.wire import RawExchange

MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
TOO_LONG: Final = "answer too long"
BROKEN_FRAME: Final = "broken frame"
"""How the note begins when the other side ended in order, before its answer was whole."""


class HttpTransport:
    """HTTP to one place. ``RawExchange.note`` is empty for a complete answer with an expected status, else proves
    nothing.
    """

    def __init__(self, endpoint: str, clock: Clock, *, headers: Mapping[str, str] | None = None) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._clock = clock
        self._headers = {"Connection": "close", **(headers or {})}
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=0)
        self._http = httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits, timeout=None)  # noqa: S113 - exchange() bounds each exchange as a whole

    async def exchange(
        self,
        operation: str,
        request: bytes,
        timeout_seconds: float,
        *,
        path: str = "/",
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
        expected: frozenset[int] = frozenset({200}),
        answer_headers: dict[str, str] | None = None,
    ) -> RawExchange:
        """Send once. ``answer_headers`` is filled with the answer's headers, names in lower case."""
        started = self._clock.now()
        received = bytearray()
        note = ""
        try:
            async with asyncio.timeout(max(timeout_seconds, 0.001)):
                sent = {**self._headers, **(headers or {})}
                async with self._http.stream(
                    method, self._endpoint + path, content=request or None, headers=sent
                ) as answer:
                    if answer_headers is not None:
                        answer_headers.update({name.lower(): value for name, value in answer.headers.items()})
                    async for part in answer.aiter_bytes():
                        received += part
                        if len(received) > MAX_ANSWER_BYTES:
                            note = TOO_LONG
                            break
                    if answer.status_code not in expected:
                        note = f"http status {answer.status_code}"
        except TimeoutError:
            note = "time-out"
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as failure:
            note = f"transport: {type(failure).__name__}"
        return _exchange(operation, request, received, started=started, ended=self._clock.now(), note=note)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


ReadAnswer = Callable[[asyncio.StreamReader, bytearray], Awaitable[None]]
"""Reads one framed answer into the buffer given, so that what came is kept also when the rest does not."""


async def until_closed(reader: asyncio.StreamReader, received: bytearray) -> None:
    """The answer is everything until the other side closes."""
    while part := await reader.read(65_536):
        received += part
        if len(received) > MAX_ANSWER_BYTES:
            return


def length_prefixed(prefix_bytes: int, length_of: Callable[[bytes], int]) -> ReadAnswer:
    """The answer is a prefix, and as many bytes as it says. ``length_of`` raises ValueError for what is no prefix."""

    async def read(reader: asyncio.StreamReader, received: bytearray) -> None:
        missing = prefix_bytes
        is_prefix = True
        while missing > 0:
            part = await reader.read(min(missing, 65_536))
            if not part:
                raise EOFError
            received += part
            missing -= len(part)
            if not missing and is_prefix:
                is_prefix, missing = False, length_of(bytes(received))
                if missing < 0 or missing > MAX_ANSWER_BYTES:
                    raise ValueError("length")

    return read


class TcpTransport:
    """Bare TCP to ``host:port``: one connection, one request, one answer."""

    def __init__(self, address: str, clock: Clock, read: ReadAnswer = until_closed, *, half_close: bool = True) -> None:
        host, _, port = address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._clock = clock
        self._read = read
        self._half_close = half_close

    async def exchange(self, operation: str, request: bytes, timeout_seconds: float) -> RawExchange:
        """Send once."""
        started = self._clock.now()
        received = bytearray()
        note = ""
        writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(max(timeout_seconds, 0.001)):
                reader, writer = await asyncio.open_connection(self._host, self._port)
                writer.write(request)
                await writer.drain()
                if self._half_close:
                    writer.write_eof()
                await self._read(reader, received)
                if len(received) > MAX_ANSWER_BYTES:
                    note = TOO_LONG
        except TimeoutError:
            note = "time-out"
        except (EOFError, ValueError) as broken:
            note = f"{BROKEN_FRAME}: {type(broken).__name__}"
        except OSError as failure:
            note = f"transport: {type(failure).__name__}"
        finally:
            if writer is not None:
                writer.close()
        return _exchange(operation, request, received, started=started, ended=self._clock.now(), note=note)

    async def aclose(self) -> None:
        """Nothing is kept open."""


def _exchange(
    operation: str, request: bytes, received: bytearray, *, started: datetime, ended: datetime, note: str
) -> RawExchange:
    # An orderly end before a whole frame is an answer, an empty one maybe: that is not the same as silence.
    is_silent = bool(note) and not received and not note.startswith(BROKEN_FRAME)
    response = None if is_silent else bytes(received)
    return RawExchange(operation, request, response, started, ended, note)
