"""Working days in China: weekends, statutory holidays and their swapped days (调休).

The base is the library's table of State Council notices; a court's administrators add overrides. A year nobody has
data for is an error, never a guess: the notice for a year appears only late in the year before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

import chinese_calendar

from ankuan.kernel.errors import AnkuanError, ErrorKind

_DAY = timedelta(days=1)


class CalendarYearMissing(AnkuanError):
    """No working-day data for a year; the details carry ``year``. Import the notice or declare the year."""

    code = "calendar_year_missing"
    kind = ErrorKind.REFUSED


class WorkingCalendar:
    """Answers which days are working days.

    ``overrides`` says True (works) or False (rests) for single days and beats the library. A year is usable when the
    library has it, when overrides cover each of its days, or when it is in ``declared_years``: its notice is then held
    to be wholly entered as overrides, and every other day follows the week.
    """

    def __init__(
        self, overrides: Mapping[date, bool] = MappingProxyType({}), *, declared_years: Collection[int] = ()
    ) -> None:
        self._overrides = {_pure(day): works for day, works in overrides.items()}
        self._declared = frozenset(declared_years)
        self._covered = _years_fully_covered(self._overrides)

    def is_working(self, day: date) -> bool:
        """Tell whether ``day`` is a working day; CalendarYearMissing when its year has no data."""
        year = _pure(day).year
        in_library = _library_year(year)
        if in_library is None and not (year in self._declared or year in self._covered):
            raise CalendarYearMissing(
                f"缺少{year}年工作日历数据，请先录入国务院放假安排",
                f"There is no working-day data for {year}; enter the official holiday notice first",
                year=year,
            )
        override = self._overrides.get(day)
        if override is not None:
            return override
        return day.weekday() < 5 if in_library is None else day in in_library

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day after ``day`` (before it for negative n); ``day`` itself for n = 0.

        The first day does not count, as in procedural law: a limit of one working day that starts on Friday ends on
        the next working day, whatever Friday was. CalendarYearMissing when the way leads into a year without data.
        """
        step = _DAY if n > 0 else -_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days_between(self, a: date, b: date) -> int:
        """Count the working days after ``a`` up to and including ``b``; negative when ``b`` lies before ``a``.

        So ``working_days_between(a, add_working_days(a, n)) == n`` for n >= 0.
        """
        if b < a:
            return -self.working_days_between(b, a)
        return sum(self.is_working(a + _DAY * offset) for offset in range(1, (b - a).days + 1))

    def next_working(self, day: date) -> date:
        """Return ``day`` when it is a working day, else the first one after it (where a limit in natural days ends)."""
        while not self.is_working(day):
            day += _DAY
        return day


def _pure(day: date) -> date:
    # A datetime is a date to isinstance, but never equals one: an override would silently not apply.
    if isinstance(day, datetime):
        raise TypeError("a working day is a date; use business_date(now)")
    return day


def _years_fully_covered(overrides: Mapping[date, bool]) -> frozenset[int]:
    days_of: dict[int, int] = {}
    for day in overrides:
        days_of[day.year] = days_of.get(day.year, 0) + 1
    return frozenset(year for year, days in days_of.items() if days == date(year, 12, 31).timetuple().tm_yday)


@lru_cache(maxsize=256)
def _library_year(year: int) -> frozenset[date] | None:
    """Working days the library knows for a year, None when it has no data. Kept: the library searches on every call."""
    first = date(year, 1, 1)
    try:
        chinese_calendar.is_workday(first)
    except NotImplementedError:
        return None
    every = (first + _DAY * offset for offset in range(date(year, 12, 31).timetuple().tm_yday))
    return frozenset(day for day in every if chinese_calendar.is_workday(day))
