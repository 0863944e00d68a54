"""One process of the single-entry benchmark: some connections that each post one entry a transaction, again and again.

Runs on the same event loop as the product's processes. Says ``ready``, waits for a line, works for the seconds it was
given, and says how many entries it has posted.
"""

import asyncio
import json
import random
import sys
import time
from uuid import UUID

from ankuan.ledger.post import post
from ankuan.platform.db import Database, make_engine
from ankuan.platform.service_loop import run_service, settle_memory
from tests.bench.ledger_server import ACTOR, NOW, Fund


async def work(url: str, fund: Fund, connections: int) -> None:
    """Serve rounds until the input ends."""
    database = Database(make_engine(url, pool_size=connections))

    async def client(until: float) -> int:
        done = 0
        while time.perf_counter() < until:
            entry = fund.arrival(random.choice(fund.cases))
            async with database.write(ACTOR) as session:
                await post(session, [entry], now=NOW)
            done += 1
        return done

    settle_memory()
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        until = time.perf_counter() + float(line)
        counts = await asyncio.gather(*[client(until) for _ in range(connections)])
        print(sum(counts), flush=True)
    await database.close()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    run_service(work(given["url"], Fund(UUID(given["fund"]), given["bank"], given["cases"]), given["connections"]))
