"""Bookings a second from three banks' wires to committed receipts, beside bare COPY of exactly the rows they become.

Three fund accounts of three courts are read at once, each from a front-end that answers pages of 2,000 rows (the
bank's large messages), by one process as the worker is one. Measured is all that it does: HTTP, parsing, known bookings
left out, the case found by its sub-account, receipts numbered, entries posted, events told, raw messages kept, one
commit a page. Each page begins with rows of the page before. The baseline takes the rows that such a run has written
(bookings, sightings, receipts, allocations, ledger entries, events) out of their tables and copies them in again, with
all indexes, constraints and triggers: ready-made text, one connection, one transaction a court, as superuser. What the
product only changes (balances, numbers, the cursor) is not in it.
"""

import asyncio
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

import asyncpg

from ankuan.banking.poll_fund_account import poll_fund_account
from ankuan.bootstrap import make_bus
from ankuan.kernel.clock import FixedClock
from ankuan.kernel.ids import new_id
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.embedded import EmbeddedPostgres
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import load_plugins
from ankuan.platform.settings import Settings
from tests.bench.framework import paired
from tests.bench.ledger_server import ACTOR, DAY, NOW, durable_server, superuser
from tests.bench.measurement import Measurement
from tests.bench.telling_bank import TellingBank, answer, credit_row, telling_bank

COURTS = (101, 102, 103)
CASES = 3_000
PAGE = 1_980
PAGES = 2
RETOLD = 20
"""Rows of the page before with which a page begins."""
ROUNDS = 7
TARGET = 0.2
TABLES = {
    "bank_line": "id",
    "bank_line_sighting": "line_id",
    "receipt": "id",
    "ledger_entry": "id",
    "allocation": "id",
    "event": "id",
}
"""Tables that a booking becomes rows of, in the order of their references, and the column that grows."""
NUMBERED = frozenset({"ledger_entry", "event"})

_COURT = "insert into court (id, code, name, level, path) values ($1, $2, '测试法院', 'basic', array[$1::int])"
_CASES = """
with made as (
  insert into court_case (court_id, id, number, number_typed, number_key, type_code, year, registered_on, registered_at)
  select $1::int, gen_random_uuid(), n, n, n, '执', 2026, '2026-01-05', '2026-01-05'
    from (select '（2026）测' || $1::int || '执' || i || '号' as n from generate_series(1, $3) as i) x
  returning id
), numbered as (select id, row_number() over () as i from made)
insert into sub_account (court_id, id, fund_account_id, number, name, status, case_id, opened_at, bound_at)
select $1::int, gen_random_uuid(), $2, $4 || lpad(i::text, 7, '0'), '案款', 'bound', id, '2026-01-05', '2026-01-05'
  from numbered
"""


@dataclass
class Account:
    """A fund account at its bank; ``prefix`` begins its sub-accounts' numbers."""

    court: int
    id: UUID
    number: str
    prefix: str
    serials: Iterator[int] = field(default_factory=lambda: count(1))

    def pages(self) -> list[bytes]:
        """New pages of the bank, and behind them one that is not full."""
        told: list[str] = []
        made = []
        for _ in range(PAGES):
            told = told[-RETOLD:] + [self._row(next(self.serials)) for _ in range(PAGE)]
            made.append(answer(told))
        return made

    def _row(self, serial: int) -> str:
        place = serial * 7919 % CASES + 1
        return credit_row(
            serial,
            day=DAY.strftime("%Y%m%d"),
            sub_account=f"{self.prefix}{place:07d}",
            payer=serial % 100_000,
            fen=100 + serial % 1_000_000,
        )


@dataclass
class Bench:
    """Both sides on one loop."""

    context: JobContext
    bank: TellingBank
    accounts: list[Account]
    bare: asyncpg.Connection

    async def arrived(self) -> float:
        """Bookings a second through the product."""
        for account in self.accounts:
            self.bank.pages[account.number].extend(account.pages())
        begin = time.perf_counter()
        new = await asyncio.gather(*(self._poll(account) for account in self.accounts))
        spent = time.perf_counter() - begin
        if new != [PAGE * PAGES] * len(self.accounts):
            raise RuntimeError(f"recorded {new}")
        return sum(new) / spent

    async def _poll(self, account: Account) -> int:
        return await poll_fund_account(self.context, court_id=account.court, fund_account_id=account.id)

    async def copied(self) -> float:
        """Bookings a second through COPY: of a run of the product, taken out and copied in again."""
        marks = await self._marks()
        await self.arrived()
        texts = {account.court: await self._taken(account.court, marks) for account in self.accounts}
        await self._delete(marks)
        begin = time.perf_counter()
        for rows in texts.values():
            async with self.bare.transaction():
                for table, text in rows.items():
                    await self.bare.copy_to_table(table, source=io.BytesIO(text))
        return PAGE * PAGES * len(texts) / (time.perf_counter() - begin)

    async def _marks(self) -> dict[str, object]:
        """What comes after these is new. Keys of bookings and receipts grow with time, like those of entries."""
        newest = {key: await self.bare.fetchval(f"select coalesce(max(id), 0) from {key}") for key in NUMBERED}
        return dict.fromkeys(TABLES, new_id()) | newest

    async def _taken(self, court: int, marks: dict[str, object]) -> dict[str, bytes]:
        """Table to the text of one court's new rows, in the order in which they may be copied in."""
        found: dict[str, bytes] = {}
        for table, column in TABLES.items():
            out = io.BytesIO()
            query = f"select * from {table} where court_id = $1 and {column} > $2"
            await self.bare.copy_from_query(query, court, marks[table], output=out)
            found[table] = out.getvalue()
        return found

    async def _delete(self, marks: dict[str, object]) -> None:
        """Without triggers, since nothing of this may ever be deleted; then vacuumed, so that nothing of it is left."""
        async with self.bare.transaction():
            await self.bare.execute("set local session_replication_role = replica")
            for table, column in TABLES.items():
                await self.bare.execute(f"delete from {table} where {column} > $1", marks[table])
        for table in TABLES:
            await self.bare.execute(f"vacuum {table}")

    async def check(self) -> None:
        """Every booking has become a receipt of its case, or the figures say nothing."""
        counted = await self.bare.fetchrow(
            "select (select count(*) from bank_line where fund_account_id = any($1)),"
            " (select count(*) from receipt where match_rule = 'sub_account' and status = 'allocated'),"
            " (select sum(amount_fen) from bank_line where fund_account_id = any($1)),"
            " (select sum(balance_fen) from ledger_balance)",
            [account.id for account in self.accounts],
        )
        lines, receipts, told, stands = counted
        if not lines or lines != receipts or told != stands:
            raise RuntimeError(f"not all has arrived: {tuple(counted)}")


async def _account(bare: asyncpg.Connection, court: int, endpoint: str) -> Account:
    account = Account(court, new_id(), f"8112501{court:012d}", f"81125{court:07d}")
    await bare.execute(_COURT, court, f"X{court}")
    await bare.execute(
        "insert into fund_account (court_id, id, bank_id, account_no, name, settings) values"
        " ($1, $2, 'bank_citic', $3, '案款专户', jsonb_build_object('endpoint', $4::text, 'user_name', 'bench'))",
        *(court, account.id, account.number, endpoint),
    )
    await bare.execute(_CASES, court, account.id, CASES, account.prefix)
    return account


async def _prepare(server: EmbeddedPostgres, bank: TellingBank, endpoint: str) -> Bench:
    bare = await superuser(server)
    accounts = [await _account(bare, court, endpoint) for court in COURTS]
    await bare.execute("vacuum analyze")
    database = Database(make_engine(server.dsn(), pool_size=6), bus=make_bus())
    context = JobContext(
        database=database,
        clock=FixedClock(NOW),
        plugins=load_plugins(),
        settings=Settings(data_dir=Path("unused")),
        cipher=FieldCipher(bytes(32)),
        actor=ACTOR,
    )
    bench = Bench(context, bank, accounts, bare)
    await bench.arrived()
    await bare.execute("vacuum analyze")  # the planner knows tables that are in use
    return bench


@contextmanager
def _bench(runner: asyncio.Runner) -> Iterator[Bench]:
    with durable_server() as server, telling_bank() as (bank, endpoint):
        bench = runner.run(_prepare(server, bank, endpoint))

        async def end() -> None:
            await bench.context.database.close()
            await bench.bare.close()

        try:
            yield bench
        finally:
            runner.run(end())


def run() -> list[Measurement]:
    """Measure on a server of its own."""
    with asyncio.Runner() as runner, _bench(runner) as bench:
        measured = paired(
            "arrival_pipeline",
            product=lambda: runner.run(bench.arrived()),
            baseline=lambda: runner.run(bench.copied()),
            rounds=ROUNDS,
            unit="lines/s",
            bound=">=",
            target=TARGET,
        )
        runner.run(bench.check())
    return [measured]
