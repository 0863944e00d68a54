"""Request bodies, read up to a limit instead of as far as somebody sends."""

from starlette.requests import Request
from starlette.types import Message, Receive


async def bounded_body(request: Request, limit: int) -> bytes | None:
    """The body; ``None`` as soon as it is known to be longer than ``limit`` bytes."""
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > limit:
        return None
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives a body read before once more, and then what comes next: the end of the connection."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay
