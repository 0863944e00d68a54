"""What posting and voiding a hold share: take it, move its money once, and note its end."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.entry_kinds import EntryKind
from ankuan.ledger.open_account import AccountKey, ensure_accounts
from ankuan.ledger.post import Entry, Posted, post
from ankuan.ledger.tables import LedgerEntry, LedgerHold
from ankuan.ledger.transitions import HOLD_LIFE, HoldEvent, HoldState
from ankuan.platform.db import WriteSession


class HoldNotFound(AnkuanError):
    """There is no such hold within the actor's scope."""

    code = "hold_not_found"
    kind = ErrorKind.NOT_FOUND


async def end_hold(
    session: WriteSession,
    *,
    court_id: int,
    hold_id: UUID,
    event: HoldEvent,
    effective_on: date,
    memo: str,
    now: datetime,
) -> Posted:
    """End a hold by ``event``; ended the same way before, it answers the first entry and moves nothing.

    The row stays locked until the transaction ends, and both ends share one source reference in the ledger: even if
    the row lied, no hold could be posted twice or posted and voided (I5). Raises :class:`HoldNotFound`,
    ``IllegalTransition`` when it ended the other way.
    """
    hold = (
        await session.scalars(
            select(LedgerHold)
            .where(LedgerHold.court_id == court_id, LedgerHold.id == hold_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if hold is None:
        raise HoldNotFound("冻结记录不存在", "No such hold")
    source_ref = f"{hold_id}:ended"
    if hold.state == HOLD_LIFE.next(HoldState.RESERVED, event):
        return Posted(await _entry_of(session, court_id, source_ref), repeated=True)
    after = HOLD_LIFE.next(HoldState(hold.state), event)
    posted = event is HoldEvent.POST
    target = (
        AccountKey(hold.fund_account_id, AccountKind.BANK)
        if posted
        else AccountKey(hold.fund_account_id, AccountKind.CASE, hold.case_id)
    )
    keys = [AccountKey(hold.fund_account_id, AccountKind.HELD, hold.case_id), target]
    held, receiving = await ensure_accounts(session, court_id=court_id, keys=keys)
    entry = Entry(
        court_id=court_id,
        source="hold",
        source_ref=source_ref,
        posting_id=new_id(),
        debit_account=held,
        credit_account=receiving,
        amount=Money(hold.amount_fen),
        effective_on=effective_on,
        kind=EntryKind.HOLD_POSTED if posted else EntryKind.HOLD_VOIDED,
        memo=memo,
    )
    [answer] = await post(session, [entry], now=now)
    await session.execute(
        update(LedgerHold)
        .where(LedgerHold.court_id == court_id, LedgerHold.id == hold_id)
        .values(state=str(after), ended_at=now)
    )
    return answer


async def _entry_of(session: WriteSession, court_id: int, source_ref: str) -> int:
    statement = select(LedgerEntry.id).where(
        LedgerEntry.court_id == court_id, LedgerEntry.source == "hold", LedgerEntry.source_ref == source_ref
    )
    return (await session.execute(statement)).scalar_one()
