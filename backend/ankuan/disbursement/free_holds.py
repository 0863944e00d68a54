"""Give back what a disbursement has reserved, when it goes back, is withdrawn or rejected."""

from datetime import datetime

from sqlalchemy import select

from ankuan.disbursement.tables import Disbursement, DisbursementLine
from ankuan.kernel.clock import business_date
from ankuan.ledger.void_hold import void_hold
from ankuan.platform.db import WriteSession


async def free_holds(session: WriteSession, disbursement: Disbursement, *, why: str, now: datetime) -> None:
    """Void the holds of the present version, in the order of the lines. A draft has none."""
    held = await session.execute(
        select(DisbursementLine.hold_id, DisbursementLine.line_no)
        .where(
            DisbursementLine.court_id == disbursement.court_id,
            DisbursementLine.disbursement_id == disbursement.id,
            DisbursementLine.version == disbursement.version,
        )
        .order_by(DisbursementLine.line_no)
    )
    for hold_id, line_no in held.all():
        if hold_id is None:
            continue
        await void_hold(
            session,
            court_id=disbursement.court_id,
            hold_id=hold_id,
            effective_on=business_date(now),
            memo=f"付款申请 {disbursement.number} 第 {line_no} 行{why}",
            now=now,
        )
