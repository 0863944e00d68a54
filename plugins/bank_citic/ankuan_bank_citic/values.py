"""PURE. Field types of the interface documents: decimal(15,2), YYYYMMDD, hhmmss."""

import re
from datetime import date, datetime
from typing import Final

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money
from ankuan_bank_citic.mapping import BadValue
from ankuan_bank_citic.messages import Row

_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?")


def money(text: str) -> Money:
    """Yuan with at most two decimals. Raises BadValue."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise BadValue(f"amount {text[:20]!r}")
    fen = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return Money(-fen if found[1] else fen)


def day(text: str) -> date:
    """A date of the bank, in China. Raises BadValue."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 and text.isascii() else _bad(text)
    except ValueError as wrong:
        raise BadValue(f"date {text[:20]!r}") from wrong


def moment(on: date, text: str) -> datetime | None:
    """The moment of a booking in UTC-comparable form, ``None`` when the bank tells no usable time."""
    if not re.fullmatch(r"[0-9]{6}", text, re.ASCII):
        return None
    hour, minute, second = int(text[:2]), int(text[2:4]), int(text[4:])
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=SHANGHAI)


def wire_day(on: date) -> str:
    """YYYYMMDD."""
    return on.strftime("%Y%m%d")


def needed(row: Row, name: str) -> str:
    """A field that must not be empty. Raises BadValue."""
    value = row.get(name, "")
    if not value:
        raise BadValue(f"{name} is missing")
    return value


def _bad(text: str) -> date:
    raise ValueError(text)
