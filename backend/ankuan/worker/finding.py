"""Runs the finders: each at its interval, and the urgent ones after every ring of the bell."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog

from ankuan.platform.jobs import Finder, JobCall, JobContext

TICK_SECONDS = 0.5
log = structlog.get_logger(__name__)


async def run_finders(
    context: JobContext,
    finders: Sequence[Finder],
    hand_out: Callable[[Sequence[JobCall]], Awaitable[None]],
) -> None:
    """Loop until cancelled. A finder that fails is logged and tried again at its next turn."""
    last = dict.fromkeys((f.name for f in finders), 0.0)
    async for _ in context.database.bell.rings(at_least_every=TICK_SECONDS):
        now = time.monotonic()
        for finder in finders:
            due = now - last[finder.name] >= finder.every_seconds
            if not due and not finder.on_bell:
                continue
            last[finder.name] = now
            try:
                calls = await finder.find(context)
            except Exception:  # the database may be away; the next turn looks again
                log.exception("finder.failed", finder=finder.name)
                await asyncio.sleep(TICK_SECONDS)
                continue
            if calls:
                await hand_out(calls)
