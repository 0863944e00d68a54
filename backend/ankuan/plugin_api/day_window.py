"""PURE. A place in statements that can be read by days and pages only.

The last days are read again each time, since bookings are back-dated and pages shift while they are read; bookings
told already are known by a short digest of their key. What one pass misses because rows moved, the next one tells.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Protocol, TypeVar

OVERLAP: Final = timedelta(days=7)
"""How late a booking may be back-dated and still be seen; less on an account with thousands of bookings a day."""
MOST_TOLD: Final = 6_000
"""Digests kept in a cursor, of eight characters each."""


class BadCursor(ValueError):
    """Not a cursor of this form."""


class _Line(Protocol):
    @property
    def bank_key(self) -> str: ...
    @property
    def booked_on(self) -> date: ...


L = TypeVar("L", bound=_Line)


@dataclass(frozen=True, slots=True)
class DayWindow:
    """``since``: first day of the window. ``page``: which page comes next, 1 is the first. ``told``: digest -> day."""

    since: date
    page: int
    told: tuple[tuple[str, date], ...]

    def encode(self) -> str:
        """The opaque form."""
        days: dict[str, list[str]] = {}
        for digest, on in self.told:
            days.setdefault(on.isoformat(), []).append(digest)
        return json.dumps({"v": 1, "since": self.since.isoformat(), "page": self.page, "told": days})

    def fresh(self, lines: Iterable[L]) -> list[L]:
        """Those not told before, each once."""
        known = {digest for digest, _ in self.told}
        found: dict[str, L] = {}
        for line in lines:
            if _digest(line.bank_key) not in known:
                found.setdefault(line.bank_key, line)
        return list(found.values())

    def next_page(self, lines: Sequence[_Line]) -> "DayWindow":
        """After a page that is not the last."""
        return replace(self, page=self.page + 1, told=self._told(lines))

    def next_pass(self, lines: Sequence[_Line], last: date) -> "DayWindow":
        """After the last page of the days up to ``last``."""
        told = self._told(lines)
        since = max(self.since, last - OVERLAP)
        kept = tuple(each for each in told if each[1] >= since)
        while len(kept) > MOST_TOLD and since < last:
            since += timedelta(days=1)
            kept = tuple(each for each in told if each[1] >= since)
        return DayWindow(since, 1, kept)

    def _told(self, lines: Sequence[_Line]) -> tuple[tuple[str, date], ...]:
        return tuple({**dict(self.told), **{_digest(line.bank_key): line.booked_on for line in lines}}.items())


def _digest(key: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()[:6]).decode()


def day_window(text: str | None, *, first_day: date) -> DayWindow:
    """Read a cursor; ``None`` starts at ``first_day``. Raises :class:`BadCursor`."""
    if text is None:
        return DayWindow(first_day, 1, ())
    try:
        form = json.loads(text)
        told = tuple((digest, date.fromisoformat(on)) for on, digests in form["told"].items() for digest in digests)
        if form["v"] != 1 or type(form["page"]) is not int or form["page"] < 1:
            raise BadCursor(text[:80])
        if not all(isinstance(digest, str) for digest, _ in told):
            raise BadCursor(text[:80])
        return DayWindow(date.fromisoformat(form["since"]), form["page"], told)
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise BadCursor(text[:80]) from broken
