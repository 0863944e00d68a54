"""The form into which every statement file is read. PURE."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.money import LIMIT_FEN

MAX_ROWS: Final = 10_000
MAX_ROW_TEXT: Final = 4_000


class StatementUnreadable(AnkuanError):
    """The file as a whole is not of the format that was named, or is not safe to read. Nothing was imported."""

    code = "statement_unreadable"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking as the file tells it. ``amount_fen`` is above or at zero, ``is_credit`` says which way."""

    amount_fen: int
    is_credit: bool
    is_reversal: bool
    is_booked: bool
    currency: str
    booked_on: date
    counter_name: str = ""
    counter_account: str = ""
    counter_bank: str = ""
    remark: str = ""
    bank_ref: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file: its text, and what could be read of it. ``entry`` None: it could not be understood."""

    text: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Statement:
    """The rows between two balances of one account. Balances in fen, ``None`` when the file does not give them."""

    account_no: str
    opening_fen: int | None
    closing_fen: int | None
    rows: tuple[Row, ...]


def fen_of(amount: Decimal) -> int:
    """Exact fen. ValueError for fractions of a fen, for what is not a number, and beyond what Money holds."""
    fen = amount * 100
    if not fen.is_finite() or fen != fen.to_integral_value() or abs(fen) >= LIMIT_FEN:
        raise ValueError("not an exact amount")
    return int(fen)
