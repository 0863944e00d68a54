"""Runs the API in this process."""

import uvicorn

from ankuan.cli import listener
from ankuan.platform.settings import Settings

GRACE_SECONDS = 3
"""Open subscriptions are cut after this time at a stop; clients resume with ``after:``."""
LARGEST_FRAME = 1_000_000


def run() -> None:
    """Serve until SIGTERM. TLS and HTTP/2 are the reverse proxy's work."""
    settings = Settings()
    config = uvicorn.Config(
        "ankuan.bootstrap:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_level="info",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,  # small frames to many sockets on a court's own network
    )
    given = listener.inherited()
    uvicorn.Server(config).run(sockets=[given] if given is not None else None)
