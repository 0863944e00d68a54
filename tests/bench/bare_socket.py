"""The peer of ``arrival_to_screen``: Redis message in, WebSocket frame to everybody out, and nothing else.

``python -m tests.bench.bare_socket REDIS_URL PORT``
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

CHANNEL = "bench:bare"
FRAME = '{"id":"1","type":"next","payload":{"data":{"receiptArrived":' + '"' + "x" * 400 + '"}}}'


def make_app(redis_url: str) -> Starlette:
    """The application."""
    sockets: set[WebSocket] = set()

    async def relay() -> None:
        redis = Redis.from_url(redis_url)
        async with redis.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            async for message in pubsub.listen():
                if message["type"] == "message":
                    for socket in tuple(sockets):
                        await socket.send_text(FRAME)

    async def serve(socket: WebSocket) -> None:
        await socket.accept()
        sockets.add(socket)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await socket.receive_text()
        sockets.discard(socket)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(relay())
        yield
        task.cancel()

    return Starlette(routes=[WebSocketRoute("/", serve)], lifespan=lifespan)


if __name__ == "__main__":
    uvicorn.run(make_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
