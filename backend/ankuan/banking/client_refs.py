"""References of orders in the shape that a bank takes: always with the day in them, never to be guessed or repeated.

PURE but for the randomness. Random, not counted: a database restored from a backup must not give a reference to
another payment that the bank has seen already (G8). The day serves banks whose references are unique by the day (D15).
"""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime

from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.plugin_api.capabilities import BankCapabilities

LONG = 20
"""Court (4), day (6), random (10): the shape wherever there is room for it."""
_DAY = 6
_LEAST_DRAWS = 1_000_000
"""Fewer different references a day would make repeating one a matter of days."""


class ReferenceTooShort(AnkuanError):
    """The bank's references have no room for a day and enough randomness; its plugin can't be used."""

    code = "client_ref_too_short"
    kind = ErrorKind.REFUSED


@dataclass(frozen=True, slots=True)
class RefShape:
    """What a bank takes for a reference: at most ``length`` characters, each of ``alphabet``."""

    length: int = LONG
    alphabet: str = string.digits


def shape_of(capabilities: BankCapabilities) -> RefShape:
    """The shape that a bank has declared. Raises :class:`ReferenceTooShort`."""
    shape = RefShape(capabilities.client_ref_max_length, capabilities.client_ref_alphabet)
    letters = _alphabet(shape)
    has_room = len(letters) ** max(0, min(shape.length, LONG - 1) - _DAY) >= _LEAST_DRAWS
    if not set(string.digits) <= set(letters) or not (shape.length >= LONG or has_room):
        raise ReferenceTooShort(
            "该银行的业务编号过短，容不下日期与随机数",
            "This bank's references are too short to hold day and random part",
        )
    return shape


def make_client_ref(court_id: int, now: datetime, shape: RefShape = RefShape()) -> str:
    """A new reference. Shorter than twenty characters there is no room for the court: day, then random characters."""
    day = f"{business_date(now):%y%m%d}"
    if shape.length >= LONG:
        number = secrets.randbelow(10 ** (LONG - 4 - _DAY))
        return f"{court_id:04d}{day}{number:0{LONG - 4 - _DAY}d}"
    letters = _alphabet(shape)
    return day + "".join(secrets.choice(letters) for _ in range(shape.length - _DAY))


def _alphabet(shape: RefShape) -> str:
    """Letters and digits that the bank takes, each once; signs are left out, since statements lose them."""
    return "".join(c for c in dict.fromkeys(shape.alphabet) if c.isascii() and c.isalnum())
