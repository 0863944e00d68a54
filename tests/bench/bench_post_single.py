"""One-entry use cases a second from 8 connections, beside pgbench running the same statements.

Both sides use two processors' worth of clients: two processes with four connections each, as an API in two workers
has, and ``pgbench -c 8 -j 2`` with prepared statements. A transaction is: begin, set the actor and its scope, post one
entry, commit. Server and clients share the machine, so the client's own cost counts fully.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from ankuan.platform.embedded import EmbeddedPostgres, programs
from ankuan.platform.embedded.postgres import APP_ROLE, DATABASE
from tests.bench.framework import paired
from tests.bench.ledger_server import COURT, MEMO, Fund, durable_server, prepare
from tests.bench.measurement import Measurement

CASES = 2000
PROCESSES = 2
CONNECTIONS = 8
SECONDS = 3
ROUNDS = 5

# pgbench takes a colon in front of a word for a variable, hence the actor's name without one.
_SCRIPT = """\
\\set case random({first}, {last})
\\set ref random(1, 9000000000000000000)
begin;
select set_config('ankuan.courts', '*', true), set_config('ankuan.actor', 'system-bench', true), \
set_config('transaction_read_only', 'off', true);
select ids, repeated from ledger_post(array[{court}], array['receipt'], array['pgbench-' || :ref || '-arrived'], \
array[gen_random_uuid()], array[{bank}::bigint], array[:case::bigint], array[12345::bigint], \
array['2026-11-20'::date], array['receipt'], array['{memo}'], array[null::bigint], now());
commit;
"""


@contextmanager
def client(url: str, fund: Fund) -> Iterator[subprocess.Popen[str]]:
    """A process of the product that waits to be told how long to work."""
    given = {"url": url, "fund": str(fund.id), "bank": fund.bank, "cases": fund.cases}
    given["connections"] = CONNECTIONS // PROCESSES
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.post_single_client", json.dumps(given)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if _pipe(process.stdout).readline().strip() != "ready":
            raise RuntimeError("a client of the benchmark did not start")
        yield process
    finally:
        _pipe(process.stdin).close()
        process.wait(30)
        _pipe(process.stdout).close()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the process was started without pipes")
    return pipe


def posted_by(clients: list[subprocess.Popen[str]]) -> float:
    """Entries a second through the product."""
    for process in clients:
        print(SECONDS, file=process.stdin, flush=True)
    return sum(int(_pipe(process.stdout).readline()) for process in clients) / SECONDS


def pgbench(server: EmbeddedPostgres, script: Path) -> Callable[[], float]:
    """Transactions a second by pgbench."""
    program = programs.postgres_programs(server.account) / "pgbench"
    options = ["-n", "-c", str(CONNECTIONS), "-j", str(PROCESSES), "-M", "prepared", "-T", str(SECONDS)]
    where = ["-h", str(server.sockets), "-U", APP_ROLE, "-f", str(script), DATABASE]

    def run() -> float:
        done = subprocess.run([str(program), *options, *where], check=True, capture_output=True, text=True)
        [told] = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
        return float(told.split()[2])

    return run


def run() -> list[Measurement]:
    """Measure on a server of its own."""
    with durable_server() as server, tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        fund = prepare(server, CASES)
        script = Path(folder) / "post_single.sql"
        span = {"first": min(fund.cases), "last": max(fund.cases)}
        script.write_text(_SCRIPT.format(**span, court=COURT, bank=fund.bank, memo=MEMO), encoding="utf-8")
        clients = [running.enter_context(client(server.dsn(), fund)) for _ in range(PROCESSES)]
        return [
            paired(
                "post_single",
                product=lambda: posted_by(clients),
                baseline=pgbench(server, script),
                rounds=ROUNDS,
                unit="entries/s",
                bound=">=",
                target=0.4,
            )
        ]
