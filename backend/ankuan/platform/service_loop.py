"""How the long-running processes run: on the event loop written in C, with a collector that leaves the code alone."""

import asyncio
import gc
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_service(main: Coroutine[Any, Any, T]) -> T:
    """Run until done, on uvloop where it exists (uvicorn chooses the same for the API)."""
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def settle_memory() -> None:
    """Call once all code is loaded: what stands now lives as long as the process, so it is not walked again."""
    gc.collect()
    gc.freeze()
