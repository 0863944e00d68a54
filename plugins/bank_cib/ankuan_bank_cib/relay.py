"""The relay of notices: runs beside the agent, seals what the agent calls out, and hands it on to the platform.

    python -m ankuan_bank_cib.relay --port 8085 --to https://HOST/banks/bank_cib/notices/ACCOUNT --secret-file FILE

It listens on the loopback address only, so that nobody but the agent's own machine can have a notice sealed.
"""

import argparse
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan_bank_cib.notices import SEAL_HEADER, TIME_HEADER, seal

LOOPBACK: Final = "127.0.0.1"
LARGEST: Final = 64 * 1024
LEAST_SECRET: Final = 32
_TIMEOUT: Final = 20.0


def relay_app(target: str, secret: bytes) -> Starlette:
    """The application: every POST is sealed with the moment it came and handed on; the platform's answer goes back.

    What the platform did not take is answered 502, so that the agent tells it again.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_TIMEOUT) as client:
            app.state.client = client
            yield

    async def hand_on(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return Response(status_code=413)
        moment = str(int(time.time()))
        headers = {
            "content-type": request.headers.get("content-type", "application/x-fox; charset=GBK"),
            TIME_HEADER: moment,
            SEAL_HEADER: seal(secret, moment, bytes(body)),
        }
        client: httpx.AsyncClient = request.app.state.client
        try:
            told = await client.post(target, content=bytes(body), headers=headers)
        except httpx.HTTPError:
            return Response(status_code=502)
        if not told.is_success:
            return Response(status_code=502)
        return Response(told.content, media_type=told.headers.get("content-type"))

    return Starlette(routes=[Route("/{path:path}", hand_on, methods=["POST"])], lifespan=lifespan)


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="ankuan_bank_cib.relay", description="Seals notices of the agent.")
    parser.add_argument("--port", type=int, default=8085)
    parser.add_argument("--to", required=True, help="address of the platform, with the fund account's number")
    parser.add_argument("--secret-file", type=Path, required=True, help="holds the fund account's notice_secret")
    options = parser.parse_args(argv)
    secret = options.secret_file.read_bytes().strip()
    if len(secret) < LEAST_SECRET:
        parser.error(f"the secret must have at least {LEAST_SECRET} characters")
    uvicorn.run(relay_app(options.to, secret), host=LOOPBACK, port=options.port, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
