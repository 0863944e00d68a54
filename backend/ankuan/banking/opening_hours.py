"""When a bank takes an order, and when it opens next (failures D19). PURE; all hours are China's.

Hours that end before they begin run through the night: they belong to the working day on which they end, as those of
the large-value system do. Hours that end at midnight end with their day.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from ankuan.kernel.calendar import WorkingCalendar
from ankuan.kernel.clock import SHANGHAI, business_date
from ankuan.plugin_api.capabilities import BankCapabilities, Hours

SPREAD = timedelta(minutes=5)
"""Orders that wait for the same opening are sent over so long a time, so that the bank meets no burst (D23)."""
_FURTHEST = 60
"""No closure in China is longer in days; a calendar that knows no working day for so long is wrong."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a bank takes an order: ``closes`` not included."""

    opens: datetime
    closes: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the bank is open."""
        return self.opens <= at < self.closes


@dataclass(frozen=True, slots=True)
class Wait:
    """An order that can't go now: why (``payments`` or ``large_value``), until when, and its own place after that."""

    reason: str
    until: datetime
    try_at: datetime


def needs(hours: Hours | None) -> bool:
    """Whether the calendar has to be asked."""
    return hours is not None and hours.working_days_only


def window(hours: Hours, calendar: WorkingCalendar, at: datetime) -> Window:
    """The window that ``at`` lies in, else the next one. Raises ``CalendarYearMissing``."""
    day = business_date(at)
    for offset in range(_FURTHEST):
        one = _window_of(hours, day + timedelta(days=offset))
        if at < one.closes and (not hours.working_days_only or calendar.is_working(day + timedelta(days=offset))):
            return one
    raise ValueError(f"no opening within {_FURTHEST} days")


def _window_of(hours: Hours, day: date) -> Window:
    """The window that belongs to a day."""
    if hours.closes == time(0):
        return Window(_at(day, hours.opens), _at(day + timedelta(days=1), time(0)))
    first = day - timedelta(days=1) if hours.opens >= hours.closes else day
    return Window(_at(first, hours.opens), _at(day, hours.closes))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=SHANGHAI)


def hours_for(
    bank: BankCapabilities, *, amount_fen: int, same_bank: bool, small_value_limit_fen: int | None = None
) -> tuple[tuple[str, Hours], ...]:
    """The hours that a payment has to keep, by reason. Large-value hours bind only what goes by that system.

    ``small_value_limit_fen``: what is agreed for this account, where it differs from what the bank declares.
    """
    limit = bank.small_value_limit_fen if small_value_limit_fen is None else small_value_limit_fen
    found: list[tuple[str, Hours]] = []
    if bank.payments is not None:
        found.append(("payments", bank.payments))
    if bank.large_value is not None and not same_bank and amount_fen > limit:
        found.append(("large_value", bank.large_value))
    return tuple(found)


def wait_of(
    kept: tuple[tuple[str, Hours], ...], calendar: WorkingCalendar, *, order_id: UUID, at: datetime
) -> Wait | None:
    """Why and until when a payment waits; ``None`` when it may go. Raises ``CalendarYearMissing``."""
    waits = [(found, reason) for reason, hours in kept if not (found := window(hours, calendar, at)).holds(at)]
    if not waits:
        return None
    latest, reason = max(waits, key=lambda pair: pair[0].opens)
    return Wait(reason, latest.opens, latest.opens + _place(order_id, latest))


def closing(kept: tuple[tuple[str, Hours], ...], calendar: WorkingCalendar, *, at: datetime) -> datetime | None:
    """When a payment that may go now may no longer go; ``None``: never."""
    return min((window(hours, calendar, at).closes for _, hours in kept), default=None)


def _place(order_id: UUID, of: Window) -> timedelta:
    """An order's own moment after the opening: always the same, and spread evenly over many orders."""
    spread = min(SPREAD, (of.closes - of.opens) / 4)
    return spread * int.from_bytes(order_id.bytes[-4:]) // 2**32
