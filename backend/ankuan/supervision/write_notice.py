"""Write a notice, in the transaction of what it is about; it is sent later by the worker."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.events import ReceiptArrived
from ankuan.registry.queries import get_case
from ankuan.supervision.tables import Notice, StaffContact
from ankuan.supervision.transitions import LIFE

ARRIVAL: Final = "arrival"


async def write_arrival_notice(session: WriteSession, event: ReceiptArrived, now: datetime) -> UUID | None:
    """Tell the handler of money for a case, once an arrival; ``None`` when nobody has a phone to be told by.

    The text names the case, the amount and the receipt, and nobody's name (domain §14).
    """
    if event.case_id is None or event.handler_id is None:
        return None
    contact = await session.scalar(
        select(StaffContact.staff_id).where(
            StaffContact.court_id == event.court_id, StaffContact.staff_id == event.handler_id
        )
    )
    if contact is None:
        return None
    case = await get_case(session, court_id=event.court_id, case_id=event.case_id)
    statement = (
        insert(Notice)
        .values(
            court_id=event.court_id,
            id=new_id(),
            kind=ARRIVAL,
            about=event.subject,
            staff_id=contact,
            body=f"{case.number} 到账 {Money(event.amount_fen).display()} 元，到账编号 {event.number}。",
            state=LIFE.initial.value,
            next_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(
            index_elements=[Notice.court_id, Notice.about, Notice.kind, Notice.staff_id],
        )
        .returning(Notice.id)
    )
    return (await session.execute(statement)).scalar_one_or_none()
