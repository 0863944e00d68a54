"""How an answer fails on its way: dropped, late, cut, in the wrong encoding. Knows bytes, no wire format."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from ankuan_simcore.faults import Fault, Plan, find

_OPEN: dict[Any, asyncio.Transport] = {}


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


async def hang_up(request: Request) -> Response:
    """Cut the connection without an answer. The response returned reaches nobody."""
    transport = _OPEN.get(tuple(request.client) if request.client else None)
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0.01)
    return Response(status_code=500)


async def before_commit(request: Request, plans: list[Plan]) -> Response | None:
    """Faults that strike before the bank has done anything. A response means: stop here."""
    if find(plans, Fault.DROP_BEFORE):
        return await hang_up(request)
    slow = find(plans, Fault.SLOW)
    if slow is not None and slow.text("when", "after") == "before":
        await asyncio.sleep(float(slow.params.get("seconds", 1)))
    return None


async def after_commit(request: Request, plans: list[Plan], reply: bytes, charset: str, media_type: str) -> Response:
    """Send ``reply`` (text in ``charset``), or what the faults leave of it."""
    slow = find(plans, Fault.SLOW)
    if slow is not None and slow.text("when", "after") == "after":
        await asyncio.sleep(float(slow.params.get("seconds", 1)))
    if find(plans, Fault.DROP_AFTER):
        return await hang_up(request)
    if plan := find(plans, Fault.HTTP_ERROR):
        return Response(b"<html><body>Service Unavailable</body></html>", status_code=plan.number("status", 503))
    return Response(_mangled(plans, reply, charset), media_type=media_type)


def _mangled(plans: list[Plan], reply: bytes, charset: str) -> bytes:
    if find(plans, Fault.EMPTY):
        return b""
    if plan := find(plans, Fault.GARBAGE):
        return plan.text("body", "<stream><status>AAAAAAA</status\x00\x1f<<&").encode()
    if plan := find(plans, Fault.WRONG_ENCODING):
        return reply.decode(charset).encode(plan.text("encoding", "utf-8"))
    if plan := find(plans, Fault.TRUNCATED):
        return reply[: plan.number("at", len(reply) // 2)]
    return reply
