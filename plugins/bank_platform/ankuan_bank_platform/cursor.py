"""PURE. Where reading stopped: after which booking, at which balance, and which day's statement is next.

Bookings are read in the order in which they were made, so a booking dated back is simply the next one. Each page has to
begin with the balance at which the page before ended. The statement of a day that is over must tell the same bookings
as were read; of those, only their number and a digest of their keys are kept, so that the cursor stays small.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ankuan.kernel.money import Money
from ankuan_bank_platform.report import Entry

Told = tuple[int, int]
"""How many bookings, and the exclusive-or of their digests: the same in any order."""


class BadCursor(ValueError):
    """Not a cursor of this plugin."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``after``: number of the last booking read, ``None`` before the first page. ``day``: the next statement."""

    after: int | None = None
    balance: Money | None = None
    day: date | None = None
    told: Mapping[date, Told] | None = None

    def encode(self) -> str:
        """The opaque form."""
        told = {on.isoformat(): [count, f"{mark:x}"] for on, (count, mark) in sorted((self.told or {}).items())}
        form = {
            "v": 1,
            "after": self.after,
            "fen": self.balance.fen if self.balance is not None else None,
            "day": self.day.isoformat() if self.day else None,
            "told": told,
        }
        return json.dumps(form, separators=(",", ":"))

    def read_on(self, after: int, balance: Money, today: date, entries: Iterable[Entry]) -> "Cursor":
        """After a page. The first page's day is the first whose statement will be compared."""
        start = self.day or today
        told = dict(self.told or {})
        for entry in entries:
            if entry.booked_on >= start:
                count, mark = told.get(entry.booked_on, (0, 0))
                told[entry.booked_on] = (count + 1, mark ^ digest(entry.key))
        return Cursor(after, balance, start, told)

    def agrees(self, entries: Iterable[Entry]) -> bool:
        """Whether the statement of ``day`` tells what was told."""
        keys = [entry.key for entry in entries]
        mark = 0
        for key in keys:
            mark ^= digest(key)
        return self.day is not None and (self.told or {}).get(self.day, (0, 0)) == (len(keys), mark)

    def next_day(self) -> "Cursor":
        """The statement of ``day`` is done."""
        if self.day is None:
            return self
        told = {on: mark for on, mark in (self.told or {}).items() if on != self.day}
        return replace(self, day=self.day + timedelta(days=1), told=told)


def digest(key: str) -> int:
    """Eight bytes of a booking's key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")


def decode(text: str | None) -> Cursor:
    """Read a cursor; ``None`` starts. Raises :class:`BadCursor`."""
    if text is None:
        return Cursor()
    try:
        form = json.loads(text)
        told = {date.fromisoformat(on): (int(count), int(mark, 16)) for on, (count, mark) in form["told"].items()}
        if form["v"] != 1 or not isinstance(form["after"], int):
            raise BadCursor(text[:80])
        return Cursor(form["after"], Money(form["fen"]), date.fromisoformat(form["day"]), told)
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise BadCursor(text[:80]) from broken
