"""The plugin host, tried by somebody who wants an order to leave after the platform has given it up."""

import asyncio
import time
from dataclasses import replace

import pytest

from ankuan.platform.plugins import PluginHost
from ankuan.platform.plugins import bulkhead as module
from ankuan.platform.plugins.bulkhead import Bulkhead
from ankuan.platform.plugins.errors import PluginStuck
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.errors import CannotExpress
from tests.unit.platform.plugins.bad_bank import ACCOUNT, PAYMENT, UNANSWERED, BadBank, raising


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


async def test_an_order_that_is_said_to_be_inexpressible_but_went_over_the_wire_is_unknown() -> None:
    """Taken at its word it would be refused for good, and its money given back to be paid once more."""
    said = CannotExpress("第二段报文无法编码", (replace(UNANSWERED, response=b"taken"),))
    host = PluginHost(banks={"bank_bad": BadBank(raising(said))})
    bank = host.connect("bank_bad", ACCOUNT, timeout_seconds=1)
    try:
        answer = await bank.pay(PAYMENT)
        assert (answer.state, bool(answer.alarm), len(answer.exchanges)) == (AnswerState.UNKNOWN, True, 1)
    finally:
        await bank.aclose()
        host.close()


async def test_an_order_that_is_inexpressible_and_went_nowhere_is_refused() -> None:
    host = PluginHost(banks={"bank_bad": BadBank(raising(CannotExpress("户名有生僻字")))})
    bank = host.connect("bank_bad", ACCOUNT, timeout_seconds=1)
    try:
        with pytest.raises(CannotExpress):
            await bank.pay(PAYMENT)
    finally:
        await bank.aclose()
        host.close()
