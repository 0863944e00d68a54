"""A pool of sub-accounts: a million that a bank has generated are stored, and one of ten million is bound to a case.

``pool``: seconds for a million through the job that reads the bank's pages (10,000 a page, each a transaction with its
cursor), beside COPY of the same rows into the same table with all its indexes and constraints, in turns of 250,000.

``pool_binding``: 99th percentile of binding a free sub-account to a case, from four connections at once, each binding a
transaction with its events; where the pool holds ten million, beside a pool of ten thousand on a server of its own.
The older half is used up, as it is after years. The ten million are made by the server itself, indexes last; they take
about 4 GiB of disk until the end.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

import asyncpg

from ankuan.collection.bind_sub_account import bind_sub_account
from ankuan.collection.import_pool import import_pool, request_reading
from ankuan.kernel.clock import FixedClock
from ankuan.kernel.ids import new_id, new_ids
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.embedded import EmbeddedPostgres
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from tests.bench.framework import paired
from tests.bench.ledger_server import ACTOR, COURT, NOW, durable_server, superuser
from tests.bench.measurement import Measurement
from tests.bench.pool_bank import PAGE, PoolBank, number_of

SLICE = 250_000
SLICES = 4
SMALL, LARGE = 10_000, 10_000_000
BINDERS = 4
BOUND = 400
ROUNDS = 5
_COLUMNS = ("court_id", "id", "fund_account_id", "number", "name", "status", "opened_at")

_CASES = """
insert into court_case (court_id, id, number, number_typed, number_key, type_code, year, registered_on, registered_at)
select $1::int, gen_random_uuid(), n, n, n, '执', 2026, '2026-01-05', '2026-01-05'
  from (select '（2026）测执' || $2::text || '-' || i || '号' as n from generate_series(1, $3) as i) x returning id
"""
_FREE = """
insert into sub_account (court_id, id, fund_account_id, number, name, status, opened_at)
select $1::int, ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, $2::uuid,
       '9' || lpad(i::text, 18, '0'), '案款专户子账户', case when i <= $3::int / 2 then 'closed' else 'free' end,
       timestamptz '2026-01-05' + i * interval '1 millisecond'
  from generate_series(1, $3::int) as i
"""


@dataclass
class Pool:
    """A server with a court, a fund account and its pool."""

    server: EmbeddedPostgres
    bank: PoolBank
    context: JobContext
    bare: asyncpg.Connection
    fund: UUID
    other: UUID
    copied: int = 0
    turns: int = field(default=0)

    async def imported(self) -> float:
        """Seconds for the next slice through the product."""
        self.bank.generated += SLICE
        begin = time.perf_counter()
        async with self.context.database.write(ACTOR) as session:
            request = await request_reading(session, court_id=COURT, fund_account_id=self.fund, now=NOW)
        new = 0
        while new < SLICE:
            read = await import_pool(self.context, court_id=COURT, request_id=request)
            if not read:
                raise RuntimeError(f"the import stands at {new}")
            new += read
        return time.perf_counter() - begin

    async def copy(self) -> float:
        """Seconds for as many rows through COPY, one transaction."""
        texts = [self._text(start) for start in range(self.copied, self.copied + SLICE, PAGE)]
        self.copied += SLICE

        async def source() -> AsyncIterator[bytes]:
            for text in texts:
                yield text

        begin = time.perf_counter()
        await self.bare.copy_to_table("sub_account", source=source(), columns=_COLUMNS)
        return time.perf_counter() - begin

    def _text(self, start: int) -> bytes:
        return "".join(
            f"{COURT}\t{key}\t{self.other}\t{number_of(place)}\t案款专户子账户\tfree\t{NOW}\n"
            for place, key in enumerate(new_ids(PAGE), start)
        ).encode()

    async def fill(self, size: int) -> None:
        """Sub-accounts up to this number of rows in the table, indexes and keys made afterwards."""
        stands = await self.bare.fetchval("select count(*) from sub_account")
        indexes = await self.bare.fetch(
            "select indexname as name, indexdef as made, conname from pg_indexes"
            " left join pg_constraint on conname = indexname and contype = 'u' where tablename = 'sub_account'"
            " and indexname not like 'pk_%'"
        )
        async with self.bare.transaction():
            await self.bare.execute("set local session_replication_role = replica")  # no key is checked a million times
            await self.bare.execute("set local maintenance_work_mem = '1GB'")
            for index in indexes:
                drop = "alter table sub_account drop constraint" if index["conname"] else "drop index"
                await self.bare.execute(f"{drop} {index['name']}")
            await self.bare.execute(_FREE, COURT, self.fund, size - stands, timeout=900)
            for index in indexes:
                await self.bare.execute(index["made"], timeout=900)
        await self.bare.execute("vacuum analyze sub_account", timeout=900)

    async def bound(self) -> float:
        """99th percentile of a binding, in milliseconds."""
        self.turns += 1
        cases = [row["id"] for row in await self.bare.fetch(_CASES, COURT, str(self.turns), BOUND)]
        spent: list[float] = []

        async def bind(mine: list[UUID]) -> None:
            for case in mine:
                begin = time.perf_counter()
                async with self.context.database.write(ACTOR) as session:
                    await bind_sub_account(session, court_id=COURT, case_id=case, fund_account_id=self.fund, now=NOW)
                spent.append(1000 * (time.perf_counter() - begin))

        await asyncio.gather(*(bind(cases[start::BINDERS]) for start in range(BINDERS)))
        return quantiles(spent, n=100)[98]


async def _pool(server: EmbeddedPostgres) -> Pool:
    bare = await superuser(server)
    await bare.execute(
        "insert into court (id, code, name, level, path) values ($1, 'X1', '测试法院', 'basic', '{1}')", COURT
    )
    funds = new_id(), new_id()
    for place, fund in enumerate(funds):
        await bare.execute(
            "insert into fund_account (court_id, id, bank_id, account_no, name, settings, active, has_sub_accounts)"
            " values ($1, $2, 'bank_citic', $3, '案款专户', '{}', $4, true)",
            *(COURT, fund, str(place), place == 0),
        )
    bank = PoolBank()
    context = JobContext(
        database=Database(make_engine(server.dsn(), pool_size=BINDERS)),
        clock=FixedClock(NOW),
        plugins=PluginHost(banks={bank.id: bank}),
        settings=Settings(data_dir=Path("unused")),
        cipher=FieldCipher(bytes(32)),
        actor=ACTOR,
    )
    return Pool(server, bank, context, bare, *funds)


@contextmanager
def _opened(runner: asyncio.Runner) -> Iterator[Pool]:
    with durable_server() as server:
        pool = runner.run(_pool(server))

        async def end() -> None:
            await pool.context.database.close()
            await pool.bare.close()

        try:
            yield pool
        finally:
            runner.run(end())


def _stored(runner: asyncio.Runner, pool: Pool) -> Measurement:
    turns = []
    for turn in range(SLICES):
        if turn % 2:
            base = runner.run(pool.copy())
            turns.append((runner.run(pool.imported()), base))
        else:
            value = runner.run(pool.imported())
            turns.append((value, runner.run(pool.copy())))
    million = 1_000_000 / SLICE
    return Measurement(
        "pool",
        million * median(value for value, _ in turns),
        "s/million",
        million * median(base for _, base in turns),
        "<=",
        4,
        pairs=tuple(value / base for value, base in turns),
    )


def run() -> list[Measurement]:
    """Two servers: the large pool goes on from the million that was stored."""
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        large = stack.enter_context(_opened(runner))
        stored = _stored(runner, large)
        small = stack.enter_context(_opened(runner))
        for pool, size in ((large, LARGE), (small, SMALL)):
            runner.run(pool.fill(size))
        bound = paired(
            "pool_binding",
            product=lambda: runner.run(large.bound()),
            baseline=lambda: runner.run(small.bound()),
            rounds=ROUNDS,
            unit="ms",
            bound="<=",
            target=1.3,
        )
    return [stored, bound]
