"""What a plugin does around an order must not cost the order's answer; what is switched off is not asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.hear_notice import NoticeEars
from ankuan.banking.tables import Instruction
from ankuan.kernel.clock import SystemClock
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from ankuan.plugin_api.bank import AnswerState, BankAnswer, BankNotice, IncomingNotice, NoticeKind
from ankuan.plugin_api.capabilities import BankCapabilities
from tests.integration.banking.conftest import SYSTEM, Bench
from tests.unit.platform.plugins.bad_bank import AT, UNANSWERED, BadBank, BadConnector, always

BANK = "bank_citic"
SETTLED = BankAnswer(AnswerState.SETTLED, exchanges=(replace(UNANSWERED, response=b"ok"),))


class NeverClosed(BadConnector):
    """Closing it hangs."""

    async def aclose(self) -> None:
        await asyncio.sleep(3_600)


@pytest.fixture
async def plugins() -> AsyncIterator[PluginHost]:
    bank = BadBank(always(SETTLED), id=BANK)
    bank.connecting = lambda: NeverClosed(bank)
    made = PluginHost(banks={BANK: bank})
    yield made
    made.close()


def _context(bench: Bench, plugins: PluginHost) -> JobContext:
    return JobContext(
        bench.database, SystemClock(), plugins, Settings(bank_timeout_seconds=1), FieldCipher(bytes(range(32)))
    )


async def test_an_answer_is_committed_before_the_connection_is_closed(bench: Bench, plugins: PluginHost) -> None:
    """A plugin that hangs while it closes would outlast the lease, and a settled payment would be unknown."""
    issued = await bench.issue()
    context = _context(bench, plugins)
    work = asyncio.create_task(
        execute_instruction(context, court_id=bench.court_id, instruction_id=issued.instruction_id)
    )
    state = ""
    try:
        for _ in range(50):
            await asyncio.sleep(0.1)
            async with bench.database.read(SYSTEM) as session:
                row: Any = await session.get_one(Instruction, (bench.court_id, issued.instruction_id))
                state = row.state
            if state not in {"ready", "sending"}:
                break
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    assert state in {"settled", "accepted"}


async def test_a_plugin_that_is_switched_off_hears_no_notice(bench: Bench) -> None:
    told = BankNotice("n1", NoticeKind.OTHER, None, b"SUCCESS", "text/plain")
    bank = BadBank(always(told), id=BANK, capabilities=BankCapabilities(statements_push=True))
    plugins = PluginHost(banks={BANK: bank})
    ears = NoticeEars(_context(bench, plugins))
    notice = IncomingNotice({}, b"{}", AT)
    try:
        assert await ears.hear(bank_id=BANK, account_no=None, notice=notice) is not None
        plugins.state.switch({BANK: "compromised"})
        assert await ears.hear(bank_id=BANK, account_no=None, notice=notice) is None
        assert bank.asked == ["read_notice"]
    finally:
        await ears.close()
        plugins.close()
