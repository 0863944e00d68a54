"""What a plugin hands back is looked at field by field: a type is only a promise until somebody has checked it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from ankuan.kernel.money import Money
from ankuan.plugin_api.wire import RawExchange

LONGEST_TEXT = 4_000
MOST_EXCHANGES = 500
LARGEST_MESSAGE = 16 * 1024 * 1024
LARGEST_TOTAL = 64 * 1024 * 1024
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
T = TypeVar("T")


class Malformed(Exception):
    """A field is not what the contract says. The text names the field, never its value."""


def of_type(value: object, wanted: type[T], name: str) -> T:
    """The value as that very type; a bool is no int, a datetime no date."""
    if not isinstance(value, wanted) or (wanted is date and isinstance(value, datetime)):
        raise Malformed(name)
    if wanted is int and isinstance(value, bool):
        raise Malformed(name)
    return value


def text(value: object, name: str, *, most: int = LONGEST_TEXT, empty: bool = True) -> str:
    """Text that a database can keep: no NUL, no lone surrogates, not too long."""
    found = of_type(value, str, name)
    if len(found) > most or "\x00" in found or (not empty and not found.strip()):
        raise Malformed(name)
    try:
        found.encode()
    except UnicodeEncodeError:
        raise Malformed(name) from None
    return found


def text_or_none(value: object, name: str, *, most: int = LONGEST_TEXT) -> str | None:
    """Text that is not empty, or nothing."""
    return None if value is None else text(value, name, most=most, empty=False)


def amount(value: object, name: str, *, positive: bool = False) -> Money:
    """Money whose fen are an integer within the platform's range."""
    found = of_type(value, Money, name)
    of_type(found.fen, int, name)
    if positive and found.fen <= 0:
        raise Malformed(name)
    return found


def day(value: object, name: str) -> date:
    """A date that some bank may have meant."""
    found = of_type(value, date, name)
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Malformed(name)
    return found


def moment(value: object, name: str) -> datetime:
    """An instant with its time zone."""
    found = of_type(value, datetime, name)
    if found.utcoffset() is None or not FIRST_DAY <= found.date() <= LAST_DAY:
        raise Malformed(name)
    return found


def items(value: object, name: str, *, most: int) -> tuple[object, ...]:
    """A tuple (or list) that is not too long."""
    if not isinstance(value, tuple | list) or len(value) > most:
        raise Malformed(name)
    return tuple(value)


def good_exchanges(value: object) -> tuple[tuple[RawExchange, ...], bool]:
    """Those of the exchanges that can be kept, and whether these are all."""
    found: list[RawExchange] = []
    total = 0
    given: Iterable[object] = value if isinstance(value, tuple | list) else ()
    is_whole = isinstance(value, tuple | list)
    for one in given:
        try:
            size = _exchange(one)
        except Malformed:
            is_whole = False
            continue
        total += size
        if len(found) == MOST_EXCHANGES or total > LARGEST_TOTAL:
            return tuple(found), False
        found.append(one)  # type: ignore[arg-type]  # _exchange has looked
    return tuple(found), is_whole


def all_exchanges(value: object) -> tuple[RawExchange, ...]:
    """Raises :class:`Malformed` unless every exchange can be kept."""
    found, is_whole = good_exchanges(value)
    if not is_whole:
        raise Malformed("exchanges")
    return found


def _exchange(value: object) -> int:
    one = of_type(value, RawExchange, "exchange")
    text(one.operation, "exchange.operation", most=200)
    text(one.note, "exchange.note")
    moment(one.started_at, "exchange.started_at")
    moment(one.ended_at, "exchange.ended_at")
    sizes = [len(of_type(one.request, bytes, "exchange.request"))]
    if one.response is not None:
        sizes.append(len(of_type(one.response, bytes, "exchange.response")))
    if max(sizes) > LARGEST_MESSAGE:
        raise Malformed("exchange")
    return sum(sizes)
