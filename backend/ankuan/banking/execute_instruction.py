"""Carry out what is due for one instruction: commit the intent, speak to the bank with no transaction open, commit.

Whatever happens to this worker between the steps, the row says what must be done: a lost lease makes ``unknown``, and
``unknown`` is asked about, never sent again blindly (architecture, mechanism 3).
"""

import time
from contextlib import AsyncExitStack
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from ankuan.banking.apply_fact import Evidence
from ankuan.banking.connect_bank import connect_fund_account
from ankuan.banking.keep_messages import keep_messages
from ankuan.banking.order_of import Order, order_of
from ankuan.banking.policy_of import SEND_WITHIN
from ankuan.banking.record_answer import record_answer
from ankuan.banking.rules import Fact, NotSent, Queried, Submitted
from ankuan.banking.take_instruction import Taken, take_instruction
from ankuan.platform.db import RETRYABLE, sqlstate
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import GuardedBank, NothingSent, PluginDisabled, UnknownPlugin
from ankuan.plugin_api.bank import AnswerState, BankAnswer, BankCapabilities, PaymentOrder
from ankuan.plugin_api.errors import CannotExpress, NotOffered
from ankuan.plugin_api.wire import RawExchange

_TRIES = 4
log = structlog.get_logger(__name__)


async def execute_instruction(context: JobContext, *, court_id: int, instruction_id: UUID) -> None:
    """Do what is due now: submit, or ask. Does nothing when another worker has it or nothing is due."""
    began = time.monotonic()
    async with context.database.write(context.actor) as session:
        taken = await take_instruction(
            session,
            court_id=court_id,
            instruction_id=instruction_id,
            plugins=context.plugins,
            bank_timeout_seconds=context.settings.bank_timeout_seconds,
            now=context.clock.now(),
        )
    if taken is None:
        return
    async with AsyncExitStack() as connection:
        # Closed only when the answer is committed: a plugin that hangs while it closes would outlast the lease.
        fact, evidence, exchanges = await _speak(context, taken, began, connection)
        await _keep(context, taken, exchanges)
        await _record(context, taken, fact, evidence)


async def _speak(
    context: JobContext, taken: Taken, began: float, connection: AsyncExitStack
) -> tuple[Fact, Evidence, tuple[RawExchange, ...]]:
    try:
        plugin = context.plugins.bank(taken.account.bank_id)
        bank = connect_fund_account(context, taken.account)
    except (UnknownPlugin, PluginDisabled) as missing:
        return _nothing_sent(context, taken, missing.zh, final=False)
    except Exception as error:  # a defect of the plugin before anything was sent: no doubt about the money
        log.exception("bank.connect_failed", bank=taken.account.bank_id)
        return _nothing_sent(context, taken, f"插件无法连接：{type(error).__name__}", final=False)
    connection.push_async_callback(bank.aclose)
    try:
        order = order_of(taken.instruction, plugin, is_submission=taken.kind == "submit")
        return await _ask(context, taken, bank, order, declared=plugin.capabilities, began=began)
    except (CannotExpress, NotOffered) as wrong:
        return _nothing_sent(context, taken, str(wrong), final=True)
    except NothingSent as held:  # the host held it back: the bank is away, or its plugin
        return _nothing_sent(context, taken, str(held), final=False)


async def _ask(
    context: JobContext, taken: Taken, bank: GuardedBank, order: Order, *, declared: BankCapabilities, began: float
) -> tuple[Fact, Evidence, tuple[RawExchange, ...]]:
    if taken.kind == "query":
        answer = await bank.query(order)
        return Queried(answer.state, taken.at), _evidence(answer), answer.exchanges
    if time.monotonic() - began > SEND_WITHIN.total_seconds():
        # Held up (a stopped process, a full machine): somebody else may have taken over. Do not send.
        return _nothing_sent(context, taken, "未能及时发送", final=False)
    if taken.closes_at is not None and context.clock.now() >= taken.closes_at:
        return _nothing_sent(context, taken, "已过银行受理时间", final=False)
    answer = await (bank.pay(order) if isinstance(order, PaymentOrder) else bank.adjust(order))
    heard = Submitted(taken.attempt, _as_declared(answer, declared), context.clock.now())
    return heard, _evidence(answer), answer.exchanges


def _nothing_sent(
    context: JobContext, taken: Taken, why: str, *, final: bool
) -> tuple[Fact, Evidence, tuple[RawExchange, ...]]:
    if taken.kind == "query":
        return Queried(AnswerState.UNKNOWN, taken.at), Evidence(message=why, alarm=why), ()
    return NotSent(context.clock.now(), final), Evidence(code="not_sent", message=why), ()


def _evidence(answer: BankAnswer) -> Evidence:
    return Evidence(
        code=answer.code,
        message=answer.message,
        bank_ref=answer.bank_ref,
        booked_on=answer.booked_on,
        alarm=answer.alarm,
    )


def _as_declared(answer: BankAnswer, bank: BankCapabilities) -> AnswerState:
    """What a submission's answer proves: banks that book later have only taken it, whatever their plugin makes of it.

    Whether it was executed is for a query to say.
    """
    is_early = answer.state is AnswerState.SETTLED and not bank.realtime_result
    return AnswerState.ACCEPTED if is_early else answer.state


async def _keep(context: JobContext, taken: Taken, exchanges: tuple[RawExchange, ...]) -> None:
    """In a transaction of its own: evidence stays even if the answer can't be committed, or came too late."""
    if not exchanges:
        return
    async with context.database.write(context.actor) as session:
        await keep_messages(
            session,
            court_id=taken.account.court_id,
            fund_account_id=taken.account.id,
            instruction_id=taken.instruction.id,
            exchanges=exchanges,
            cipher=context.cipher,
        )


async def _record(context: JobContext, taken: Taken, fact: Fact, evidence: Evidence) -> None:
    """Deadlocks and serialization failures are tried again; whatever else fails leaves the row to the next query."""
    for attempt in range(_TRIES):
        try:
            async with context.database.write(context.actor) as session:
                is_ours = await record_answer(
                    session, taken=taken, fact=fact, evidence=evidence, now=context.clock.now()
                )
        except DBAPIError as error:
            if sqlstate(error) not in RETRYABLE or attempt == _TRIES - 1:
                raise
        else:
            if not is_ours:
                log.warning("instruction.lease_lost", instruction=str(taken.instruction.id), kind=taken.kind)
            return
