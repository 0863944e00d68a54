"""A plugin's own thread: what blocks, spins, exits or ignores cancellation stays there (failures D22, D26)."""

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

from ankuan.platform.plugins import bulkhead as module
from ankuan.platform.plugins.bulkhead import Bulkhead
from ankuan.platform.plugins.errors import HeldBack, PluginDefect, PluginStuck
from ankuan.plugin_api.errors import BankUnreachable

LIMIT = 0.2


@pytest.fixture
async def cell(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bulkhead]:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(module, "PULSE_SECONDS", 0.1)
    made = Bulkhead("bank_test")
    yield made
    made.close(wait=5)
    for thread in _threads():
        await asyncio.to_thread(thread.join, 5)
    assert _threads() == [], "no thread stays behind"


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("plugin:")]


async def one() -> int:
    return 1


async def test_calls_run_in_a_thread_of_their_own_and_answer(cell: Bulkhead) -> None:
    async def where() -> str:
        return threading.current_thread().name

    assert await cell.run(where, limit=LIMIT) == "plugin:bank_test"
    assert await asyncio.gather(*(cell.run(one, limit=LIMIT) for _ in range(50))) == [1] * 50


async def test_errors_of_the_contract_pass_and_others_are_defects_without_text(cell: Bulkhead) -> None:
    async def away() -> None:
        raise BankUnreachable("no route")

    async def slip() -> None:
        raise KeyError("申请执行人甲 6217000000000000018")

    with pytest.raises(BankUnreachable):
        await cell.run(away, limit=LIMIT)
    with pytest.raises(PluginDefect) as wrong:
        await cell.run(slip, limit=LIMIT)
    assert "6217" not in repr(wrong.value)
    assert wrong.value.kind == "KeyError"


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, BaseException])
async def test_exits_and_their_like_take_nobody_along(cell: Bulkhead, error: type[BaseException]) -> None:
    async def leave() -> None:
        raise error

    with pytest.raises(PluginDefect):
        await cell.run(leave, limit=LIMIT)
    assert await cell.run(one, limit=LIMIT) == 1


async def test_an_exit_in_a_task_of_its_own_ends_the_thread_and_the_next_call_gets_a_new_one(cell: Bulkhead) -> None:
    async def leave() -> None:
        sys.exit(3)

    async def start() -> None:
        task = asyncio.create_task(leave())
        await asyncio.sleep(30)
        await task

    with pytest.raises((PluginStuck, PluginDefect)):
        await cell.run(start, limit=5)
    assert await cell.run(one, limit=LIMIT) == 1


async def test_what_waits_too_long_is_cancelled_in_its_thread(cell: Bulkhead) -> None:
    ended = threading.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        await cell.run(wait, limit=0.05)
    assert await asyncio.to_thread(ended.wait, 2)
    assert cell.abandoned == 0


async def test_cancelling_the_caller_cancels_the_call(cell: Bulkhead) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    task = asyncio.create_task(cell.run(wait, limit=30))
    await asyncio.to_thread(begun.wait, 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 2)


async def sleeping() -> None:
    time.sleep(1.2)  # noqa: ASYNC251 - the very mistake


async def spinning() -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        pass


@pytest.mark.parametrize("block", [sleeping, spinning])
async def test_d22_a_loop_that_is_blocked_is_given_up_and_replaced_after_a_pause(
    monkeypatch: pytest.MonkeyPatch, cell: Bulkhead, block: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    monkeypatch.setattr(module, "PAUSES", (0.2,))

    async def wait() -> None:
        await asyncio.sleep(60)

    beside = asyncio.create_task(cell.run(wait, limit=30))
    await asyncio.sleep(0.05)
    slowest = asyncio.create_task(_slowest_turn())
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await cell.run(block, limit=LIMIT)
    assert time.monotonic() - began < 1.0, "long before the plugin lets go"
    with pytest.raises(PluginStuck):
        await beside
    with pytest.raises(HeldBack):
        await cell.run(one, limit=LIMIT)
    await asyncio.sleep(0.25)
    assert await cell.run(one, limit=2) == 1
    slowest.cancel()
    assert await slowest < 0.25, "the platform's own loop kept turning"
    assert (cell.abandoned, cell.is_spent) == (1, False)


async def _slowest_turn() -> float:
    slowest = 0.0
    try:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            slowest = max(slowest, time.monotonic() - before)
    except asyncio.CancelledError:
        return slowest


async def test_one_that_blocks_again_and_again_gets_no_more_threads_until_it_is_forgiven(
    monkeypatch: pytest.MonkeyPatch, cell: Bulkhead
) -> None:
    monkeypatch.setattr(module, "PAUSES", (0.0,))
    for _ in range(module.MOST_ABANDONED):
        with pytest.raises(TimeoutError):
            await cell.run(spinning, limit=0.05)
    assert cell.is_spent
    with pytest.raises(HeldBack):
        await cell.run(one, limit=LIMIT)
    cell.forgive()
    assert await cell.run(one, limit=2) == 1


async def test_calls_that_refuse_to_be_cancelled_are_counted_and_the_thread_is_replaced(
    monkeypatch: pytest.MonkeyPatch, cell: Bulkhead
) -> None:
    monkeypatch.setattr(module, "PAUSES", (0.0,))
    monkeypatch.setattr(module, "MOST_OVERDUE", 2)

    async def stubborn() -> None:
        for _ in range(30):
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                continue

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await cell.run(stubborn, limit=0.05)
    assert cell.abandoned == 1
    assert await cell.run(one, limit=2) == 1


async def test_an_idle_thread_ends_by_itself_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.1)
    made = Bulkhead("bank_idle")
    assert await made.run(one, limit=2) == 1
    [thread] = _threads()
    await asyncio.to_thread(thread.join, 5)
    assert _threads() == []
    assert await made.run(one, limit=2) == 1
    made.close()


async def test_closing_fails_what_is_under_way_and_cancels_nobody(cell: Bulkhead) -> None:
    async def wait() -> None:
        await asyncio.sleep(60)

    task = asyncio.create_task(cell.run(wait, limit=30))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(cell.close)
    with pytest.raises(PluginStuck):
        await task
