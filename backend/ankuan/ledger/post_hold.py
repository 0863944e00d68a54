"""Post a hold: the reserved money has left the fund account."""

from datetime import date, datetime
from uuid import UUID

from ankuan.ledger.end_hold import end_hold
from ankuan.ledger.post import Posted
from ankuan.ledger.transitions import HoldEvent
from ankuan.platform.db import WriteSession


async def post_hold(
    session: WriteSession, *, court_id: int, hold_id: UUID, effective_on: date, memo: str, now: datetime
) -> Posted:
    """Move a hold's money from ``held`` out of ``bank``; ``effective_on`` is the bank's booking date.

    Once only (I5): a repeated call answers the first entry. Raises ``HoldNotFound``, ``IllegalTransition`` when it
    was voided.
    """
    return await end_hold(
        session,
        court_id=court_id,
        hold_id=hold_id,
        event=HoldEvent.POST,
        effective_on=effective_on,
        memo=memo,
        now=now,
    )
