"""PURE. Field types that Chinese banks share: yuan, YYYYMMDD, hhmmss, XML without traps. Nothing is guessed."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money

_YUAN: Final = re.compile(r"([+-]?)([0-9]{1,13})(?:\.([0-9]{1,2}))?", re.ASCII)


class Malformed(ValueError):
    """An answer that is no message, or a field of it that is not of its documented type."""


def xml_root(text: str) -> Element:
    """The root of a document without DTD, entities or anything external. Raises :class:`Malformed`."""
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as broken:
        raise Malformed(f"xml: {type(broken).__name__}") from broken
    return root


def leaves(elements: Iterable[Element]) -> dict[str, str]:
    """Name to text of elements without children. Raises :class:`Malformed` for a nested one or a name told twice:
    choosing one of two would be a guess.
    """
    found: dict[str, str] = {}
    for child in elements:
        if len(child) or child.tag in found:
            raise Malformed(f"field {child.tag[:30]} is nested or told twice")
        found[child.tag] = (child.text or "").strip()
    return found


def needed(row: Mapping[str, str], name: str) -> str:
    """A field that must not be empty. Raises :class:`Malformed`."""
    value = row.get(name, "")
    if not value:
        raise Malformed(f"{name} is missing")
    return value


def yuan(text: str) -> Money:
    """Yuan with at most two decimals, maybe with a sign. Raises :class:`Malformed`."""
    found = _YUAN.fullmatch(text.strip())
    if found is None:
        raise Malformed(f"amount {text[:20]!r}")
    fen = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return Money(-fen if found[1] == "-" else fen)


def positive_yuan(text: str) -> Money:
    """An amount above zero. Raises :class:`Malformed`."""
    amount = yuan(text)
    if amount <= Money.ZERO:
        raise Malformed(f"amount {text[:20]!r} is not above zero")
    return amount


def day(text: str) -> date:
    """YYYYMMDD, in China. Raises :class:`Malformed`."""
    try:
        if len(text) != 8 or not text.isascii():
            raise Malformed(f"date {text[:20]!r}")
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as wrong:
        raise Malformed(f"date {text[:20]!r}") from wrong


def moment(on: date, text: str) -> datetime | None:
    """hhmmss on that day in China; ``None`` when the bank tells no usable time."""
    if not re.fullmatch(r"[0-9]{6}", text, re.ASCII):
        return None
    hour, minute, second = int(text[:2]), int(text[2:4]), int(text[4:])
    if hour > 23 or minute > 59 or second > 59:
        return None
    return datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=SHANGHAI)


def wire_day(on: date) -> str:
    """YYYYMMDD."""
    return on.strftime("%Y%m%d")
