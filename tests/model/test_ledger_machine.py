"""A random life of a ledger in real PostgreSQL beside a model in plain Python: after every step both say the same."""

import asyncio
import itertools
import threading
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.exc import DBAPIError

from ankuan.control.runtime_checks import CHECKS, find_damage
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.fold_entries import fold_entries
from ankuan.ledger.post import Entry, Posted
from ankuan.ledger.post_hold import post_hold
from ankuan.ledger.queries import case_position, fund_account_position
from ankuan.ledger.reserve_hold import reserve_hold
from ankuan.ledger.reverse_entry import reverse_entry
from ankuan.ledger.void_hold import void_hold
from ankuan.platform.db import Database, make_engine
from tests.fixtures.book import DAY, NOW, Book, clerk_of, open_raw
from tests.model.ledger_model import LedgerModel, ModelEntry, ModelHold

T = TypeVar("T")
CASES = 3
courts = itertools.count(1)  # each life has a court of its own, so that none inherits what another left
# Posted holds stand here without a bank, so the check against the bank's instructions has nothing to say.
OWN_CHECKS = tuple(check for check in CHECKS if check.name != "payment_moved_twice")

fens = st.integers(1, 500)
days = st.integers(-3, 3)
picks = st.integers(0, 10_000)
moves = st.lists(st.tuples(picks, picks, fens, days), min_size=1, max_size=6)


class Driver:
    """Runs coroutines on an event loop of its own thread, so that a synchronous machine can use the real database."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.database = self(self._open(url))

    async def _open(self, url: str) -> Database:
        return Database(make_engine(url, pool_size=6))

    def __call__(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def at_once(self, calls: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
        """Answers and business refusals of calls made at the same moment; another exception is raised."""

        async def gather() -> list[Any]:
            return await asyncio.gather(*calls, return_exceptions=True)

        answers = self(gather())
        for answer in answers:
            if isinstance(answer, Exception) and not isinstance(answer, AnkuanError):
                raise answer
        return answers

    def close(self) -> None:
        self(self.database.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def driver(database_url: str) -> Iterator[Driver]:
    made = Driver(database_url)
    yield made
    made.close()


class LedgerMachine(RuleBasedStateMachine):
    """One fund account with a bank, unidentified money, suspense, and three cases."""

    driver: Driver

    @initialize()
    def open(self) -> None:
        self.court = next(courts)
        self.book = Book(self.driver.database, court_id=self.court, actor=clerk_of(self.court))
        self.now = NOW
        self.case_ids = [uuid4() for _ in range(CASES)]
        self.bank = self.driver(self.book.account(AccountKind.BANK))
        self.unidentified = self.driver(self.book.account(AccountKind.UNIDENTIFIED))
        self.suspense = self.driver(self.book.account(AccountKind.SUSPENSE))
        self.cases = [self.driver(self.book.account(AccountKind.CASE, c)) for c in self.case_ids]
        self.held = [self.driver(self.book.account(AccountKind.HELD, c)) for c in self.case_ids]
        self.plain = [self.bank, self.unidentified, self.suspense, *self.cases]
        self.model = LedgerModel(self.bank, frozenset([self.unidentified, *self.cases, *self.held]))
        self.sent: dict[str, Entry] = {}
        funding = [self.book.entry(self.bank, account, 3000) for account in (*self.cases, self.unidentified)]
        self.remember(funding, self.driver(self.book.post(funding, now=self.now)))

    # ------------------------------------------------------------ what is posted

    def entries_of(self, wanted: list[tuple[int, int, int, int]]) -> list[Entry]:
        made = []
        for debit, credit, fen, day in wanted:
            one = self.plain[debit % len(self.plain)]
            others = [account for account in self.plain if account != one]
            made.append(self.book.entry(one, others[credit % len(others)], fen, on=DAY + timedelta(days=day)))
        return made

    def attempt(self, work: Coroutine[Any, Any, T]) -> T | str:
        """The answer, or the code of the refusal."""
        try:
            return self.driver(work)
        except AnkuanError as error:
            return error.code

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def remember(self, entries: list[Entry], posted: tuple[Posted, ...]) -> None:
        for entry, answer in zip(entries, posted, strict=True):
            standing = next((e for e in self.model.entries if e.ref == entry.source_ref), None)
            if standing is None:
                self.sent[entry.source_ref] = entry
                self.model.entries.append(
                    ModelEntry(
                        answer.id,
                        entry.debit_account,
                        entry.credit_account,
                        entry.amount.fen,
                        entry.effective_on,
                        self.now,
                        entry.source_ref,
                    )
                )
            else:
                assert answer == Posted(standing.id, repeated=True)

    @rule(wanted=moves)
    def post_some(self, wanted: list[tuple[int, int, int, int]]) -> None:
        entries = self.entries_of(wanted)
        short = self.model.short([(e.debit_account, e.credit_account, e.amount.fen) for e in entries])
        answer = self.attempt(self.book.post(entries, now=self.tick()))
        if short:
            assert answer == "insufficient_balance"
        else:
            assert isinstance(answer, tuple)
            assert not any(p.repeated for p in answer)
            self.remember(entries, answer)

    @rule(case=st.integers(0, CASES - 1), fen=st.integers(1, 2000))
    def receive(self, case: int, fen: int) -> None:
        entries = [self.book.entry(self.bank, self.cases[case], fen)]
        answer = self.attempt(self.book.post(entries, now=self.tick()))
        assert isinstance(answer, tuple)
        self.remember(entries, answer)

    @precondition(lambda self: self.sent)
    @rule(picked=st.lists(picks, min_size=1, max_size=4), wanted=moves, callers=st.integers(2, 5))
    def replay_at_once(self, picked: list[int], wanted: list[tuple[int, int, int, int]], callers: int) -> None:
        """Several callers send the same old and new entries at the same moment."""
        refs = list(self.sent)
        entries = [*{ref: self.sent[ref] for ref in (refs[p % len(refs)] for p in picked)}.values()]
        new = self.entries_of(wanted)
        short = self.model.short([(e.debit_account, e.credit_account, e.amount.fen) for e in new])
        self.tick()
        answers = self.driver.at_once([self.book.post([*entries, *new], now=self.now) for _ in range(callers)])
        if short:
            assert {getattr(a, "code", a) for a in answers} == {"insufficient_balance"}
            return
        assert all(isinstance(answer, tuple) for answer in answers)
        assert len({tuple(p.id for p in answer) for answer in answers}) == 1
        fresh = [[p.repeated for p in answer[len(entries) :]] for answer in answers]
        assert sorted(all(f) for f in fresh) == [False] + [True] * (callers - 1)
        self.remember(entries, answers[0][: len(entries)])
        self.remember(new, answers[0][len(entries) :])

    @precondition(lambda self: self.sent)
    @rule(picked=picks, more=fens, wanted=moves)
    def send_other_content(self, picked: int, more: int, wanted: list[tuple[int, int, int, int]]) -> None:
        old = list(self.sent.values())[picked % len(self.sent)]
        other = replace(old, amount=old.amount + Money(more))
        answer = self.attempt(self.book.post([*self.entries_of(wanted), other], now=self.tick()))
        assert answer == "posting_conflict"

    @precondition(lambda self: self.sent)
    @rule(picked=picks, day=days)
    def reverse(self, picked: int, day: int) -> None:
        entry = [e for e in self.model.entries if e.ref in self.sent or e.reverses is not None]
        old = entry[picked % len(entry)]
        on = DAY + timedelta(days=day)

        async def act() -> Posted:
            async with self.book.database.write(self.book.actor) as session:
                return await reverse_entry(
                    session, court_id=self.court, entry_id=old.id, effective_on=on, memo="", now=self.now
                )

        self.tick()
        answer = self.attempt(act())
        undone = self.model.reversal_of(old.id)
        if old.reverses is not None:
            assert answer == "reversal_not_a_mirror"
        elif undone is not None:
            assert answer == (Posted(undone.id, repeated=True) if undone.on == on else "posting_conflict")
        elif self.model.short([(old.credit, old.debit, old.fen)]):
            assert answer == "insufficient_balance"
        else:
            assert isinstance(answer, Posted)
            assert not answer.repeated
            made = ModelEntry(answer.id, old.credit, old.debit, old.fen, on, self.now, f"undo {old.id}", old.id)
            self.model.entries.append(made)

    # ------------------------------------------------------------ holds

    @rule(case=st.integers(0, CASES - 1), fen=fens, again=st.none() | picks, then=st.none() | st.booleans())
    def reserve(self, case: int, fen: int, again: int | None, then: bool | None) -> None:
        """For a new origin, or once more for one that has been reserved before; perhaps ended at once."""
        origins = [h.origin for h in self.model.holds.values()]
        origin = uuid4() if again is None or not origins else origins[again % len(origins)]
        self.tick()

        async def act() -> UUID:
            async with self.book.database.write(self.book.actor) as session:
                return await reserve_hold(
                    session,
                    court_id=self.court,
                    fund_account_id=self.book.fund,
                    case_id=self.case_ids[case],
                    amount=Money(fen),
                    origin_id=origin,
                    effective_on=DAY,
                    memo="",
                    now=self.now,
                )

        answer = self.attempt(act())
        living = self.model.living_hold(origin)
        source, target = self.cases[case], self.held[case]
        if living is not None:
            hold = self.model.holds[living]
            assert answer == (living if (hold.case, hold.fen) == (source, fen) else "hold_conflict")
        elif self.model.short([(source, target, fen)]):
            assert answer == "insufficient_balance"
        else:
            assert isinstance(answer, UUID)
            self.model.holds[answer] = ModelHold(source, target, fen, origin)
            self.model.entries.append(ModelEntry(0, source, target, fen, DAY, self.now, f"{answer} reserved"))
            if then is not None:
                self.end(answer, post_it=then, callers=2)

    @precondition(lambda self: self.model.holds)
    @rule(picked=picks, post_it=st.booleans(), callers=st.integers(1, 4))
    def end_hold(self, picked: int, post_it: bool, callers: int) -> None:
        """By one caller, or by several at the same moment."""
        self.end(list(self.model.holds)[picked % len(self.model.holds)], post_it=post_it, callers=callers)

    def end(self, hold_id: UUID, *, post_it: bool, callers: int) -> None:
        hold = self.model.holds[hold_id]
        self.tick()

        async def one() -> Posted:
            async with self.book.database.write(self.book.actor) as session:
                end = post_hold if post_it else void_hold
                return await end(session, court_id=self.court, hold_id=hold_id, effective_on=DAY, memo="", now=self.now)

        answers = self.driver.at_once([one() for _ in range(callers)])
        target = "posted" if post_it else "voided"
        if hold.state not in {"reserved", target}:
            assert {getattr(a, "code", a) for a in answers} == {"illegal_transition"}
            return
        assert sum(not a.repeated for a in answers) == (1 if hold.state == "reserved" else 0)
        if hold.state == "reserved":
            hold.state = target
            into = self.bank if post_it else hold.case
            self.model.entries.append(ModelEntry(0, hold.held, into, hold.fen, DAY, self.now, f"{hold_id} ended"))

    @rule(case=st.integers(0, CASES - 1), fen=fens, callers=st.integers(2, 6))
    def spend_at_once(self, case: int, fen: int, callers: int) -> None:
        account = self.cases[case]
        entries = [self.book.entry(account, self.bank, fen) for _ in range(callers)]
        expected = min(callers, self.model.balance(account) // fen)
        self.tick()
        answers = self.driver.at_once([self.book.post([e], now=self.now) for e in entries])
        done = [(e, a) for e, a in zip(entries, answers, strict=True) if isinstance(a, tuple)]
        assert len(done) == expected
        assert {getattr(a, "code", "ok") for a in answers} <= {"ok", "insufficient_balance"}
        for entry, answer in done:
            self.remember([entry], answer)

    # ------------------------------------------------------------ questions

    @rule()
    def fold(self) -> None:
        async def act() -> int:
            async with self.book.database.write(self.book.actor) as session:
                return await fold_entries(session, court_id=self.court)

        self.driver(act())

    @rule(picked=picks, day=st.none() | days, minutes=st.none() | st.integers(0, 40))
    def ask(self, picked: int, day: int | None, minutes: int | None) -> None:
        accounts = [*self.plain, *self.held]
        account = accounts[picked % len(accounts)]
        as_of = None if day is None else DAY + timedelta(days=day)
        known_at = None if minutes is None else NOW + timedelta(minutes=minutes)
        answer = self.driver(self.book.balance(account, as_of=as_of, known_at=known_at))
        assert answer == self.model.balance(account, as_of=as_of, known_at=known_at)

    @invariant()
    def both_say_the_same(self) -> None:
        assert self.model.problems() == []

        async def look() -> tuple[Any, ...]:
            async with self.book.database.read(self.book.actor) as session:
                fund = await fund_account_position(session, court_id=self.court, fund_account_id=self.book.fund)
                case = await case_position(session, court_id=self.court, case_id=self.case_ids[0])
                damage = await find_damage(session, court_id=self.court, checks=OWN_CHECKS)
            return fund, case, damage

        fund, case, damage = self.driver(look())
        model = self.model
        assert damage == []
        assert (fund.bank.fen, fund.unidentified.fen, fund.other.fen) == (
            model.balance(self.bank),
            model.balance(self.unidentified),
            model.balance(self.suspense),
        )
        assert (fund.cases.fen, fund.held.fen) == (
            sum(map(model.balance, self.cases)),
            sum(map(model.balance, self.held)),
        )
        assert (case.available.fen, case.held.fen) == (model.balance(self.cases[0]), model.balance(self.held[0]))
        assert case.total == case.received - case.paid


def live(driver: Driver, *, examples: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    """Run that many random lives."""
    machine = type("Machine", (LedgerMachine,), {"driver": driver})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_the_ledger_and_its_model_agree(driver: Driver) -> None:
    live(driver, examples=25)


MUTANTS = [
    ("ledger_post", "then t.amount else 0 end", "then t.amount else t.amount end", "a repeated entry moves again"),
    ("ledger_post", "if problem is not null then", "if false then", "other content passes for a repetition"),
    ("ledger_post", "t.amount, t.day, p_now", "t.amount, t.day + 1, p_now", "a day late"),
    ("ledger_post", "select court, debit, -amount", "select court, debit, amount", "both legs have one sign"),
    ("ledger_post", "b.balance_fen + c.delta >= 0", "true", "no floor but the constraint"),
    ("ledger_post", "e.id <> t.id order by", "false order by", "a repetition passes for new"),
    ("ledger_fold_court", "id > mark.through_id", "id >= mark.through_id", "an entry is folded twice"),
    ("ledger_fold_court", "set through_id = mark.through_id", "set through_id = 0", "folded entries count again"),
    ("ledger_count_holds", "sign * c.amount", "c.amount", "ended holds still count"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("function", "right", "wrong"), [m[:3] for m in MUTANTS], ids=[m[3] for m in MUTANTS])
def test_the_machine_notices_a_wrong_ledger(
    driver: Driver, superuser_database_url: str, function: str, right: str, wrong: str
) -> None:
    async def break_it() -> None:
        connection = await open_raw(superuser_database_url)
        definition = await connection.fetchval("select pg_get_functiondef($1::regproc)", function)
        assert right in definition
        await connection.execute(definition.replace(right, wrong))
        await connection.close()

    driver(break_it())
    with pytest.raises((AssertionError, DBAPIError, ExceptionGroup, Flaky)):
        live(driver, examples=60, phases=(Phase.generate,))
