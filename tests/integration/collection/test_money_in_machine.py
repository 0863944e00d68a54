"""Arrivals, claims, undos, payments and closings in any order, in real PostgreSQL beside a model in plain Python.

After every step: each receipt says what its allocations sum to (I4), unidentified money is what no allocation covers,
a case's account holds its allocations less what payments took, and the bank owes exactly what arrived (I3).
"""

import asyncio
import itertools
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ankuan.banking.tables import FundAccount
from ankuan.collection import listeners
from ankuan.collection.bind_sub_account import CaseClosed
from ankuan.collection.claim_receipt import OverAllocated, claim_receipt
from ankuan.collection.undo_allocation import AllocationSpent, AllocationUndone, undo_allocation
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.queries import fund_account_position
from ankuan.ledger.reserve_hold import reserve_hold
from ankuan.platform.bus import EventBus
from ankuan.platform.db import Database, make_engine
from ankuan.registry.rules import CaseStatus
from ankuan.registry.set_case_status import set_case_status
from tests.fixtures.province import NOW, load_province
from tests.fixtures.receiving_court import SYSTEM, TODAY, World

T = TypeVar("T")
CASES = 3
_numbers = itertools.count(1)
picks = st.integers(0, 1_000)
fens = st.integers(1, 300)


class Driver:
    """Runs coroutines on an event loop of its own thread, so that a synchronous machine can use the real database."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@dataclass
class Part:
    """An allocation as the model keeps it."""

    id: UUID
    receipt: UUID
    case: int
    fen: int
    undone: bool = False


@dataclass
class Model:
    """What should be there."""

    receipts: dict[UUID, int] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    reserved: list[int] = field(default_factory=lambda: [0] * CASES)
    closed: list[bool] = field(default_factory=lambda: [False] * CASES)

    def allocated(self, receipt: UUID) -> int:
        return sum(p.fen for p in self.parts if p.receipt == receipt and not p.undone)

    def available(self, case: int) -> int:
        return sum(p.fen for p in self.parts if p.case == case and not p.undone) - self.reserved[case]


class MoneyInMachine(RuleBasedStateMachine):
    """One fund account of one court with three cases."""

    driver: Driver
    world: World

    @initialize()
    def open(self) -> None:
        self.model = Model()
        self.driver(self._open())

    async def _open(self) -> None:
        world = self.world
        world.fund = new_id()
        async with world.database.write(SYSTEM) as session:
            number = str(next(_numbers))
            session.add(
                FundAccount(
                    court_id=world.court,
                    id=world.fund,
                    bank_id="bank_citic",
                    account_no=number,
                    name="专户",
                    settings={},
                    active=True,
                )
            )
        self.numbers = [next(_numbers) for _ in range(CASES)]
        self.cases = [await world.case(number, prefix="民初") for number in self.numbers]

    @rule(fen=fens, pick=picks, named=st.booleans())
    def arrive(self, fen: int, pick: int, named: bool) -> None:
        case = pick % CASES
        remark = f"（2026）鲁0102民初{self.numbers[case]}号" if named else "货款"
        receipt = self.driver(self.world.arrive(fen, remark=remark))
        self.model.receipts[receipt] = fen
        if named and not self.model.closed[case]:
            self._learn(receipt, [(case, fen)])

    @precondition(lambda self: self.model.receipts)
    @rule(pick=picks, parts=st.lists(st.tuples(st.integers(0, CASES - 1), fens), min_size=1, unique_by=lambda p: p[0]))
    def claim(self, pick: int, parts: list[tuple[int, int]]) -> None:
        receipt = list(self.model.receipts)[pick % len(self.model.receipts)]
        left = self.model.receipts[receipt] - self.model.allocated(receipt)
        expected: type[AnkuanError] | None = None
        if any(self.model.closed[case] for case, _ in parts):
            expected = CaseClosed
        elif sum(fen for _, fen in parts) > left:
            expected = OverAllocated
        with _raises(expected):
            self.driver(self._claim(receipt, parts))
        if expected is None:
            self._learn(receipt, parts)

    async def _claim(self, receipt: UUID, parts: list[tuple[int, int]]) -> None:
        async with self.world.database.write(self.world.actor()) as session:
            await claim_receipt(
                session,
                court_id=self.world.court,
                receipt_id=receipt,
                allocations=[(self.cases[case], Money(fen)) for case, fen in parts],
                reason="款",
                now=NOW,
            )

    @precondition(lambda self: self.model.parts)
    @rule(pick=picks)
    def undo(self, pick: int) -> None:
        part = self.model.parts[pick % len(self.model.parts)]
        expected: type[AnkuanError] | None = None
        if part.undone:
            expected = AllocationUndone
        elif self.model.available(part.case) < part.fen:
            expected = AllocationSpent
        with _raises(expected):
            self.driver(self._undo(part.id))
        part.undone = part.undone or expected is None

    async def _undo(self, allocation: UUID) -> None:
        async with self.world.database.write(self.world.actor()) as session:
            await undo_allocation(session, court_id=self.world.court, allocation_id=allocation, reason="误", now=NOW)

    @rule(case=st.integers(0, CASES - 1), fen=fens)
    def pay(self, case: int, fen: int) -> None:
        if fen <= self.model.available(case):
            self.driver(self._reserve(case, fen))
            self.model.reserved[case] += fen

    async def _reserve(self, case: int, fen: int) -> None:
        async with self.world.database.write(SYSTEM) as session:
            await reserve_hold(
                session,
                court_id=self.world.court,
                fund_account_id=self.world.fund,
                case_id=self.cases[case],
                amount=Money(fen),
                origin_id=new_id(),
                effective_on=TODAY,
                memo="付款",
                now=NOW,
            )

    @rule(case=st.integers(0, CASES - 1))
    def close_or_reopen(self, case: int) -> None:
        self.model.closed[case] = not self.model.closed[case]
        self.driver(self._set_status(case, CaseStatus.CLOSED if self.model.closed[case] else CaseStatus.OPEN))

    async def _set_status(self, case: int, status: CaseStatus) -> None:
        async with self.world.database.write(SYSTEM) as session:
            await set_case_status(
                session, court_id=self.world.court, case_id=self.cases[case], status=status, reason="裁定", now=NOW
            )

    def _learn(self, receipt: UUID, parts: list[tuple[int, int]]) -> None:
        """Take over the ids of the allocations that should have come into being."""
        for case, fen in parts:
            known = {part.id for part in self.model.parts}
            rows = self.driver(
                self.world.rows(
                    "select id from allocation where receipt_id = :receipt and case_id = :case and amount_fen = :fen"
                    " and undone_at is null",
                    receipt=receipt,
                    case=self.cases[case],
                    fen=fen,
                )
            )
            [new] = {UUID(str(row[0])) for row in rows} - known
            self.model.parts.append(Part(new, receipt, case, fen))

    @invariant()
    def the_database_says_the_same(self) -> None:
        if hasattr(self, "cases"):
            self.driver(self._compare())

    async def _compare(self) -> None:
        world, model = self.world, self.model
        rows = await world.rows("select id, allocated_fen from receipt where fund_account_id = :fund", fund=world.fund)
        assert {row[0]: row[1] for row in rows} == {receipt: model.allocated(receipt) for receipt in model.receipts}
        for position, case in enumerate(self.cases):
            assert await world.balance("case", case) == model.available(position)
        rest = sum(fen - model.allocated(receipt) for receipt, fen in model.receipts.items())
        assert await world.balance("unidentified") == rest
        async with world.database.read(SYSTEM) as session:
            position_of_all = await fund_account_position(session, court_id=world.court, fund_account_id=world.fund)
        assert position_of_all.bank.fen == sum(model.receipts.values())
        assert position_of_all.held.fen == sum(model.reserved)


def _raises(expected: type[AnkuanError] | None) -> Any:
    """``pytest.raises`` that also expects nothing, and lets the state after a refusal be compared."""
    return pytest.raises(expected) if expected else _Nothing()


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def driver() -> Iterator[Driver]:
    made = Driver()
    yield made
    made.close()


async def _world(url: str, owner_url: str) -> World:
    province = await load_province(owner_url)
    bus = EventBus()
    listeners.listen(bus)
    database = Database(make_engine(url, pool_size=4), bus=bus)
    return World(database, province, province.court("chengban.0102"), new_id())


@pytest.mark.slow
def test_money_in(driver: Driver, database_url: str, owner_database_url: str) -> None:
    MoneyInMachine.driver = driver
    MoneyInMachine.world = driver(_world(database_url, owner_database_url))
    try:
        run_state_machine_as_test(
            MoneyInMachine,
            settings=settings(
                max_examples=25,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.explicit, Phase.generate, Phase.shrink],
            ),
        )
    finally:
        driver(MoneyInMachine.world.database.close())
