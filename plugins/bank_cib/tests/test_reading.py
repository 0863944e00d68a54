"""Spans of days, and which pages are read a second time."""

from datetime import date, timedelta

import pytest

from ankuan.plugin_api.day_window import BadCursor
from ankuan_bank_cib.cursor import SPAN, decode

TODAY = date(2026, 11, 21)


def test_days_before_today_then_today_alone_then_the_last_days_again() -> None:
    cursor = decode(None, first_day=TODAY - timedelta(days=30))
    assert cursor.part(TODAY) == (TODAY - timedelta(days=30), TODAY - timedelta(days=1))
    cursor, more = cursor.after([], TODAY, is_last_page=True)
    assert (cursor.part(TODAY), more) == ((TODAY, TODAY), True)
    cursor, more = cursor.after([], TODAY, is_last_page=True)
    assert (cursor.part(TODAY), more) == ((TODAY - timedelta(days=7), TODAY - timedelta(days=1)), False)
    assert decode(cursor.encode(), first_day=TODAY) == cursor


def test_pages_are_counted_within_a_part() -> None:
    cursor = decode(None, first_day=TODAY - timedelta(days=3))
    cursor, _ = cursor.after([], TODAY, is_last_page=False)
    assert (cursor.window.page, cursor.in_today) == (2, False)
    cursor, _ = cursor.after([], TODAY, is_last_page=True)
    assert (cursor.window.page, cursor.in_today) == (1, True)
    cursor, more = cursor.after([], TODAY, is_last_page=False)
    assert (cursor.window.page, cursor.in_today, more) == (2, True, True)


def test_an_account_that_nobody_has_read_for_a_year_is_read_in_spans_the_bank_takes() -> None:
    cursor = decode(None, first_day=TODAY - timedelta(days=365))
    seen: list[tuple[date, date]] = []
    more = True
    while more:
        seen.append(cursor.part(TODAY))
        cursor, more = cursor.after([], TODAY, is_last_page=True)
        assert len(seen) < 20
    assert all(last - first <= SPAN and (first == last or last < TODAY) for first, last in seen)
    told = {first + timedelta(days=n) for first, last in seen for n in range((last - first).days + 1)}
    assert told == {TODAY - timedelta(days=n) for n in range(366)}


def test_a_first_day_that_is_today_or_later_is_read_as_today() -> None:
    for first in (TODAY, TODAY + timedelta(days=3)):
        cursor = decode(None, first_day=first)
        assert cursor.part(TODAY) == (TODAY, TODAY)
        _, more = cursor.after([], TODAY, is_last_page=True)
        assert more is False


@pytest.mark.parametrize(
    "text", ["", "{}", "null", "[]", '{"in_today": 1, "window": ""}', '{"in_today": true, "window": 2}']
)
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(text, first_day=TODAY)
