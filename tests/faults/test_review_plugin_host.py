"""The plugin host, tried by somebody who wants an order to leave after the platform has given it up."""

import asyncio
import time

import pytest

from ankuan.platform.plugins import bulkhead as module
from ankuan.platform.plugins.bulkhead import Bulkhead
from ankuan.platform.plugins.errors import PluginStuck


async def test_a_call_that_nobody_awaits_any_more_is_never_begun() -> None:
    """It stood behind a blocked one; begun later, it would send an order that has been asked about since."""
    cell, begun = Bulkhead("bank_test"), []

    async def block() -> None:
        time.sleep(1.0)  # noqa: ASYNC251 - on purpose

    async def send() -> None:
        begun.append(1)

    blocking = asyncio.create_task(cell.run(block, limit=5))
    await asyncio.sleep(0.2)
    waiting = asyncio.create_task(cell.run(send, limit=5))
    await asyncio.sleep(0.2)
    waiting.cancel()
    await blocking
    await asyncio.sleep(0.3)
    cell.close()
    assert begun == []


async def test_a_call_behind_a_thread_that_was_given_up_is_never_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(module, "PULSE_SECONDS", 0.1)
    cell, begun = Bulkhead("bank_test"), []

    async def block() -> None:
        time.sleep(1.5)  # noqa: ASYNC251 - on purpose

    async def send() -> None:
        begun.append(1)

    async def asked(limit: float) -> None:
        with pytest.raises((TimeoutError, PluginStuck)):
            await cell.run(send, limit=limit)

    blocking = asyncio.create_task(cell.run(block, limit=0.3))
    await asyncio.sleep(0.05)
    await asyncio.gather(asked(0.2), asked(5))
    with pytest.raises((TimeoutError, PluginStuck)):
        await blocking
    thread = cell._cell.thread if cell._cell else None
    if thread is not None:
        await asyncio.to_thread(thread.join, 5)
    assert begun == []
