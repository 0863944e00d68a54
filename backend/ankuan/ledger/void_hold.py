"""Void a hold: the reserved money is available to its case again."""

from datetime import date, datetime
from uuid import UUID

from ankuan.ledger.end_hold import end_hold
from ankuan.ledger.post import Posted
from ankuan.ledger.transitions import HoldEvent
from ankuan.platform.db import WriteSession


async def void_hold(
    session: WriteSession, *, court_id: int, hold_id: UUID, effective_on: date, memo: str, now: datetime
) -> Posted:
    """Move a hold's money from ``held`` back to ``case``. A repeated call answers the first entry.

    Raises ``HoldNotFound``, ``IllegalTransition`` when it was posted.
    """
    return await end_hold(
        session,
        court_id=court_id,
        hold_id=hold_id,
        event=HoldEvent.VOID,
        effective_on=effective_on,
        memo=memo,
        now=now,
    )
