"""Working days: the swaps of 2026, overrides, and years nobody has data for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.calendar import CalendarYearMissing, WorkingCalendar

CALENDAR = WorkingCalendar()
# Chosen so that no walk of the properties leaves the years with data.
days = st.dates(date(2005, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    "day",
    [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)],
)
def test_weekend_days_swapped_in_2026_are_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_working(day)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 2, 15), date(2026, 2, 23)),
        (date(2026, 4, 4), date(2026, 4, 6)),
        (date(2026, 5, 1), date(2026, 5, 5)),
        (date(2026, 6, 19), date(2026, 6, 21)),
        (date(2026, 9, 25), date(2026, 9, 27)),
        (date(2026, 10, 1), date(2026, 10, 7)),
    ],
)
def test_holidays_of_2026_rest_and_are_bounded(first: date, last: date) -> None:
    length = (last - first).days + 1
    assert not any(CALENDAR.is_working(first + timedelta(days=offset)) for offset in range(length))
    assert CALENDAR.next_working(first) == CALENDAR.next_working(last)


def test_2026_has_as_many_working_days_as_the_notice_gives() -> None:
    assert CALENDAR.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 13), 8, date(2026, 3, 3)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 11, 20), 8, date(2026, 12, 2)),
    ],
)
def test_add_working_days(start: date, n: int, end: date) -> None:
    assert CALENDAR.add_working_days(start, n) == end


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 10, 10), date(2026, 10, 10)),
        (date(2026, 10, 11), date(2026, 10, 12)),
    ],
)
def test_next_working(day: date, end: date) -> None:
    assert CALENDAR.next_working(day) == end


@given(days, st.integers(0, 120))
def test_adding_and_counting_agree(day: date, n: int) -> None:
    end = CALENDAR.add_working_days(day, n)
    assert CALENDAR.working_days_between(day, end) == n
    assert CALENDAR.working_days_between(end, day) == -n
    assert n == 0 or CALENDAR.is_working(end)


@given(days, st.integers(1, 120))
def test_going_back_returns_to_the_last_working_day(day: date, n: int) -> None:
    start = CALENDAR.next_working(day)
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, n), -n) == start


@given(st.lists(days, min_size=3, max_size=3).map(sorted))
def test_counting_adds_up(three: list[date]) -> None:
    a, b, c = three
    count = CALENDAR.working_days_between
    assert count(a, b) + count(b, c) == count(a, c)


@pytest.mark.parametrize("year", [1999, 2027, 2100])
def test_a_year_without_data_is_an_error(year: int) -> None:
    with pytest.raises(CalendarYearMissing) as missing:
        CALENDAR.is_working(date(year, 3, 1))
    assert missing.value.code == "calendar_year_missing"
    assert missing.value.details == {"year": year}


def test_a_limit_that_runs_into_a_missing_year_is_an_error() -> None:
    assert CALENDAR.add_working_days(date(2026, 12, 30), 1) == date(2026, 12, 31)
    for walk in (
        lambda: CALENDAR.add_working_days(date(2026, 12, 30), 2),
        lambda: CALENDAR.working_days_between(date(2026, 12, 1), date(2027, 1, 1)),
        lambda: CALENDAR.next_working(date(2027, 1, 1)),
    ):
        with pytest.raises(CalendarYearMissing):
            walk()


def test_some_overrides_do_not_make_a_year() -> None:
    partly = WorkingCalendar({date(2027, 1, 1): False, date(2027, 2, 5): False})
    with pytest.raises(CalendarYearMissing):
        partly.is_working(date(2027, 1, 1))


def test_declaring_a_year_means_weekends_and_overrides() -> None:
    declared = WorkingCalendar({date(2027, 1, 1): False, date(2027, 1, 9): True}, declared_years={2027})
    assert not declared.is_working(date(2027, 1, 1))
    assert declared.is_working(date(2027, 1, 4))
    assert declared.is_working(date(2027, 1, 9))
    assert not declared.is_working(date(2027, 1, 10))
    assert declared.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 4)
    with pytest.raises(CalendarYearMissing):
        declared.is_working(date(2028, 1, 1))


@pytest.mark.parametrize(("year", "length"), [(2027, 365), (2028, 366)])
def test_overrides_for_every_day_make_a_year(year: int, length: int) -> None:
    every = {date(year, 1, 1) + timedelta(days=offset): offset % 2 == 0 for offset in range(length)}
    whole = WorkingCalendar(every)
    assert [whole.is_working(day) for day in every] == list(every.values())
    every.pop(date(year, 7, 1))
    with pytest.raises(CalendarYearMissing):
        WorkingCalendar(every).is_working(date(year, 1, 1))


def test_overrides_beat_the_library() -> None:
    changed = WorkingCalendar({date(2026, 10, 8): False, date(2026, 10, 1): True})
    assert not changed.is_working(date(2026, 10, 8))
    assert changed.is_working(date(2026, 10, 1))
    assert changed.add_working_days(date(2026, 10, 1), 1) == date(2026, 10, 9)


def test_a_datetime_is_not_a_day() -> None:
    moment = datetime(2026, 10, 1, tzinfo=UTC)
    with pytest.raises(TypeError):
        CALENDAR.is_working(moment)
    with pytest.raises(TypeError):
        WorkingCalendar({moment: True})
