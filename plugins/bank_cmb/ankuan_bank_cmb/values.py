"""PURE. Field types of the bank: yuan with two decimals, yyyyMMdd, HHmmss."""

import re
from datetime import date, datetime
from typing import Final

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money
from ankuan_bank_cmb.messages import Row

_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?", re.ASCII)
_DAY: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})", re.ASCII)
_TIME: Final = re.compile(r"([0-9]{2}):?([0-9]{2}):?([0-9]{2})", re.ASCII)


class BadValue(ValueError):
    """A field of a row that is not of its documented type."""


def signed_money(text: str) -> Money:
    """Yuan with at most two decimals, of either sign. Raises BadValue."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise BadValue(f"amount {text[:20]!r}")
    fen = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return Money(-fen if found[1] else fen)


def positive_money(text: str) -> Money:
    """Yuan above zero. Raises BadValue."""
    amount = signed_money(text)
    if amount <= Money.ZERO:
        raise BadValue(f"amount {text[:20]!r} is not above zero")
    return amount


def day(text: str) -> date:
    """A date of the bank, in China. Raises BadValue."""
    found = _DAY.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise BadValue(f"date {text[:20]!r}")


def moment(on: date, text: str) -> datetime | None:
    """The moment of a booking; ``None`` when the bank tells no usable time."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3])
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=SHANGHAI)


def stamp(text: str) -> datetime:
    """yyyyMMddHHmmss, in China. Raises BadValue."""
    if len(text) != 14:
        raise BadValue(f"time {text[:20]!r}")
    found = moment(day(text[:8]), text[8:])
    if found is None:
        raise BadValue(f"time {text[:20]!r}")
    return found


def wire_day(on: date) -> str:
    """yyyyMMdd."""
    return on.strftime("%Y%m%d")


def needed(row: Row, name: str) -> str:
    """A field that must not be empty. Raises BadValue."""
    value = row.get(name, "")
    if not value:
        raise BadValue(f"{name} is missing")
    return value
