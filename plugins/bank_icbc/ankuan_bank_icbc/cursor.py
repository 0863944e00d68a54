"""PURE. Where reading stopped: a window of days before today, then today, and within each the bank's own mark.

The last days are read again each time, since bookings can be back-dated and pages can shift while they are read.
Bookings already told are known by a short digest of their key.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from ankuan_bank_icbc.values import day, wire_day

OVERLAP: Final = timedelta(days=7)
"""How late a booking may be back-dated and still be seen."""
SPAN: Final = timedelta(days=30)
"""The longest window asked for at once."""
FIRST_READ: Final = timedelta(days=85)
"""How far back the first read begins when nobody says."""
_DIGEST_LENGTH: Final = 12
_MOST_CHARACTERS: Final = 4_000_000


class BadCursor(ValueError):
    """Not a cursor of this plugin."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``since``: first day of the window; ``until``: its last, while it is being read; ``told``: day -> digests.

    ``at_today``: the days before are read, today's page comes next. ``tag``: the bank's mark, given on the day ``on``;
    ``pages``: how many of this listing were read.
    """

    since: date
    until: date | None = None
    told: Mapping[str, frozenset[str]] = field(default_factory=dict)
    at_today: bool = False
    tag: str = ""
    on: date | None = None
    pages: int = 0

    def encode(self) -> str:
        """The opaque form."""
        form = {
            "v": 1,
            "since": wire_day(self.since),
            "until": wire_day(self.until) if self.until else "",
            "told": {on: "".join(sorted(digests)) for on, digests in sorted(self.told.items())},
            "today": self.at_today,
            "tag": self.tag,
            "on": wire_day(self.on) if self.on else "",
            "pages": self.pages,
        }
        return json.dumps(form, separators=(",", ":"), ensure_ascii=False)

    def knows(self, key: str) -> bool:
        """Whether a booking was told before."""
        short = digest(key)
        return any(short in digests for digests in self.told.values())

    def telling(self, told: Iterable[tuple[date, str]]) -> "Cursor":
        """After these bookings (day and key) were told."""
        grown = dict(self.told)
        for on, key in told:
            grown[wire_day(on)] = grown.get(wire_day(on), frozenset()) | {digest(key)}
        return replace(self, told=grown)

    def on_page(self, tag: str, on: date) -> "Cursor":
        """Further on in this listing."""
        return replace(self, tag=tag, on=on, pages=self.pages + 1)

    def awake(self, today: date) -> "Cursor":
        """A mark of another day leads nowhere: the listing begins anew, and what was told stays told."""
        return replace(self, until=None, at_today=False, tag="", pages=0) if self.tag and self.on != today else self

    def turned_to_today(self) -> "Cursor":
        """The days before are read."""
        return replace(self, until=None, at_today=True, tag="", pages=0)

    def finished(self, last: date) -> "Cursor":
        """After everything up to ``last`` was read: the next window begins some days before."""
        since = max(self.since, last - OVERLAP)
        return Cursor(since, told={on: digests for on, digests in self.told.items() if on >= wire_day(since)})


def digest(key: str) -> str:
    """72 bits of a booking's key, as twelve characters."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()[:9]).decode("ascii")


def decode(text: str | None, *, first_day: date) -> Cursor:
    """Read a cursor; ``None`` starts at ``first_day``. Raises :class:`BadCursor`."""
    if text is None:
        return Cursor(first_day)
    try:
        form = json.loads(text[:_MOST_CHARACTERS])
        if form["v"] != 1 or not isinstance(form["tag"], str) or type(form["pages"]) is not int:
            raise BadCursor(text[:80])
        return Cursor(
            since=day(form["since"]),
            until=day(form["until"]) if form["until"] else None,
            told={wire_day(day(on)): _digests(digests) for on, digests in form["told"].items()},
            at_today=form["today"] is True,
            tag=form["tag"],
            on=day(form["on"]) if form["on"] else None,
            pages=form["pages"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise BadCursor(text[:80]) from broken


def _digests(joined: str) -> frozenset[str]:
    return frozenset(joined[place : place + _DIGEST_LENGTH] for place in range(0, len(joined), _DIGEST_LENGTH))
