"""Workers that die at every step, race, wake up late, or meet a bad plugin (failures C4, C9, D1-D3, D24, D26)."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from ankuan.banking.jobs import find_due_instructions
from ankuan.banking.tables import InstructionAttempt, InstructionFact
from ankuan.plugin_api.bank import AnswerState, BankAnswer
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.events import InstructionChanged
from tests.faults.conftest import SYSTEM, Counter, with_plugins
from tests.faults.dying import Around, Killed, Order, die, hang


def around(counter: Counter, **given: Any) -> tuple[Any, Around]:
    """A context whose CITIC plugin does what is given around each submission."""
    plugin = Around(counter.context.plugins.bank("bank_citic"), **given)
    return with_plugins(counter.context, bank_citic=plugin), plugin


@pytest.mark.parametrize(("step", "paid"), [("before", 0), ("after", 1)], ids=["before the send", "before the commit"])
async def test_a_worker_killed_around_the_call(counter: Counter, step: str, paid: int) -> None:
    context, _ = around(counter, **{step: die})
    issued = await counter.issue()
    with pytest.raises(Killed):
        await counter.execute(issued, context)
    assert await counter.state(issued) == "sending"
    assert len(counter.executions(issued)) == paid
    await counter.execute(issued)
    assert await counter.state(issued) == "sending", "the lease still holds: nobody else touches it"
    await counter.expire_leases()
    await counter.execute(issued)
    assert await counter.state(issued) == ("settled" if paid else "unknown"), "asked, not sent again"
    await counter.carry_on()
    row = await counter.row(issued)
    assert (row.state, row.sends) == ("settled", 1 if paid else 2)
    assert len(counter.executions(issued)) == 1


async def test_an_order_that_kills_every_worker_that_asks(counter: Counter) -> None:
    """It is asked about ever more rarely, it starves nobody, and a person is told (failures C7, C9)."""
    counter.script("drop_after")
    context, _ = around(counter, on_query=die)
    issued = await counter.issue()
    await counter.execute(issued)
    killed = 0
    for _ in range(48):
        counter.clock.advance(minutes=5)
        await counter.expire_leases()
        try:
            await counter.execute(issued, context)
        except Killed:
            killed += 1
        assert await counter.state(issued) == "unknown"
    assert 3 <= killed <= 15
    assert await counter.alarms() == ["instruction_overdue"]
    await counter.carry_on()
    assert await counter.state(issued) == "settled"
    assert await counter.alarms() == []
    assert len(counter.executions(issued)) == 1


async def test_the_answer_can_not_be_committed(counter: Counter) -> None:
    """A listener of another room fails in the transaction that commits the answer: nothing of it stays."""

    async def explode(*_: object) -> None:
        raise RuntimeError("a defect elsewhere")

    issued = await counter.issue()
    counter.context.database.bus.listen(InstructionChanged, explode)
    with pytest.raises(RuntimeError):
        await counter.execute(issued)
    assert await counter.state(issued) == "sending"
    counter.context.database.bus._listeners.clear()
    await counter.carry_on()
    assert await counter.state(issued) == "settled"
    assert (await counter.row(issued)).sends == 1
    assert len(counter.executions(issued)) == 1


async def test_d24_eight_workers_take_one_order_once(counter: Counter) -> None:
    context, plugin = around(counter)
    issued = [await counter.issue(1000 + n) for n in range(10)]
    for one in issued:
        await asyncio.gather(*(counter.execute(one, context) for _ in range(8)))
    assert sorted(plugin.submissions) == sorted(one.client_ref for one in issued)
    await counter.carry_on()
    for one in issued:
        assert await counter.state(one) == "settled"
        assert len(counter.executions(one)) == 1


async def test_a_worker_that_wakes_up_late_changes_nothing(counter: Counter) -> None:
    """It has sent, is stopped, others settle the order; then it comes back with its stale answer."""
    released, reached = threading.Event(), threading.Event()  # the plugin has a thread of its own

    async def stop() -> None:
        reached.set()
        await asyncio.to_thread(released.wait)

    context, _ = around(counter, after=stop)
    issued = await counter.issue()
    late = asyncio.create_task(counter.execute(issued, context))
    await asyncio.to_thread(reached.wait)
    await counter.expire_leases()
    await counter.execute(issued)
    settled = await counter.row(issued)
    assert settled.state == "settled"
    facts = await _facts(counter)
    released.set()
    await late
    assert await _facts(counter) == facts, "its fact was not taken"
    now = await counter.row(issued)
    assert (now.state, now.settled_at, now.bank_ref) == ("settled", settled.settled_at, settled.bank_ref)
    assert len(counter.executions(issued)) == 1


async def test_a_worker_held_up_before_the_send_does_not_send(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ankuan.banking.execute_instruction.SEND_WITHIN", timedelta(0))
    context, plugin = around(counter)
    issued = await counter.issue()
    await counter.execute(issued, context)
    row = await counter.row(issued)
    assert (row.state, row.sends, row.sent) == ("ready", 1, 0)
    assert plugin.submissions == []
    monkeypatch.undo()
    await counter.carry_on()
    assert await counter.state(issued) == "settled"
    assert len(counter.executions(issued)) == 1


async def _nothing(_: Order) -> Any:
    return None


async def _a_word(_: Order) -> Any:
    return "settled"


async def _raises(_: Order) -> Any:
    raise ValueError("a defect of the plugin")


async def _says_not_found(_: Order) -> Any:
    return BankAnswer(AnswerState.NOT_FOUND)


async def _hangs(_: Order) -> Any:
    await hang()


BAD: list[Callable[[Order], Awaitable[Any]]] = [_nothing, _a_word, _raises, _says_not_found]


@pytest.mark.parametrize("instead", BAD)
async def test_d26_a_bad_plugin_leaves_the_order_unknown(
    counter: Counter, instead: Callable[[Order], Awaitable[Any]]
) -> None:
    context, _ = around(counter, instead=instead)
    issued = await counter.issue()
    await counter.execute(issued, context)
    assert await counter.state(issued) == "unknown"
    assert counter.executions(issued) == []
    await counter.carry_on()
    assert await counter.state(issued) == "settled"
    assert len(counter.executions(issued)) == 1


async def test_a_plugin_that_hangs_is_cut_off(counter: Counter) -> None:
    context, _ = around(counter, instead=_hangs)
    issued = await counter.issue()
    await asyncio.wait_for(counter.execute(issued, context), 15)
    assert await counter.state(issued) == "unknown"


async def test_what_the_bank_can_not_express_is_refused_and_nothing_was_sent(counter: Counter) -> None:
    async def cannot(_: Order) -> Any:
        raise CannotExpress("𠮷 is not in GBK")

    context, _ = around(counter, instead=cannot)
    issued = await counter.issue()
    await counter.execute(issued, context)
    row = await counter.row(issued)
    assert (row.state, row.next_try_at) == ("refused", None)
    assert counter.executions(issued) == []
    assert "instruction_cannot_send" in await counter.alarms()


async def test_a_missing_plugin_sends_nothing_and_waits(counter: Counter) -> None:
    from dataclasses import replace

    without = replace(counter.context, plugins=replace(counter.context.plugins, banks={}))
    issued = await counter.issue()
    await counter.execute(issued, without)
    row = await counter.row(issued)
    assert (row.state, row.sent) == ("ready", 0)
    await counter.carry_on()
    assert await counter.state(issued) == "settled"


async def test_an_order_edited_behind_our_back_is_not_sent(counter: Counter) -> None:
    issued = await counter.issue()
    await counter.tamper("update instruction set payee_account = %s", "6217000000000099998")
    await counter.carry_on(until=timedelta(hours=1))
    assert await counter.state(issued) == "ready"
    assert counter.executions(issued) == []
    assert "instruction_tampered" in await counter.alarms()


async def test_d22_no_account_gets_more_workers_at_once_than_its_limit(counter: Counter) -> None:
    issued = [await counter.issue(100 + n) for n in range(20)]
    assert len(await find_due_instructions(counter.context)) == 8
    context, plugin = around(counter, before=die)
    for one in issued[:5]:
        with pytest.raises(Killed):
            await counter.execute(one, context)
    assert len(plugin.submissions) == 5
    assert len(await find_due_instructions(counter.context)) == 3


@pytest.mark.parametrize("seed", range(3))
async def test_a_day_of_everything_at_once(counter: Counter, seed: int) -> None:
    """Twelve orders, a lying bank, workers that die: in the end the journal and the product agree."""
    rng = random.Random(seed)
    chances = {"drop_before": 120, "drop_after": 120, "garbage": 80, "http_error": 80, "processing": 80, "refuse": 80}
    counter.bank.admin("PUT", "/swarm", {"seed": seed, "per_mille": chances})

    async def sometimes() -> None:
        if rng.random() < 0.25:
            await die()

    context, _ = around(counter, before=sometimes, after=sometimes)
    issued = [await counter.issue(100 + n) for n in range(12)]
    for _ in range(4):
        calls = [counter.execute(one, context) for one in issued for _ in range(2)]
        await asyncio.gather(*calls, return_exceptions=True)
        await counter.expire_leases()
        counter.clock.advance(minutes=40)
    counter.bank.admin("DELETE", "/faults")
    await counter.carry_on()
    counter.bank.admin("POST", "/settle")
    await counter.carry_on()
    states = [await counter.state(one) for one in issued]
    paid = [len(counter.executions(one)) for one in issued]
    assert set(states) <= {"settled", "refused"}
    assert paid == [1 if state == "settled" else 0 for state in states]
    assert "settled" in states


async def _facts(counter: Counter) -> tuple[int, int]:
    async with counter.context.database.read(SYSTEM) as session:
        facts = await session.scalar(select(func.count()).select_from(InstructionFact))
        attempts = await session.scalar(select(func.count()).select_from(InstructionAttempt))
    return int(facts or 0), int(attempts or 0)
