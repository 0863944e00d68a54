"""Undo an entry by a linked entry the other way round; what stands is never changed."""

from datetime import date, datetime

from sqlalchemy import select

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.entry_kinds import EntryKind
from ankuan.ledger.post import Entry, Posted, post
from ankuan.ledger.tables import LedgerEntry
from ankuan.platform.db import ReadSession, WriteSession


class EntryNotFound(AnkuanError):
    """There is no such entry within the actor's scope."""

    code = "entry_not_found"
    kind = ErrorKind.NOT_FOUND


async def reverse_entry(
    session: WriteSession,
    *,
    court_id: int,
    entry_id: int,
    effective_on: date,
    memo: str,
    now: datetime,
    kind: str = EntryKind.REVERSAL,
) -> Posted:
    """Reverse an entry once; a repeated call with the same date, kind and memo answers the first reversal.

    Raises :class:`EntryNotFound`, ``PostingConflict`` when it was reversed with other content, ``AlreadyReversed``
    when an entry of another source reversed it, ``NotAMirror`` for the reversal of a reversal, and
    ``InsufficientBalance`` when the money is not there any more.
    """
    entry = await session.get(LedgerEntry, (court_id, entry_id))
    if entry is None:
        raise EntryNotFound("分录不存在", "No such entry")
    mirror = Entry(
        court_id=court_id,
        source="reversal",
        source_ref=str(entry_id),
        posting_id=new_id(),
        debit_account=entry.credit_account,
        credit_account=entry.debit_account,
        amount=Money(entry.amount_fen),
        effective_on=effective_on,
        kind=kind,
        memo=memo,
        reverses_id=entry_id,
    )
    [answer] = await post(session, [mirror], now=now)
    return answer


async def entry_by_source(session: ReadSession, *, court_id: int, source: str, source_ref: str) -> int:
    """Number of the entry that stands for a source reference. Raises :class:`EntryNotFound`."""
    found = await session.scalar(
        select(LedgerEntry.id).where(
            LedgerEntry.court_id == court_id, LedgerEntry.source == source, LedgerEntry.source_ref == source_ref
        )
    )
    if found is None:
        raise EntryNotFound("分录不存在", "No such entry")
    return found
