"""PURE. Field types of the document: decimal(17,2), yyyy-MM-dd, yyyy-MM-ddTHH:mm:ss. Malformed for anything else."""

import re
from datetime import date, datetime
from typing import Final

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money
from ankuan_bank_cib.messages import Malformed

_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,2}))?", re.ASCII)
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?(?:\.\d{1,6})?", re.ASCII)
_CHINESE: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日(?: ?(\d{1,2}):(\d\d)(?::(\d\d))?)?", re.ASCII)


def money(text: str) -> Money:
    """Yuan with at most two decimals, below zero too."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Malformed(f"amount {text[:20]!r}")
    fen = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return Money(-fen if found[1] else fen)


def day_and_moment(text: str) -> tuple[date, datetime | None]:
    """A day in China, and the moment in it where one is told. The document's samples write both ways."""
    try:
        if found := _MOMENT.fullmatch(text):
            on = date.fromisoformat(found[1])
            clock = found.groups()[1:]
        elif found := _CHINESE.fullmatch(text):
            on = date(int(found[1]), int(found[2]), int(found[3]))
            clock = found.groups()[3:]
        else:
            raise Malformed(f"time {text[:30]!r}")
        if clock[0] is None:
            return on, None
        hour, minute, second = (int(part or 0) for part in clock)
        return on, datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=SHANGHAI)
    except ValueError as wrong:
        raise wrong if isinstance(wrong, Malformed) else Malformed(f"time {text[:30]!r}") from wrong
