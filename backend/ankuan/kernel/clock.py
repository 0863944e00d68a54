"""Time. Inside: aware UTC datetimes. Business days: dates as a wall calendar in China shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where an edge (request, job, command) gets its ``now``; use cases are handed ``now`` and never ask."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that moves only when told to, for tests, simulations and replays."""

    def __init__(self, at: datetime) -> None:
        self._at = _utc(at)

    def now(self) -> datetime:
        """Return the moment the clock stands at, in UTC."""
        return self._at

    def advance(self, delta: timedelta) -> datetime:
        """Move forward by ``delta`` and return the new moment; ValueError when it would go back."""
        if delta < timedelta(0):
            raise ValueError("a clock does not go back")
        self._at += delta
        return self._at


def business_date(now: datetime) -> date:
    """Return the date in Asia/Shanghai at ``now``; ValueError when ``now`` has no time zone."""
    return _utc(now).astimezone(SHANGHAI).date()


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment without a time zone means nothing here")
    return moment.astimezone(UTC)
