"""A server that answers with whatever bytes a test hands it, over a real socket. It understands nothing."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager


class AnsweringServer:
    """``answers`` are bodies, used up in order; the last one stays. ``asked`` keeps the requests' bodies."""

    def __init__(self) -> None:
        self.answers: deque[bytes] = deque()
        self.asked: list[bytes] = []
        self.status = 200
        self.port = 0

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/"

    def will_answer(self, *bodies: bytes) -> None:
        """From now on answer so."""
        self.answers = deque(bodies)
        self.asked.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request, one answer."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(await reader.readexactly(_length(head.split(b"\r\n"))))
            body = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
            head = b"HTTP/1.1 %d Status\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (self.status, len(body))
            writer.write(head + body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.asked.append(b"")
        finally:
            writer.close()


def _length(head: Iterable[bytes]) -> int:
    return next((int(line.split(b":")[1]) for line in head if line.lower().startswith(b"content-length:")), 0)


@asynccontextmanager
async def answering() -> AsyncIterator[AnsweringServer]:
    """Run such a server on a free loopback port."""
    made = AnsweringServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
