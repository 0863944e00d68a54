"""Benches: a new fund account at the simulator, or the given one at a real endpoint, with a connector to it."""
# ruff: noqa: S101 - a test kit consists of assertions

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from ankuan.kernel.clock import Clock, SystemClock
from ankuan.plugin_api.bank import (
    BankConnector,
    FundAccountRef,
    ListsSubAccounts,
    OpenedSubAccount,
    OpensSubAccounts,
    PluginServices,
)
from ankuan.plugin_api.testing.attached import Simulator
from ankuan.plugin_api.testing.bench import USUAL_PATIENCE, Bench
from ankuan.plugin_api.testing.journal import Journal
from ankuan.plugin_api.testing.subject import Subject, installed_signers

COURT: Final = "示例人民法院案款专户"
CASE: Final = "(2026)鲁0102执1号"
POOL: Final = 3
SYSTEM_CLOCK: Final = SystemClock()
Standing = Sequence[Mapping[str, Any]]


def services(timeout_seconds: float, keys: Path | None, clock: Clock) -> PluginServices:
    """What the host lends: a time limit, a clock and all installed signers."""
    return PluginServices(timeout_seconds=timeout_seconds, clock=clock, signers=installed_signers(keys))


@asynccontextmanager
async def simulated(
    subject: Subject,
    simulator: Simulator | None,
    *,
    malformed: int = 1000,
    standing: Standing = (),
    clear: bool = True,
    clock: Clock = SYSTEM_CLOCK,
) -> AsyncIterator[Bench]:
    """A fund account of its own, and a bank that behaves. ``standing``: faults it commits all the time nevertheless.

    ``clear`` False leaves its faults as they are. Without a simulator (a bank that has no wire): an account that
    nobody reaches.
    """
    if simulator is None:
        settings = {setting.name: setting.default for setting in subject.plugin.settings if setting.default}
        nowhere = FundAccountRef("6220260000000001", COURT, None, settings)
        async with _bench(subject, None, nowhere, number=1, keys=None, clock=clock) as bench:
            yield bench
        return
    if clear:
        simulator.admin("DELETE", "/faults")
    if standing:
        simulator.admin("PUT", "/switches", {"*": list(standing)})
    opened = simulator.admin("POST", "/accounts", {"name": COURT})
    declared = subject.plugin.capabilities
    adjustment = opened["adjustment"] if declared.adjustments else None
    account = FundAccountRef(opened["number"], COURT, adjustment, opened["settings"])
    number = len(simulator.admin("GET", "/health")["mains"])
    async with _bench(subject, simulator, account, number=number, keys=simulator.keys, clock=clock) as bench:
        bench.adjustment_no = opened["adjustment"]
        bench.books = Journal(simulator.data / "bank.jsonl")
        bench.malformed = malformed
        if declared.opens_sub_accounts:
            sub = await open_one(bench)
            bench.sub, bench.sub_name = sub.number, sub.name
        yield bench


@asynccontextmanager
async def live(subject: Subject, account: FundAccountRef, keys: Path | None) -> AsyncIterator[Bench]:
    """The given account at a real endpoint. Only checks marked live may be run with it."""
    async with _bench(subject, None, account, number=0, keys=keys, clock=SYSTEM_CLOCK) as bench:
        yield bench


@asynccontextmanager
async def _bench(
    subject: Subject,
    simulator: Simulator | None,
    account: FundAccountRef,
    *,
    number: int,
    keys: Path | None,
    clock: Clock,
) -> AsyncIterator[Bench]:
    made: list[BankConnector] = []

    def connect(timeout_seconds: float, to: FundAccountRef, clock: Clock) -> BankConnector:
        made.append(subject.plugin.connect(to, services(timeout_seconds, keys, clock)))
        return made[-1]

    connector = connect(USUAL_PATIENCE, account, clock)
    bench = Bench(subject, simulator, account, connector, connect, number=number, clock=clock)
    try:
        yield bench
    finally:
        for connector in made:
            async with asyncio.timeout(USUAL_PATIENCE):
                await connector.aclose()


async def open_one(bench: Bench, name: str = CASE) -> OpenedSubAccount:
    """One more sub-account: opened by message, or generated in bulk at the bank and read from its list."""
    if isinstance(bench.connector, OpensSubAccounts) and bench.plugin.capabilities.sub_accounts_online:
        (opened,) = (await bench.connector.open_sub_accounts((name,))).opened
        return opened
    known = {account.number for account in await listed(bench)}
    bench.simulator.admin("POST", "/accounts/bulk", {"main": bench.main, "count": POOL, "name": "案款子账户"})
    return next(account for account in await listed(bench) if account.number not in known)


async def listed(bench: Bench, pages: int = 100) -> list[OpenedSubAccount]:
    """All sub-accounts that the bank lists."""
    assert isinstance(bench.connector, ListsSubAccounts)
    found: list[OpenedSubAccount] = []
    cursor: str | None = None
    for _ in range(pages):
        page = await bench.connector.list_sub_accounts(cursor)
        found += page.accounts
        cursor = page.cursor
        if not page.more:
            return found
    raise AssertionError("the list of sub-accounts never ends")
