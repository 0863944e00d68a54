"""One line of waiting for everything that moves unidentified money of a fund account."""

from uuid import UUID

from sqlalchemy import text

from ankuan.platform.db import WriteSession

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def lock_unidentified(session: WriteSession, *, court_id: int, fund_account_id: UUID) -> None:
    """Wait for, then keep to the end of the transaction, the right to post to or from unidentified money.

    An imported statement posts several parts in one transaction, each in the ledger's order, while a claim locks
    balances in that order once: without this lock the two could wait for each other in a circle. All of them need the
    balance row of unidentified money anyway, so nobody waits longer. Order of locks: receipt, then cases by id, then
    this one, then allocations, then the ledger's own.
    """
    await session.execute(_LOCK, {"name": f"unidentified:{court_id}:{fund_account_id}"})
