"""A toy bank that lies, deterministically by seed. It keeps its own journal, which alone says what was paid.

What it never does: take longer than the finality window to know a reference again that has reached it. Until then it
may take the same reference a second time as a new order, and pay twice. Its queries may lag even longer than promised.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HOUR = 3600
WINDOW = 6 * HOUR
LEASE = 45
CALL_LIMIT = 25


@dataclass(slots=True)
class Profile:
    """Which lies this bank tells, each with its chance; drawn by swarm: most histories have only a few."""

    drop_before: float = 0.0
    drop_after: float = 0.0
    slow: float = 0.0
    garbage: float = 0.0
    refuse: float = 0.0
    flip: float = 0.0
    processing: float = 0.0
    instant: float = 0.0
    query_noise: float = 0.0
    duplicate_is_refusal: bool = False
    shows_latest: bool = False
    forgets_refusals: bool = False
    names_lines: bool = True
    tells_lines: bool = True
    index_lag: int = 0
    dedup_lag: int = 0
    faults_end: int = 12 * HOUR

    @classmethod
    def draw(cls, rng: random.Random) -> "Profile":
        """One bank of the swarm."""

        def some(most: float) -> float:
            return rng.random() * most if rng.random() < 0.4 else 0.0

        lag = rng.choice((0, 0, 1, 30, 600, HOUR, WINDOW - 1, 2 * WINDOW, 3 * WINDOW))
        # A bank that breaks its promise on queries is found out by its bookings alone.
        breaks_promise = lag >= WINDOW
        return cls(
            drop_before=some(0.9),
            drop_after=some(0.9),
            slow=some(0.7),
            garbage=some(0.7),
            refuse=some(0.8),
            flip=some(0.8),
            processing=some(1.0),
            instant=some(1.0),
            query_noise=some(0.9),
            duplicate_is_refusal=rng.random() < 0.4,
            shows_latest=rng.random() < 0.2,
            forgets_refusals=rng.random() < 0.3,
            names_lines=breaks_promise or rng.random() < 0.6,
            tells_lines=breaks_promise or rng.random() < 0.7,
            index_lag=lag,
            dedup_lag=0 if breaks_promise else rng.choice((0, lag)),
            faults_end=rng.choice((0, 60, HOUR, 12 * HOUR, 72 * HOUR)),
        )


@dataclass(slots=True)
class Record:
    """One taking of an order by the bank."""

    known_at: int
    indexed_at: int
    fate: str
    state: str = "processing"


@dataclass(slots=True)
class ToyBank:
    """One order's bank. ``later(at, action)`` schedules; ``told(line)`` hands a booking to the product."""

    rng: random.Random
    profile: Profile
    later: Callable[[int, Callable[[int], None]], None]
    told: Callable[[int, dict[str, Any]], None]
    journal: list[dict[str, Any]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    refused_duplicates: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def lies(self, at: int, chance: float, name: str) -> bool:
        """Draw a fault; none after the faults have stopped."""
        hit = at < self.profile.faults_end and self.rng.random() < chance
        if hit:
            self.faults[name] += 1
        return hit

    def receive(self, at: int, order: dict[str, Any]) -> str:
        """An order arrives. Returns what the bank would answer, in the words of a plugin."""
        if any(record.known_at <= at and not self._is_forgotten(record) for record in self.records):
            self.faults["duplicate"] += 1
            if self.profile.duplicate_is_refusal:
                self.refused_duplicates += 1
                return "refused"
            return "unknown"
        record = Record(at + self.profile.dedup_lag, at + self.profile.index_lag, self._fate(at))
        self.records.append(record)
        if record.fate == "refuse":
            self._refuse(at, record)
            return "refused"
        if record.fate == "flip":
            self._refuse(at, record)
            longest = WINDOW - 60 if not self._line_names_it else 100 * HOUR
            self.later(at + self.rng.randint(1, longest), lambda now: self._execute(now, record, order))
            return "refused"
        delay = self.rng.randint(1, 40 * HOUR) if self.lies(at, self.profile.processing, "processing") else 0
        if delay:
            self.later(at + delay, lambda now: self._execute(now, record, order))
            return self.rng.choice(("accepted", "awaiting_bank", "unknown"))
        self._execute(at, record, order)
        return "settled" if self.rng.random() < self.profile.instant else "accepted"

    def query(self, at: int) -> str:
        """What became of the order, in the words of a plugin."""
        if self.lies(at, self.profile.query_noise, "query_noise"):
            return "unknown"
        if (
            self.refused_duplicates
            and self._line_names_it
            and self.profile.shows_latest
            and at < self.profile.faults_end
        ):
            self.faults["shows_refused_duplicate"] += 1
            return "refused"
        kept = [record for record in self.records if not self._is_forgotten(record)]
        self.faults["forgets_refusal"] += len(kept) < len(self.records)
        found = {record.state for record in kept if record.indexed_at <= at}
        self.faults["not_found_yet"] += bool(kept and not found)
        for state in ("settled", "refused"):
            if state in found:
                return state
        return self.rng.choice(("accepted", "awaiting_bank", "unknown")) if found else "not_found"

    def _is_forgotten(self, record: Record) -> bool:
        """Some banks keep nothing of what they have refused: the reference is free again."""
        return self.profile.forgets_refusals and record.fate == "refuse"

    @property
    def _line_names_it(self) -> bool:
        return self.profile.names_lines and self.profile.tells_lines

    def _fate(self, at: int) -> str:
        if self.lies(at, self.profile.refuse, "refuse"):
            return "refuse"
        return "flip" if self.lies(at, self.profile.flip, "flip") else "execute"

    def _refuse(self, at: int, record: Record) -> None:
        record.state = "refused"
        self.journal.append({"at": at, "kind": "refused"})

    def _execute(self, at: int, record: Record, order: dict[str, Any]) -> None:
        record.state = "settled"
        self.journal.append({"at": at, "kind": "executed", **order})
        if self.profile.tells_lines:
            line = order | {"ref": order["ref"] if self.profile.names_lines else None}
            for _ in range(self.rng.choice((1, 1, 2))):
                self.later(at + self.rng.randint(1, 26 * HOUR), lambda now: self.told(now, line))
