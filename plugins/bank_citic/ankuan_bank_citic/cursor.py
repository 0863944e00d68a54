"""PURE. Where reading stopped: a place in the sub-accounts' book, and a window over the public adjustment account.

The sub-accounts' book goes on after a booking (DLSTRNDT, incremental). The public adjustment account can only be read
by days, so the last days are read again each time, and bookings already told are known by a short digest of their key.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ankuan_bank_citic.values import day, wire_day

OVERLAP: Final = timedelta(days=7)
"""How late a booking may be back-dated on the public adjustment account and still be seen."""
SPAN: Final = timedelta(days=85)
"""The bank answers for three months at most."""


class BadCursor(ValueError):
    """Not a cursor of this plugin."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``host``: date, HOSTFLW, HOSTSEQ of the last booking read. ``since``: the window's first day."""

    host: tuple[str, str, str]
    since: date
    told: frozenset[str]

    def encode(self) -> str:
        """The opaque form."""
        form = {"v": 1, "host": self.host, "since": wire_day(self.since), "told": sorted(self.told)}
        return json.dumps(form, separators=(",", ":"))

    def window(self, today: date) -> tuple[date, date, bool]:
        """First and last day to ask for, and whether days after that remain."""
        last = min(today, self.since + SPAN)
        return self.since, max(last, self.since), last < today

    def moved(self, last: date, seen: Iterable[tuple[date, str]]) -> "Cursor":
        """After reading up to ``last``; ``seen``: day and key of every booking in the window."""
        since = max(self.since, last - OVERLAP)
        return Cursor(self.host, since, frozenset(digest(key) for on, key in seen if on >= since))


def digest(key: str) -> str:
    """Twelve hex digits of a booking's key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def decode(text: str | None, *, first_day: date) -> Cursor:
    """Read a cursor; ``None`` starts at ``first_day``. Raises :class:`BadCursor`."""
    if text is None:
        return Cursor(("", "", ""), first_day, frozenset())
    try:
        form = json.loads(text)
        on, flow, seq = form["host"]
        if form["v"] != 1 or not all(isinstance(part, str) for part in (on, flow, seq)):
            raise BadCursor(text[:80])
        return Cursor((on, flow, seq), day(form["since"]), frozenset(map(str, form["told"])))
    except (ValueError, KeyError, TypeError) as broken:
        raise BadCursor(text[:80]) from broken
