"""Runs one history: workers that die, stop and race around the pure core, against the toy bank, on a virtual clock."""

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ankuan.banking.rules import (
    Decision,
    Fact,
    InstructionLife,
    LeaseLost,
    LineSeen,
    MoneyEffect,
    NotSent,
    Policy,
    Queried,
    SendStarted,
    Submitted,
)
from ankuan.banking.transitions import InstructionState
from ankuan.plugin_api.bank import AnswerState
from tests.model.payout_bank import CALL_LIMIT, HOUR, LEASE, WINDOW, Profile, ToyBank

Core = Callable[[InstructionLife, Fact, Policy, datetime], Decision]
START = datetime(2026, 11, 20, tzinfo=UTC)
POLICY = Policy(finality_window=timedelta(seconds=WINDOW), lease=timedelta(seconds=LEASE))
SEND_WITHIN = 10
END = 60 * 24 * HOUR
MOST_STEPS = 5000
ORDER: dict[str, Any] = {"ref": "01022611200000000001", "fen": 12345, "payee": "6217000000000000018"}


def moment(at: int) -> datetime:
    return START + timedelta(seconds=at)


@dataclass(slots=True)
class Workers:
    """How workers fail in this history: chances a step."""

    crash: float
    stop: float
    race: float

    @classmethod
    def draw(cls, rng: random.Random) -> "Workers":
        """One of the swarm."""
        some = [rng.random() * 0.5 if rng.random() < 0.4 else 0.0 for _ in range(3)]
        return cls(*some)


@dataclass(slots=True)
class History:
    """One order from issue to quiet. ``book`` is what was done with the reserved money."""

    core: Core
    rng: random.Random
    workers: Workers
    bank: ToyBank = field(init=False)
    life: InstructionLife = field(default_factory=InstructionLife)
    due_at: int | None = 0
    token: int | None = None
    lease_until: int = 0
    book: list[str] = field(default_factory=list)
    alarms: set[str] = field(default_factory=set)
    lines_seen: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    _queue: list[tuple[int, int, Callable[[int], None]]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def run(self, profile: Profile) -> None:
        """Until nothing is left to do, sixty days are over, or it goes in circles (a wrong core can)."""
        self.bank = ToyBank(self.rng, profile, self.later, self.line)
        self.later(0, self.find)
        for _step in range(MOST_STEPS):
            if not self._queue or self._queue[0][0] > END:
                return
            at, _, action = heapq.heappop(self._queue)
            action(at)

    def later(self, at: int, action: Callable[[int], None]) -> None:
        heapq.heappush(self._queue, (at, next(self._numbers), action))

    def find(self, at: int) -> None:
        """The finder: hands out the order when it is due and free, now and then to two workers."""
        if not self._is_due(at):
            return
        self.later(at, self.job)
        if self._fails(at, self.workers.race, "race"):
            self.later(at + self.rng.randint(0, 2), self.job)

    def job(self, at: int) -> None:
        """Take the order (one transaction), then speak to the bank."""
        if not self._is_due(at):
            return
        if self.life.state is InstructionState.SENDING:
            self._apply(LeaseLost(self.life.sends, moment(at)), at)
        submit = self.life.state is InstructionState.READY
        self.token = token = next(self._numbers)
        self.lease_until = at + LEASE
        if submit:
            self._apply(SendStarted(moment(at)), at)
        self.later(self.lease_until, self.find)
        if self._fails(at, self.workers.crash, "killed_after_intent"):
            return
        pause = self.rng.choice((1, 8, 30, 400)) if self._fails(at, self.workers.stop, "stopped_before_send") else 0
        attempt = self.life.sends
        if submit:
            self.later(at + pause, lambda now: self._submit(now, began=at, attempt=attempt, token=token))
        else:
            self.later(at + pause, lambda now: self._query(now, asked=at, token=token))

    def _submit(self, at: int, *, began: int, attempt: int, token: int) -> None:
        if at - began > SEND_WITHIN:
            self.faults["too_late_to_send"] += 1
            self._commit(at, NotSent(moment(at), final=False), token)
            return
        profile = self.bank.profile
        back = at + self.rng.randint(0, 3)
        if self.bank.lies(at, profile.drop_before, "drop_before"):
            self.later(back, lambda now: self._answered(now, attempt, "unknown", token))
            return
        # The bytes may linger on the way, yet never longer than the lease of their sender.
        slow = self.bank.lies(at, profile.slow, "slow")
        arrives = self.rng.randint(at, began + LEASE) if slow else at
        lost = self.bank.lies(at, profile.drop_after, "drop_after") or self.bank.lies(at, profile.garbage, "garbage")
        is_heard = not (slow and arrives - at > CALL_LIMIT) and not lost
        limit = at + CALL_LIMIT if slow and not is_heard else max(back, arrives)
        crashed = self._fails(at, self.workers.crash, "killed_after_send")

        def arrive(now: int) -> None:
            word = self.bank.receive(now, ORDER)
            if is_heard and not crashed:
                self.later(max(limit, now), lambda then: self._answered(then, attempt, word, token))

        self.later(arrives, arrive)
        if not is_heard and not crashed:
            self.later(limit, lambda now: self._answered(now, attempt, "unknown", token))

    def _answered(self, at: int, attempt: int, word: str, token: int) -> None:
        if self._fails(at, self.workers.crash, "killed_before_commit"):
            return
        pause = self.rng.choice((1, 30, 400)) if self._fails(at, self.workers.stop, "stopped_before_commit") else 0
        fact = Submitted(attempt, AnswerState(word), moment(at))
        self.later(at + pause, lambda now: self._commit(now, fact, token))

    def _query(self, at: int, *, asked: int, token: int) -> None:
        word = self.bank.query(at)
        if self._fails(at, self.workers.crash, "killed_in_query"):
            return
        fact = Queried(AnswerState(word), moment(asked))
        self.later(at + self.rng.randint(0, 3), lambda now: self._commit(now, fact, token))

    def line(self, at: int, line: dict[str, Any]) -> None:
        """The poll brings a booking; the same booking twice is known by its key and told only once per payment."""
        if line["ref"] is None or self.lines_seen >= sum(e["kind"] == "executed" for e in self.bank.journal):
            return
        self.lines_seen += 1
        self._apply(LineSeen(exact=True, again=self.lines_seen > 1, at=moment(at)), at)

    def _commit(self, at: int, fact: Fact, token: int) -> None:
        if self.token != token:
            self.faults["fenced"] += 1
            return
        self.token, self.lease_until = None, 0
        self._apply(fact, at)

    def _apply(self, fact: Fact, at: int) -> None:
        decision = self.core(self.life, fact, POLICY, moment(at))
        self.life = decision.life
        due = decision.send_at or decision.query_at
        self.due_at = None if due is None else -int((START - due).total_seconds() // 1)
        if decision.money is not MoneyEffect.NONE:
            self.book.append(decision.money.value)
        self.alarms |= {alarm.value for alarm in decision.alarms}
        if self.due_at is not None:
            self.later(max(self.due_at, at, self.lease_until), self.find)

    def _is_due(self, at: int) -> bool:
        return self.due_at is not None and self.due_at <= at and self.lease_until <= at

    def _fails(self, at: int, chance: float, name: str) -> bool:
        return self._count(name) if at < self.bank.profile.faults_end and self.rng.random() < chance else False

    def _count(self, name: str) -> bool:
        self.faults[name] += 1
        return True
