"""PURE. Where reading stopped: a window of days, and within it the bank's own break-point.

The last days of a finished window are read again each time, since bookings can be back-dated, and pages can shift
while they are read. Bookings already told are known by a short digest of their key.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from ankuan_bank_cmb.messages import Row
from ankuan_bank_cmb.values import day, wire_day

OVERLAP: Final = timedelta(days=7)
"""How late a booking may be back-dated and still be seen."""
SPAN: Final = timedelta(days=85)
"""The longest window asked for at once."""
STAGES: Final = ("account", "history", "today")
"""The account's statement, then the units' entries of the days before, then those of today."""


class BadCursor(ValueError):
    """Not a cursor of this plugin."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The bank's break-point: ``resume`` (queryAcctNbr) and ``after`` (a table), to be handed back as they came."""

    resume: str = ""
    after: tuple[Mapping[str, str], ...] = ()

    @property
    def is_start(self) -> bool:
        """Whether it points before the first page."""
        return not self.resume and not self.after


@dataclass(frozen=True, slots=True)
class Cursor:
    """``since``, ``until``: the window; ``told``: day -> digests of the bookings of that day that were told.

    ``stage`` indexes STAGES, ``pages`` counts those read of it, ``mark`` is where it goes on.
    """

    since: date
    until: date | None = None
    told: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stage: int = 0
    pages: int = 0
    mark: Mark = Mark()

    def encode(self) -> str:
        """The opaque form."""
        form = {
            "v": 1,
            "since": wire_day(self.since),
            "until": wire_day(self.until) if self.until else "",
            "told": {on: list(digests) for on, digests in self.told.items()},
            "stage": self.stage,
            "pages": self.pages,
            "resume": self.mark.resume,
            "after": [dict(row) for row in self.mark.after],
        }
        return json.dumps(form, separators=(",", ":"), ensure_ascii=False)

    def window(self, today: date) -> tuple[date, date]:
        """First and last day to ask for. It stays while a window is being read, also past midnight."""
        return self.since, self.until or max(self.since, min(today, self.since + SPAN))

    def knows(self, key: str) -> bool:
        """Whether a booking was told before."""
        short = digest(key)
        return any(short in digests for digests in self.told.values())

    def telling(self, told: Iterable[tuple[date, str]]) -> "Cursor":
        """After these bookings (day and key) were told."""
        grown: dict[str, list[str]] = {on: list(digests) for on, digests in self.told.items()}
        for on, key in told:
            grown.setdefault(wire_day(on), []).append(digest(key))
        return replace(self, told={on: tuple(digests) for on, digests in grown.items()})

    def at(self, mark: Mark, until: date) -> "Cursor":
        """Further on in this stage."""
        return replace(self, until=until, mark=mark, pages=self.pages + 1)

    def next_stage(self, until: date) -> "Cursor | None":
        """The beginning of the next stage; ``None`` after the last."""
        if self.stage + 1 == len(STAGES):
            return None
        return replace(self, until=until, stage=self.stage + 1, pages=0, mark=Mark())

    def finished(self, until: date) -> "Cursor":
        """After the whole window was read: the next one begins some days before this one's end."""
        since = max(self.since, until - OVERLAP)
        kept = {on: digests for on, digests in self.told.items() if on >= wire_day(since)}
        return Cursor(since, told=kept)


def digest(key: str) -> str:
    """Twelve hex digits of a booking's key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def decode(text: str | None, *, first_day: date) -> Cursor:
    """Read a cursor; ``None`` starts at ``first_day``. Raises :class:`BadCursor`."""
    if text is None:
        return Cursor(first_day)
    try:
        form = json.loads(text)
        if form["v"] != 1 or not 0 <= form["stage"] < len(STAGES):
            raise BadCursor(text[:80])
        return Cursor(
            since=day(form["since"]),
            until=day(form["until"]) if form["until"] else None,
            told={str(on): tuple(map(str, digests)) for on, digests in form["told"].items()},
            stage=int(form["stage"]),
            pages=int(form["pages"]),
            mark=Mark(str(form["resume"]), _rows(form["after"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise BadCursor(text[:80]) from broken


def _rows(value: Sequence[Any]) -> tuple[Row, ...]:
    return tuple({str(name): str(cell) for name, cell in row.items()} for row in value)
