"""Carry out what is due for one instruction: commit the intent, speak to the bank with no transaction open, commit.

Whatever happens to this worker between the steps, the row says what must be done: a lost lease makes ``unknown``, and
``unknown`` is asked about, never sent again blindly (architecture, mechanism 3).
"""

import time
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from ankuan.banking.apply_fact import Evidence
from ankuan.banking.connect_bank import connect_fund_account
from ankuan.banking.keep_messages import keep_messages
from ankuan.banking.policy_of import SEND_WITHIN
from ankuan.banking.record_answer import record_answer
from ankuan.banking.rules import Fact, NotSent, Queried, Submitted
from ankuan.banking.tables import Instruction
from ankuan.banking.take_instruction import Taken, take_instruction
from ankuan.kernel.money import Money
from ankuan.platform.db import RETRYABLE, sqlstate
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import GuardedBank, UnknownPlugin
from ankuan.plugin_api.bank import AdjustmentOrder, AnswerState, BankAnswer, BankPlugin, PaymentOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.wire import RawExchange

_TRIES = 4
Order = PaymentOrder | AdjustmentOrder
log = structlog.get_logger(__name__)


async def execute_instruction(context: JobContext, *, court_id: int, instruction_id: UUID) -> None:
    """Do what is due now: submit, or ask. Does nothing when another worker has it or nothing is due."""
    began = time.monotonic()
    async with context.database.write(context.actor) as session:
        taken = await take_instruction(
            session,
            court_id=court_id,
            instruction_id=instruction_id,
            bank_timeout_seconds=context.settings.bank_timeout_seconds,
            now=context.clock.now(),
        )
    if taken is None:
        return
    fact, evidence, exchanges = await _speak(context, taken, began)
    await _keep(context, taken, exchanges)
    await _record(context, taken, fact, evidence)


async def _speak(context: JobContext, taken: Taken, began: float) -> tuple[Fact, Evidence, tuple[RawExchange, ...]]:
    try:
        plugin = context.plugins.bank(taken.account.bank_id)
        bank = connect_fund_account(context, taken.account)
    except UnknownPlugin as missing:
        return _nothing_sent(context, taken, missing.zh, final=False)
    except Exception as error:  # a defect of the plugin before anything was sent: no doubt about the money
        log.exception("bank.connect_failed", bank=taken.account.bank_id)
        return _nothing_sent(context, taken, f"插件无法连接：{type(error).__name__}", final=False)
    try:
        return await _ask(context, taken, bank, order_of(taken.instruction, plugin), began)
    except CannotExpress as wrong:
        return _nothing_sent(context, taken, str(wrong), final=True)
    finally:
        await bank.aclose()


async def _ask(
    context: JobContext, taken: Taken, bank: GuardedBank, order: Order, began: float
) -> tuple[Fact, Evidence, tuple[RawExchange, ...]]:
    if taken.kind == "query":
        answer = await bank.query(order)
        return Queried(answer.state, taken.at), _evidence(answer), answer.exchanges
    if time.monotonic() - began > SEND_WITHIN.total_seconds():
        # Held up (a stopped process, a full machine): somebody else may have taken over. Do not send.
        return _nothing_sent(context, taken, "未能及时发送", final=False)
    answer = await (bank.pay(order) if isinstance(order, PaymentOrder) else bank.adjust(order))
    return Submitted(taken.attempt, answer.state, context.clock.now()), _evidence(answer), answer.exchanges


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


def order_of(row: Instruction, plugin: BankPlugin) -> Order:
    """The order in the plugin's terms."""
    amount = Money(row.amount_fen)
    if row.purpose == "adjustment":
        return AdjustmentOrder(
            client_ref=row.client_ref,
            amount=amount,
            to_sub_account=row.to_sub_account or "",
            to_sub_account_name=row.payee_name,
            adjustment_ref=row.adjustment_ref or "",
            reason=row.reason_text,
        )
    if row.payee_bank_code:
        same_bank = row.payee_bank_code.startswith(plugin.bank_code_prefix)
    else:
        same_bank = plugin.display_name in row.payee_bank_name
    return PaymentOrder(
        client_ref=row.client_ref,
        amount=amount,
        pay_from_sub_account=row.pay_from_sub_account,
        payee_account=row.payee_account,
        payee_name=row.payee_name,
        payee_bank_name=row.payee_bank_name,
        payee_bank_code=row.payee_bank_code,
        same_bank=same_bank,
        purpose=row.reason_text,
    )


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
