"""Entries a second through ``ledger.post`` in batches of 1,000, beside COPY of exactly the rows that it writes.

Each entry goes to another case and is a posting of its own, so a batch writes 1,000 entries, 1,000 events and 1,000
balances. The baseline copies as many rows of the same content into the same tables with all their indexes, constraints
and triggers, ready-made text, one transaction a batch, as superuser (COPY does not work under row-level security).
"""

import asyncio
import io
import time
from dataclasses import dataclass

import asyncpg

from ankuan.ledger.post import post
from ankuan.platform.db import Database, make_engine
from tests.bench.framework import paired
from tests.bench.ledger_server import ACTOR, COURT, DAY, MEMO, NOW, Fund, durable_server, open_fund, superuser
from tests.bench.measurement import Measurement

BATCH = 1000
BATCHES = 6
ROUNDS = 9
EVENT_COLUMNS = ["court_id", "kind", "subject", "payload", "actor"]


@dataclass
class Bench:
    """Both sides on one loop, each with one connection."""

    database: Database
    bare: asyncpg.Connection
    fund: Fund

    async def posted(self) -> float:
        """Entries a second through the product."""
        cases = self.fund.cases
        batches = [
            [self.fund.arrival(cases[(b * BATCH + i) % len(cases)]) for i in range(BATCH)] for b in range(BATCHES)
        ]
        begin = time.perf_counter()
        for batch in batches:
            async with self.database.write(ACTOR) as session:
                await post(session, batch, now=NOW)
        return BATCH * BATCHES / (time.perf_counter() - begin)

    async def copied(self) -> float:
        """Entries a second through COPY."""
        batches = [await self._rows() for _ in range(BATCHES)]
        begin = time.perf_counter()
        for entries, events, balances in batches:
            async with self.bare.transaction():
                await self.bare.copy_to_table("ledger_entry", source=io.BytesIO(entries))
                await self.bare.copy_to_table("event", source=io.BytesIO(events), columns=EVENT_COLUMNS)
                await self.bare.copy_to_table("ledger_balance", source=io.BytesIO(balances))
        return BATCH * BATCHES / (time.perf_counter() - begin)

    async def _rows(self) -> tuple[bytes, bytes, bytes]:
        """One batch for accounts that are open but have no balance row yet."""
        fund = self.fund
        accounts = await self.bare.fetch(
            "insert into ledger_account (court_id, fund_account_id, kind, owner_id)"
            " select $1, $2, 'case', gen_random_uuid() from generate_series(1, $3)"
            " returning id, nextval('ledger_entry_id_seq') as entry",
            COURT,
            fund.id,
            BATCH,
        )
        entries: list[list[object]] = []
        events: list[list[object]] = []
        balances: list[list[object]] = []
        for account, entry in accounts:
            made = fund.arrival(account)
            entries.append(
                [
                    *(COURT, entry, fund.id, made.posting_id, fund.bank, account, made.amount.fen, DAY, NOW, r"\N"),
                    *(made.source, made.source_ref, made.kind, MEMO),
                ]
            )
            events.append([COURT, "ledger.posted", made.posting_id, '{"entries": 1}', f"system:{ACTOR.name}"])
            balances.append([COURT, account, made.amount.fen, 0, "f"])
        return _text(entries), _text(events), _text(balances)


def _text(rows: list[list[object]]) -> bytes:
    """Rows in COPY's text format."""
    return "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()


def run() -> list[Measurement]:
    """Measure on a server of its own."""
    with durable_server() as server, asyncio.Runner() as runner:

        async def begin() -> Bench:
            database = Database(make_engine(server.dsn(), pool_size=1))
            fund = await open_fund(database, BATCH * BATCHES)
            bare = await superuser(server)
            await bare.execute("vacuum analyze")
            return Bench(database, bare, fund)

        async def end() -> None:
            await bench.bare.close()
            await bench.database.close()

        bench = runner.run(begin())
        measured = paired(
            "post_batch",
            product=lambda: runner.run(bench.posted()),
            baseline=lambda: runner.run(bench.copied()),
            rounds=ROUNDS,
            unit="entries/s",
            bound=">=",
            target=0.5,
        )
        runner.run(end())
    return [measured]
