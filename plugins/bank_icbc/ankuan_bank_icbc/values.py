"""PURE. Field types of the interface: integer fen, yyyyMMdd, time stamps, the receipt's identity."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money

Row = Mapping[str, str]
_FEN: Final = re.compile(r"-?[0-9]{1,16}", re.ASCII)
_TIME: Final = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}-)?([0-9]{2})[.:]?([0-9]{2})[.:]?([0-9]{2})(?:\.[0-9]+)?")


class BadValue(ValueError):
    """A field that is not of its documented type."""


def fen(text: str) -> Money:
    """An amount in fen, of either sign. Raises BadValue."""
    if not _FEN.fullmatch(text):
        raise BadValue(f"amount {text[:20]!r}")
    return Money(int(text))


def above_zero(text: str) -> Money:
    """An amount in fen above zero. Raises BadValue."""
    amount = fen(text)
    if amount <= Money.ZERO:
        raise BadValue(f"amount {text[:20]!r} is not above zero")
    return amount


def day(text: str) -> date:
    """A date yyyyMMdd, in China. Raises BadValue."""
    try:
        if len(text) == 8 and text.isascii() and text.isdigit():
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as wrong:
        raise BadValue(f"date {text[:20]!r}") from wrong
    raise BadValue(f"date {text[:20]!r}")


def moment(on: date, text: str) -> datetime | None:
    """The moment of a booking, ``None`` when the bank tells no usable time."""
    found = _TIME.fullmatch(text)
    if found is None or not text.isascii():
        return None
    hour, minute, second = (int(part) for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=SHANGHAI)


def wire_day(on: date) -> str:
    """yyyyMMdd."""
    return on.strftime("%Y%m%d")


def wire_moment(at: datetime) -> str:
    """yyyyMMddHHmmssSSS, in China."""
    there = at.astimezone(SHANGHAI)
    return f"{there:%Y%m%d%H%M%S}{there.microsecond // 1000:03d}"


def needed(row: Row, *names: str) -> str:
    """The first of these fields that is not empty. Raises BadValue when all are."""
    for name in names:
        if row.get(name):
            return row[name]
    raise BadValue(f"{names[0]} is missing")
