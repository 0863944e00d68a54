"""Eight banks while the ninth hangs: the 99th percentile of the eight's calls through the plugin host (failures D22).

The hanging bank's front-end never answers, and its plugin blocks its own loop for a while in each call. Baseline: the
same calls of the same nine banks in the same host, the ninth in order. Both in turns; the banks are another process.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any

from ankuan.kernel.clock import SystemClock
from ankuan.kernel.money import Money
from ankuan.platform.plugins import GuardedBank, HostState, PluginHost
from ankuan.platform.plugins.endpoints import Endpoints
from ankuan.plugin_api.bank import (
    BankBalance,
    BankCapabilities,
    FundAccountRef,
    PluginServices,
    Setting,
    SettingKind,
)
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.wire import RawExchange
from tests.bench.framework import paired
from tests.bench.measurement import Measurement

CALLS = 400
"""Of each of the eight banks, one after another, with a short rest between."""
REST_SECONDS = 0.002
HANGING_AT_ONCE = 8
"""A bank in order is called like each of the others; at one that hangs calls pile up to the account's limit."""
BLOCKS_SECONDS = 0.05
TIMEOUT_SECONDS = 1
ROUNDS = 9
TARGET = 1.2


@dataclass
class LineBank:
    """A bank whose wire is one line each way. Implements ``BankPlugin``."""

    id: str
    hangs: bool = False
    display_name: str = "示例银行"
    bank_code_prefix: str = "999"
    capabilities: BankCapabilities = field(default_factory=BankCapabilities)
    settings: tuple[Setting, ...] = (Setting(name="port", label="端口", kind=SettingKind.HOST_PORT),)

    def validate_settings(self, settings: Any) -> None:
        """Anything goes."""

    def connect(self, account: FundAccountRef, services: PluginServices) -> Any:
        """A connector with a connection of its own."""
        return LineConnector(account.settings["port"], hangs=self.hangs)


class LineConnector:
    """Asks for balances; the rest of the contract is there and unused."""

    def __init__(self, port: str, *, hangs: bool) -> None:
        self._port = int(port.rpartition(":")[2])
        self._hangs = hangs
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """One line out, one line back."""
        if self._hangs:
            time.sleep(BLOCKS_SECONDS)  # noqa: ASYNC251 - the very mistake that the host has to bear
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        began = datetime.now(UTC)
        writer.write(b"balance 12345\n")
        await writer.drain()
        line = await reader.readline()
        exchange = RawExchange("balance", b"balance 12345\n", line, began, datetime.now(UTC))
        return BankBalance(Money(int(line.split()[1])), Money(0), (exchange,))

    async def fetch_lines(self, cursor: str | None) -> Any:
        """Unused."""

    async def pay(self, order: Any) -> Any:
        """Unused."""

    async def query(self, order: Any) -> Any:
        """Unused."""

    async def aclose(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()


async def _call(bank: GuardedBank, calls: int, latencies: list[float]) -> None:
    for _ in range(calls):
        begin = time.perf_counter()
        await bank.balance()
        latencies.append(1000 * (time.perf_counter() - begin))
        await asyncio.sleep(REST_SECONDS)
    await bank.aclose()


async def _keep_calling(bank: GuardedBank) -> None:
    """What workers and polls do to the ninth bank, whether it answers or not."""
    try:
        while True:
            with suppress(PluginError):
                await bank.balance()
            await asyncio.sleep(REST_SECONDS)
    finally:
        await bank.aclose()


async def _run(ports: list[int], *, hanging: bool) -> float:
    """Milliseconds: the 99th percentile of the eight's calls."""
    plugins = {f"bank_{n}": LineBank(f"bank_{n}") for n in range(8)}
    plugins["bank_ninth"] = LineBank("bank_ninth", hangs=hanging)
    state = HostState(endpoints=Endpoints(SystemClock(), rate=100_000.0, burst=100_000.0))
    host = PluginHost(banks=dict(plugins), state=state)

    def connect(plugin_id: str, port: int) -> GuardedBank:
        account = FundAccountRef("8112500000000000001", "x", None, {"port": f"127.0.0.1:{port}"})
        return host.connect(plugin_id, account, timeout_seconds=TIMEOUT_SECONDS)

    ninth = ports[9] if hanging else ports[8]
    callers = HANGING_AT_ONCE if hanging else 1
    others = [asyncio.create_task(_keep_calling(connect("bank_ninth", ninth))) for _ in range(callers)]
    await asyncio.sleep(0.2)
    latencies: list[float] = []
    await asyncio.gather(*(_call(connect(f"bank_{n}", ports[n]), CALLS, latencies) for n in range(8)))
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.to_thread(host.close)
    return quantiles(latencies, n=100)[98]


@contextmanager
def _banks() -> Iterator[list[int]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.answering_banks"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield [int(port) for port in process.stdout.readline().split()]
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def run() -> list[Measurement]:
    """Rounds of both in turns; the median of their ratios counts."""
    with _banks() as ports:
        return [
            paired(
                "bulkhead",
                product=lambda: asyncio.run(_run(ports, hanging=True)),
                baseline=lambda: asyncio.run(_run(ports, hanging=False)),
                rounds=ROUNDS,
                unit="ms",
                bound="<=",
                target=TARGET,
            )
        ]
