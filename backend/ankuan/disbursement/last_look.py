"""What speaks against sending a released payment at this very moment (failures B4, B12; drill 19).

Asked in the transaction that takes the order. Disbursement and case, locked in the order of all acts, are held until
that transaction ends: a case that is closed or stayed a moment earlier stops the order, one that is stayed a moment
later comes after it, and is told of it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select

from ankuan.banking.last_look import Objection, OrdersAboutToLeave
from ankuan.banking.tables import Instruction
from ankuan.disbursement.tables import Disbursement, DisbursementLine
from ankuan.disbursement.transitions import LineOutcome, Status
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import lock_case
from ankuan.registry.rules import CaseStatus
from ankuan.registry.tables import CourtCase

_PAYABLE: Final = frozenset({Status.RELEASED, Status.PARTLY_SETTLED, Status.FAILED})


async def object_to_orders(session: WriteSession, question: OrdersAboutToLeave, _: datetime) -> Sequence[Objection]:
    """Objections to those orders of the question that pay lines of disbursements."""
    payments = {order.id: order for order in question.orders if order.purpose == "payment"}
    if not payments:
        return ()
    found = await session.execute(
        select(
            DisbursementLine.instruction_id,
            DisbursementLine.id,
            DisbursementLine.outcome,
            DisbursementLine.amount_fen,
            Disbursement.case_id,
            Disbursement.status,
            Disbursement.digest,
        )
        .join(
            Disbursement,
            and_(
                Disbursement.court_id == DisbursementLine.court_id,
                Disbursement.id == DisbursementLine.disbursement_id,
                Disbursement.version == DisbursementLine.version,
            ),
        )
        .where(DisbursementLine.court_id == question.court_id, DisbursementLine.instruction_id.in_(payments))
        .order_by(Disbursement.id)
        .with_for_update(key_share=True, of=Disbursement)
    )
    lines = {row.instruction_id: row for row in found}
    # Telling that an order leaves, or stopping it, locks the same rows in the same order and as strongly.
    cases = {
        case_id: await lock_case(session, court_id=question.court_id, case_id=case_id)
        for case_id in sorted({row.case_id for row in lines.values()})
    }
    objections = (_objection(order, lines.get(order.id), cases) for order in payments.values())
    return tuple(each for each in objections if each is not None)


def _objection(order: Instruction, line: Any, cases: Mapping[UUID, CourtCase]) -> Objection | None:
    if line is None or order.origin_id != line.id:
        return Objection(order.id, "order_without_request", "没有对应的付款申请", final=False)
    if order.origin_digest != line.digest or order.amount_fen != line.amount_fen or line.status not in _PAYABLE:
        return Objection(order.id, "order_not_as_approved", "与批准的内容不一致", final=False)
    if line.outcome == LineOutcome.SETTLED:
        return Objection(order.id, "line_settled_already", "该笔款项已支付", final=False)
    if cases[line.case_id].status != CaseStatus.OPEN:
        return Objection(order.id, "case_not_open", "案件已中止或结案", final=True)
    return None
