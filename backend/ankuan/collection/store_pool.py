"""Put sub-accounts into the pool, by COPY: a bank that generates them has a million at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import text

from ankuan.kernel.ids import new_ids
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import OpenedSubAccount

# COPY does not work where row-level security does, so it goes to a table of the connection's own, empty again at each
# commit. From there the rows go where they belong, past the court's wall like any others.
_PAGE = "sub_account_page"
_MAKE = text(f"create temporary table if not exists {_PAGE} (id uuid, number text, name text) on commit delete rows")
_STORE = text(
    f"""
    with stored as (
      insert into sub_account (court_id, id, fund_account_id, number, name, status, opened_at)
      select :court_id, p.id, :fund_account_id, p.number, p.name, 'free', :now from {_PAGE} p
          on conflict (court_id, fund_account_id, number) do nothing
      returning 1
    ) select count(*) from stored
    """  # noqa: S608 - the table's name is the constant above
)
_EMPTY = text(f"truncate {_PAGE}")


async def store_pool(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    accounts: Sequence[OpenedSubAccount],
    now: datetime,
) -> int:
    """Store free sub-accounts in the order given; a number known already is left alone. Returns how many were new."""
    if not accounts:
        return 0
    await session.execute(_MAKE)
    rows = [(key, one.number, one.name) for key, one in zip(new_ids(len(accounts)), accounts, strict=True)]
    await _driver(session).copy_records_to_table(_PAGE, records=rows, columns=("id", "number", "name"))
    values = {"court_id": court_id, "fund_account_id": fund_account_id, "now": now}
    new = (await session.execute(_STORE, values)).scalar_one()
    await session.execute(_EMPTY)  # a transaction may store twice
    return int(new)


def _driver(session: WriteSession) -> asyncpg.Connection:
    """The connection in whose transaction the session is."""
    driver = session.sync_session.connection().connection.driver_connection
    if not isinstance(driver, asyncpg.Connection) or not driver.is_in_transaction():
        raise RuntimeError("COPY runs inside a transaction of asyncpg")
    return driver
