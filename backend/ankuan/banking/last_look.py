"""The last look before an order leaves: whoever is answerable for it may stop it (domain §7, failures B4, B12).

Banking does not know cases, approvals or signatures. It asks over the bus, in the transaction that takes the order; the
rooms that issued it answer with objections.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ankuan.banking.apply_fact import Evidence, apply_fact
from ankuan.banking.rules import Policy, Stopped
from ankuan.banking.tables import Instruction
from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.db import WriteSession

OBJECTED: Final = "instruction_objected"
_LOOK_AGAIN_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OrdersAboutToLeave:
    """The question: does anything speak against sending these orders of one court now? Their rows are locked."""

    court_id: int
    orders: tuple[Instruction, ...]


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against one order.

    ``final``: it shall never leave; it ends as refused, and its reservation is freed. Otherwise it stays, under an
    alarm, and is looked at again: somebody must find out why its papers do not fit.
    """

    instruction_id: UUID
    code: str
    zh: str
    final: bool


async def look_once_more(
    session: WriteSession, orders: Sequence[Instruction], policy: Policy, *, now: datetime
) -> frozenset[UUID]:
    """Ask, and stop what is objected to; ``orders`` are ready, locked, of one court. Returns those that stay."""
    if not orders:
        return frozenset()
    question = OrdersAboutToLeave(orders[0].court_id, tuple(orders))
    objections: dict[UUID, Objection] = {}
    for objection in await session.bus.ask(session, question, now=now):
        first = objections.get(objection.instruction_id)
        if first is None or (objection.final and not first.final):
            objections[objection.instruction_id] = objection
    for order in orders:
        objection = objections.get(order.id)
        if objection is None:
            await settle_alarm(session, court_id=order.court_id, kind=OBJECTED, subject_key=str(order.id), now=now)
        else:
            await _stop(session, order, objection, policy, now=now)
    return frozenset(objections)


async def _stop(
    session: WriteSession, order: Instruction, objection: Objection, policy: Policy, *, now: datetime
) -> None:
    await raise_alarm(
        session,
        court_id=order.court_id,
        kind=OBJECTED,
        subject_key=str(order.id),
        message=f"付款指令未发送：{objection.zh}（{order.client_ref}，{order.amount.display()} 元）",
        now=now,
    )
    if objection.final:
        stopped = Evidence(code=objection.code, message=objection.zh)
        await apply_fact(session, order, Stopped(at=now), policy, evidence=stopped, now=now)
    else:
        order.next_try_at = now + _LOOK_AGAIN_AFTER
        await session.flush()
