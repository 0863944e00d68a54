"""A breaker and a bucket for each endpoint: what is down is left alone, and its return causes no storm (D22, D23)."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

FAILURES = 5
"""So many failures in a row open the circuit."""
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
PROBE_SECONDS = 60.0
"""A probe that has not come back after this long does not keep others from trying."""


class CircuitState(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass
class Circuit:
    """Counts failures in a row. Times are seconds of a monotonic clock."""

    now: Callable[[], float]
    jitter: Callable[[], float] = field(default_factory=lambda: random.Random().random)  # noqa: S311 - no secret
    state: CircuitState = CircuitState.CLOSED
    failures: int = 0
    openings: int = 0
    retry_at: float = 0.0
    _probe_until: float = 0.0

    def admit(self, *, probe: bool = False) -> bool:
        """Whether a call may go. ``probe``: it may go while the pause lasts, too, one at a time (queries)."""
        if self.state is CircuitState.CLOSED:
            return True
        now = self.now()
        if now < self._probe_until or (now < self.retry_at and not probe):
            return False
        self.state = CircuitState.HALF_OPEN
        self._probe_until = now + PROBE_SECONDS
        return True

    def succeeded(self) -> bool:
        """The endpoint answered. Returns whether this changed the state."""
        changed = self.state is not CircuitState.CLOSED
        self.state, self.failures, self.openings, self._probe_until = CircuitState.CLOSED, 0, 0, 0.0
        return changed

    def failed(self) -> bool:
        """The endpoint did not answer. Returns whether this changed the state."""
        self.failures += 1
        was = self.state
        if was is CircuitState.OPEN or (was is CircuitState.CLOSED and self.failures < FAILURES):
            return False  # a call that had begun before it was opened says nothing new
        pause = min(FIRST_PAUSE * 2**self.openings, LONGEST_PAUSE)
        # Up to a half more, so that many processes do not come back at one moment.
        self.retry_at = self.now() + pause * (1 + self.jitter() / 2)
        self.openings = min(self.openings + 1, 10)
        self.state, self._probe_until = CircuitState.OPEN, 0.0
        return True

    def let_go(self) -> None:
        """A call ended that says nothing about the endpoint (it was cancelled, say): its place is free again."""
        self._probe_until = 0.0
        if self.state is CircuitState.HALF_OPEN:
            self.state = CircuitState.OPEN


@dataclass
class TokenBucket:
    """At most ``burst`` calls at once and ``rate`` a second in the long run."""

    rate: float
    burst: float
    now: Callable[[], float]
    _tokens: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._at = self.burst, self.now()

    def take(self, *, longest_wait: float) -> float | None:
        """Take a turn: seconds to wait for it, or ``None`` when it would be longer than ``longest_wait``."""
        now = self.now()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        wait = max(0.0, (1 - self._tokens) / self.rate)
        if wait > longest_wait:
            return None
        self._tokens -= 1
        return wait
