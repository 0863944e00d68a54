"""From the commit of a receipt to the frame at each of 200 subscribers of the running product; the 99th percentile.

Baseline: the commit of one bare row, a Redis publish, and a frame to each of 200 sockets of a server that does nothing
else. Both are measured by the same clients, in alternating rounds, while the other side is silent.
"""

import asyncio
import contextlib
import json
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import select, text
from websockets.asyncio.client import ClientConnection, connect

from ankuan.banking.record_lines import record_lines
from ankuan.banking.tables import FundAccount
from ankuan.bootstrap import make_bus
from ankuan.kernel.clock import business_date
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.actor import system_actor
from ankuan.platform.bell import RedisBell
from ankuan.platform.db import Database, make_engine
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from tests.bench.bare_socket import CHANNEL
from tests.bench.measurement import Measurement
from tests.fixtures.installation import Installation, installation

SUBSCRIBERS = 200
ROUNDS = 7
EVENTS = 12
WARM_UP = 3
TARGET = 3.0
ACTOR = system_actor("bench")
DOCUMENT = """subscription { receiptArrived { cursor kind receipt {
  id number amount status payerName payerAccountMasked bookedOn arrivedAt matchTitle remark } } }"""

Send = Callable[[], Awaitable[float]]


class Crowd:
    """Sockets that note when each frame reached them."""

    def __init__(self, sockets: list[ClientConnection]) -> None:
        self._sockets = sockets

    async def latencies(self, send: Send, events: int) -> list[float]:
        """Milliseconds from each commit to each socket's frame."""
        found: list[float] = []
        for _ in range(events):
            waiting = [asyncio.create_task(self._frame(one)) for one in self._sockets]
            await asyncio.sleep(0.02)
            begin = await send()
            arrived = await asyncio.wait_for(asyncio.gather(*waiting), 30)
            found += [(at - begin) * 1000 for at in arrived]
        return found

    @staticmethod
    async def _frame(one: ClientConnection) -> float:
        while True:
            message = await one.recv()
            at = time.perf_counter()
            if '"next"' in message[:200] if isinstance(message, str) else False:
                return at


@contextlib.asynccontextmanager
async def _subscribers(running: Installation) -> AsyncIterator[Crowd]:
    headers = {"Authorization": f"Bearer {running.sign_ins['caiwu.0102']['token']}"}
    url = running.address.replace("http", "ws", 1) + "/graphql"
    sockets = []
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(SUBSCRIBERS):
            one = await stack.enter_async_context(
                connect(url, additional_headers=headers, subprotocols=["graphql-transport-ws"])  # type: ignore[list-item]
            )
            await one.send(json.dumps({"type": "connection_init"}))
            await one.recv()
            await one.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": DOCUMENT}}))
            sockets.append(one)
        yield Crowd(sockets)


@contextlib.asynccontextmanager
async def _bare(redis_url: str) -> AsyncIterator[Crowd]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bare_socket", redis_url, str(port)
    )
    try:
        await _listens(port)
        async with contextlib.AsyncExitStack() as stack:
            url = f"ws://127.0.0.1:{port}/"
            yield Crowd([await stack.enter_async_context(connect(url)) for _ in range(SUBSCRIBERS)])
    finally:
        process.terminate()
        await process.wait()


async def _listens(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


async def _measure(running: Installation) -> tuple[float, float]:
    redis_url = running.environment["ANKUAN_REDIS_URL"]
    redis = Redis.from_url(redis_url)
    url = running.environment["ANKUAN_DATABASE_URL"]
    database = Database(make_engine(url), bus=make_bus(), bell=RedisBell(redis))
    async with database.read(ACTOR) as session:
        account: Any = (await session.scalars(select(FundAccount).order_by(FundAccount.account_no.desc()))).first()
    product, bare = [], []

    async def arrive() -> float:
        now = datetime.now(UTC)
        line = BankLine(
            bank_key=f"bench:{new_id()}",
            direction=LineDirection.CREDIT,
            kind=LineKind.EXTERNAL,
            amount=Money(12_345),
            booked_on=business_date(now),
            booked_at=now,
            sub_account_no=None,
            counter_name="被执行人乙",
            counter_account="6217000010001234569",
            counter_bank="中国建设银行",
            remark=f"案款 {new_id()}",
        )
        async with database.write(ACTOR) as session:
            await record_lines(
                session, court_id=account.court_id, fund_account_id=account.id, lines=[line], source="poll", now=now
            )
            return time.perf_counter()  # read before the block commits

    async def publish() -> float:
        async with database.engine.connect() as connection:
            await connection.execute(text("select set_config('ankuan.courts', '*', true)"))
            await connection.execute(
                text(
                    "insert into counter values (0, 'bench', 0, 1)"
                    " on conflict (court_id, name, year) do update set value = counter.value + 1"
                )
            )
            begin = time.perf_counter()
            await connection.commit()
        await redis.publish(CHANNEL, b"1")
        return begin

    async with _subscribers(running) as ours, _bare(redis_url) as theirs:
        await asyncio.sleep(1)
        await ours.latencies(arrive, WARM_UP)
        await theirs.latencies(publish, WARM_UP)
        for _ in range(ROUNDS):
            product.append(quantiles(await ours.latencies(arrive, EVENTS), n=100)[98])
            bare.append(quantiles(await theirs.latencies(publish, EVENTS), n=100)[98])
    await database.close()
    await redis.aclose()
    return median(product), median(bare)


def run() -> list[Measurement]:
    """One installation, alternating rounds; the median of the rounds' 99th percentiles."""
    with installation() as running:
        product, bare = asyncio.run(_measure(running))
    return [Measurement("arrival_to_screen", product, "ms", bare, "<=", TARGET)]
