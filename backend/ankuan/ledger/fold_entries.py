"""Fold old entries into daily sums, so that accounts without a balance row stay cheap to ask (domain §4)."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ankuan.ledger.database_errors import ledger_error
from ankuan.platform.db import WriteSession


async def fold_entries(session: WriteSession, *, court_id: int) -> int:
    """Fold what can change no more, and return the number of the last folded entry.

    The mark that one call sets is folded by a later one, once every transaction that ran at the time has ended: an
    entry that commits late is never passed over. Raises ``AccountNotFound`` for a court outside the scope.
    """
    try:
        return int((await session.execute(text("select ledger_fold_court(:court)"), {"court": court_id})).scalar_one())
    except DBAPIError as error:
        raise ledger_error(error) or error from error
