"""The ledger's hot calls go straight to the driver: a third of a single posting's time would else be wrapping."""

from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError

from ankuan.ledger.database_errors import ledger_error
from ankuan.platform.db import WriteSession


async def fetch_row(session: WriteSession, statement: str, *arguments: Any) -> tuple[Any, ...]:
    """Run a statement in the session's transaction (it has begun: the actor's scope is set first) and take its row.

    Arguments are ``$1``, ``$2`` …; sequences are arrays. Raises the ledger's errors, or ``DBAPIError`` like any other
    statement of the session, so that serialization failures are tried again at the edge.
    """
    driver = session.sync_session.connection().connection.driver_connection
    if not isinstance(driver, asyncpg.Connection) or not driver.is_in_transaction():
        raise RuntimeError("the ledger posts inside a transaction of asyncpg")
    try:
        row = await driver.fetchrow(statement, *arguments)
    except asyncpg.PostgresError as error:
        failed = DBAPIError(statement, None, _Cause(error))
        raise ledger_error(failed) or failed from error
    return tuple(row)


class _Cause(Exception):
    """Stands where the dialect puts its own wrapper: SQL state in front, the driver's error behind."""

    def __init__(self, error: asyncpg.PostgresError) -> None:
        super().__init__(str(error))
        self.sqlstate = error.sqlstate
        self.__cause__ = error
