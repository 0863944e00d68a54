"""A migrated embedded PostgreSQL with fsync on, and a fund account with many cases, for the ledger's benchmarks."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from ankuan.cli.migrations import upgrade
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.open_account import AccountKey, ensure_accounts
from ankuan.ledger.post import Entry
from ankuan.platform.actor import Actor, system_actor
from ankuan.platform.db import Database, make_engine
from ankuan.platform.embedded import EmbeddedPostgres
from ankuan.platform.embedded.postgres import DATABASE, OWNER_ROLE, SUPERUSER

COURT = 1
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
MEMO = "案款到账 子账户转入"
ACTOR: Actor = system_actor("bench")


@contextmanager
def durable_server() -> Iterator[EmbeddedPostgres]:
    """A server of its own in a temporary folder; nothing of crash safety is switched off."""
    folder = Path(tempfile.mkdtemp(prefix="ankuan-bench-"))
    server = EmbeddedPostgres(folder, durable=True)
    try:
        with server:
            upgrade(server.dsn(OWNER_ROLE))
            yield server
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund account's bank account and the accounts of its cases."""

    id: UUID
    bank: int
    cases: list[int]

    def arrival(self, case: int, fen: int = 12_345) -> Entry:
        """An entry as an arrival makes it: a posting of its own."""
        return Entry(
            court_id=COURT,
            source="receipt",
            source_ref=f"{new_id()}:arrived",
            posting_id=new_id(),
            debit_account=self.bank,
            credit_account=case,
            amount=Money(fen),
            effective_on=DAY,
            kind="receipt",
            memo=MEMO,
        )


async def open_fund(database: Database, cases: int) -> Fund:
    """Open a fund account with this many cases."""
    fund = new_id()
    keys = [AccountKey(fund, AccountKind.BANK), *[AccountKey(fund, AccountKind.CASE, new_id()) for _ in range(cases)]]
    async with database.write(ACTOR) as session:
        bank, *numbers = await ensure_accounts(session, court_id=COURT, keys=keys)
    return Fund(fund, bank, numbers)


async def superuser(server: EmbeddedPostgres) -> asyncpg.Connection:
    """A connection past row-level security, under which COPY is not allowed at all."""
    return await asyncpg.connect(host=str(server.sockets), user=SUPERUSER, database=DATABASE)


def prepare(server: EmbeddedPostgres, cases: int) -> Fund:
    """Open a fund account and let the planner know the tables."""

    async def act() -> Fund:
        database = Database(make_engine(server.dsn(), pool_size=1))
        fund = await open_fund(database, cases)
        await database.close()
        connection = await superuser(server)
        await connection.execute("vacuum analyze")
        await connection.close()
        return fund

    return asyncio.run(act())
