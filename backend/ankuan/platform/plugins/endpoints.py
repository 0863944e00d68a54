"""What the host knows of each endpoint: its circuit, its bucket, and how its calls went lately."""

import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from uuid import UUID

from ankuan.kernel.clock import Clock
from ankuan.platform.plugins.circuit import Circuit, CircuitState, TokenBucket
from ankuan.plugin_api.bank import BankPlugin, Setting
from ankuan.plugin_api.settings import SettingKind

RECENT = 512
RATE, BURST = 50.0, 50.0
"""Calls a second to one endpoint, unless the setting ``calls_per_second`` of the fund account says less."""
RATE_SETTING = "calls_per_second"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the latency histogram in seconds; slower calls count in one more."""
Owner = tuple[int, UUID]


@dataclass
class Tally:
    """Calls of one plugin's operation since they were last drained."""

    calls: int = 0
    failures: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))

    def add(self, seconds: float, *, failed: bool) -> None:
        """Count one."""
        self.calls += 1
        self.failures += failed
        self.seconds += seconds
        self.buckets[bisect_left(BUCKETS, seconds)] += 1


@dataclass(eq=False)
class Endpoint:
    """One front-end of one bank, whichever fund accounts use it."""

    circuit: Circuit
    bucket: TokenBucket
    clock: Clock
    owners: set[Owner] = field(default_factory=set)
    since: datetime | None = None
    last_ok_at: datetime | None = None
    last_error: str = ""
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    calls: int = 0
    failed_calls: int = 0
    dirty: bool = False

    def count(self, seconds: float) -> None:
        """One call ended."""
        self.calls += 1
        self.recent.append(seconds)
        self.dirty = True

    def take_calls(self) -> tuple[int, int]:
        """How many calls were counted since the last time, and how many of them failed; the caller stores them."""
        taken = self.calls, self.failed_calls
        self.calls = self.failed_calls = 0
        return taken

    def give_back(self, calls: int, failed: int) -> None:
        """They could not be stored."""
        self.calls += calls
        self.failed_calls += failed
        self.dirty = True

    def went_well(self) -> None:
        """The bank answered, whatever it said."""
        self.last_ok_at = self.clock.now()
        if self.circuit.succeeded():
            self.since = self.last_ok_at

    def went_wrong(self, why: str) -> None:
        """Transport, time or the plugin failed. ``why`` is one of the host's own words, never a bank's."""
        self.last_error = why
        self.failed_calls += 1
        if self.circuit.failed():
            self.since = self.clock.now()

    def percentile(self, share: float) -> float:
        """Of the recent calls, in seconds."""
        ordered = sorted(self.recent)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


@dataclass
class Endpoints:
    """All endpoints that this process has called, and the tallies of operations. Safe to use from one loop."""

    clock: Clock
    now: Callable[[], float] = time.monotonic
    rate: float = RATE
    burst: float = BURST
    _known: dict[str, Endpoint] = field(default_factory=dict)
    _tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def endpoint(self, plugin: BankPlugin, settings: Mapping[str, str], *, owner: Owner | None = None) -> Endpoint:
        """The endpoint that these settings lead to."""
        key = endpoint_key(plugin, settings)
        with self._lock:
            found = self._known.get(key)
            if found is None:
                rate = self._rate(settings)
                bucket = TokenBucket(rate, min(self.burst, rate), self.now)
                found = self._known[key] = Endpoint(Circuit(self.now), bucket, self.clock)
            if owner is not None:
                found.owners.add(owner)
            return found

    def _rate(self, settings: Mapping[str, str]) -> float:
        told = settings.get(RATE_SETTING, "")
        return min(self.rate, float(int(told))) if told.isascii() and told.isdigit() and int(told) > 0 else self.rate

    def count(self, plugin_id: str, operation: str, seconds: float, *, failed: bool) -> None:
        """One call of an operation ended."""
        self._tallies.setdefault((plugin_id, operation), Tally()).add(seconds, failed=failed)

    def drain_tallies(self) -> dict[tuple[str, str], Tally]:
        """What was counted since the last time; the caller stores it."""
        with self._lock:
            taken, self._tallies = self._tallies, {}
        return taken

    def put_back(self, tallies: Mapping[tuple[str, str], Tally]) -> None:
        """Count again what could not be stored."""
        for key, tally in tallies.items():
            mine = self._tallies.setdefault(key, Tally())
            mine.calls += tally.calls
            mine.failures += tally.failures
            mine.seconds += tally.seconds
            mine.buckets = [a + b for a, b in zip(mine.buckets, tally.buckets, strict=True)]

    def resting(self) -> set[Owner]:
        """Fund accounts whose endpoint is left alone now: their orders need not be looked at before the pause ends."""
        now = self.now()
        with self._lock:
            open_ = [
                e for e in self._known.values() if e.circuit.state is CircuitState.OPEN and e.circuit.retry_at > now
            ]
        return {owner for endpoint in open_ for owner in endpoint.owners}

    def is_dirty(self) -> bool:
        """Whether there is something to store."""
        with self._lock:
            return bool(self._tallies) or any(endpoint.dirty for endpoint in self._known.values())

    def changed(self) -> list[Endpoint]:
        """Endpoints with calls since the last time."""
        with self._lock:
            found = [endpoint for endpoint in self._known.values() if endpoint.dirty]
        for endpoint in found:
            endpoint.dirty = False
        return found


def endpoint_key(plugin: BankPlugin, settings: Mapping[str, str]) -> str:
    """Plugin id and the addresses among its settings."""
    return "\x1f".join([plugin.id, *(settings.get(setting.name, "") for setting in _addresses(plugin.settings))])


def _addresses(schema: tuple[Setting, ...]) -> list[Setting]:
    return [setting for setting in schema if setting.kind in {SettingKind.URL, SettingKind.HOST_PORT}]
