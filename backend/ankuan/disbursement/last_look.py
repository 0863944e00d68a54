"""What speaks against sending a released payment at this very moment (failures B4, B12; drill 19).

Asked in the transaction that takes the order. The case's row is held until that transaction ends: a case that is closed
or stayed a moment earlier stops the order, one that is stayed a moment later comes after it, and is told of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, select

from ankuan.banking.last_look import Objection, OrdersAboutToLeave
from ankuan.banking.tables import Instruction
from ankuan.disbursement.tables import Disbursement, DisbursementLine
from ankuan.disbursement.transitions import LineOutcome, Status
from ankuan.platform.db import WriteSession
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
            Disbursement.status,
            Disbursement.digest,
            CourtCase.status.label("case_status"),
        )
        .join(
            Disbursement,
            and_(
                Disbursement.court_id == DisbursementLine.court_id,
                Disbursement.id == DisbursementLine.disbursement_id,
                Disbursement.version == DisbursementLine.version,
            ),
        )
        .join(CourtCase, and_(CourtCase.court_id == Disbursement.court_id, CourtCase.id == Disbursement.case_id))
        .where(DisbursementLine.court_id == question.court_id, DisbursementLine.instruction_id.in_(payments))
        .order_by(CourtCase.id)
        .with_for_update(read=True, of=CourtCase)
    )
    lines = {row.instruction_id: row for row in found}
    objections = (_objection(order, lines.get(order.id)) for order in payments.values())
    return tuple(each for each in objections if each is not None)


def _objection(order: Instruction, line: Any) -> Objection | None:
    if line is None or order.origin_id != line.id:
        return Objection(order.id, "order_without_request", "没有对应的付款申请", final=False)
    if order.origin_digest != line.digest or order.amount_fen != line.amount_fen or line.status not in _PAYABLE:
        return Objection(order.id, "order_not_as_approved", "与批准的内容不一致", final=False)
    if line.outcome == LineOutcome.SETTLED:
        return Objection(order.id, "line_settled_already", "该笔款项已支付", final=False)
    if line.case_status != "open":
        return Objection(order.id, "case_not_open", "案件已中止或结案", final=True)
    return None
