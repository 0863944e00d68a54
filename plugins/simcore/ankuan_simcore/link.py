"""One caller's connection, whatever the wire: an answer can be sent on it, or it can be cut."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

_OPEN: dict[Any, asyncio.Transport] = {}


class Link(Protocol):
    """Where the answer to one request goes. Use it once."""

    async def send(self, body: bytes, *, status: int = 200, dribble: float | None = None) -> None:
        """Send the whole answer. ``dribble``: byte by byte, with so many seconds in between."""

    async def hang_up(self) -> None:
        """Cut the connection without an answer."""


class AbortableProtocol(H11Protocol):
    """HTTP that can hang up in the middle of a request, which no ASGI message can say."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the connection."""
        super().connection_made(transport)
        _OPEN[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        _OPEN.pop(self.client, None)
        super().connection_lost(exc)


class HttpLink:
    """A link over HTTP. The handler returns ``response`` in the end."""

    def __init__(self, request: Request, media_type: str, headers: Mapping[str, str] | None = None) -> None:
        self._request = request
        self._media_type = media_type
        self.headers = dict(headers or {})
        """Sent with the answer; a wire that signs its answers puts the signature here before sending."""
        self.response: Response = Response(status_code=500)

    async def send(self, body: bytes, *, status: int = 200, dribble: float | None = None) -> None:
        """Make the response."""
        media_type = self._media_type if status < 400 else "text/html"
        if dribble is None:
            self.response = Response(body, status_code=status, media_type=media_type, headers=self.headers)
        else:
            headers = {**self.headers, "content-length": str(len(body))}
            pieces = _pieces(body, dribble)
            self.response = StreamingResponse(pieces, status_code=status, media_type=media_type, headers=headers)

    async def hang_up(self) -> None:
        """Cut the connection. The response returned reaches nobody."""
        transport = _OPEN.get(tuple(self._request.client) if self._request.client else None)
        if transport is not None:
            transport.abort()
            await asyncio.sleep(0.01)


class TcpLink:
    """A link over a bare TCP connection: one request, one answer, then the bank closes."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def send(self, body: bytes, *, status: int = 200, dribble: float | None = None) -> None:
        """Send and close. TCP has no status: of a front-end that fails, the caller sees a cut connection."""
        if status >= 400:
            await self.hang_up()
            return
        if dribble is None:
            self._writer.write(body)
        else:
            async for piece in _pieces(body, dribble):
                self._writer.write(piece)
                await self._writer.drain()
        await self._writer.drain()
        self._writer.close()
        await self._writer.wait_closed()

    async def hang_up(self) -> None:
        """Cut the connection with a reset."""
        sock = self._writer.get_extra_info("socket")
        if sock is not None:
            # Lingering for no time makes the system send a reset; without it the caller sees a well-behaved end.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


async def _pieces(body: bytes, pause: float) -> AsyncIterator[bytes]:
    for number in range(len(body)):
        yield body[number : number + 1]
        await asyncio.sleep(pause)
