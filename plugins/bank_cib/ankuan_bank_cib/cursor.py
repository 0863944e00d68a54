"""PURE. Where reading stopped. The bank takes a span of days that ends before today, or today alone: two parts.

Both parts make one pass over the last days; a ``DayWindow`` of the house knows which bookings were told already.
"""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from ankuan.plugin_api.bank import BankLine
from ankuan.plugin_api.day_window import BadCursor, DayWindow, day_window

FIRST_READ: Final = timedelta(days=85)
SPAN: Final = timedelta(days=89)
"""The bank answers for ninety days at most."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``in_today``: the part of today is being read, else the days before it."""

    window: DayWindow
    in_today: bool

    def encode(self) -> str:
        """The opaque form."""
        return json.dumps({"in_today": self.in_today, "window": self.window.encode()})

    def part(self, today: date) -> tuple[date, date]:
        """First and last day to ask for."""
        return span(self.window.since, today, in_today=self.in_today)

    def after(self, lines: list[BankLine], today: date, *, is_last_page: bool) -> tuple["Cursor", bool]:
        """The cursor after a page, and whether there is more to read now."""
        first, last = self.part(today)
        if not is_last_page:
            return replace(self, window=self.window.next_page(lines)), True
        if first == last == today:
            return Cursor(self.window.next_pass(lines, today), in_today=False), False
        if last < today - timedelta(days=1):
            return Cursor(self.window.next_pass(lines, last), in_today=False), True
        return Cursor(replace(self.window.next_page(lines), page=1), in_today=True), True


def span(since: date, today: date, *, in_today: bool) -> tuple[date, date]:
    """The days of one question: today alone, or days before it."""
    if in_today or since >= today:
        return today, today
    return since, min(today - timedelta(days=1), since + SPAN)


def decode(text: str | None, *, first_day: date) -> Cursor:
    """Read a cursor; ``None`` starts at ``first_day``. Raises :class:`BadCursor`."""
    if text is None:
        return Cursor(day_window(None, first_day=first_day), in_today=False)
    try:
        form = json.loads(text)
        if type(form["in_today"]) is not bool or not isinstance(form["window"], str):
            raise BadCursor(text[:80])
        return Cursor(day_window(form["window"], first_day=first_day), form["in_today"])
    except (ValueError, KeyError, TypeError) as broken:
        raise BadCursor(text[:80]) from broken
