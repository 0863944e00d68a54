"""What a bank tells: bookings, balances, sub-accounts, receipts. All money is ``kernel.money.Money`` (fen, CNY)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ankuan.kernel.money import Money
from ankuan.plugin_api.wire import RawExchange


class LineDirection(StrEnum):
    """Seen from the court: money in is a credit."""

    CREDIT = "credit"
    DEBIT = "debit"


class LineKind(StrEnum):
    """Why the line exists. Only ``external`` credits are receipts."""

    EXTERNAL = "external"
    ADJUSTMENT = "adjustment"
    """Between accounts under the main account: adjustments and transfers."""
    RETURNED = "returned"
    """A payment that came back (退汇)."""
    REVERSAL = "reversal"
    """The bank takes back a booking of its own (冲正)."""
    FEE = "fee"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True)
class BankLine:
    """One booking as the bank tells it, normalised.

    ``bank_key`` identifies the booking for ever within the fund account: the same booking told twice (poll and
    statement) carries the same key, two equal bookings carry two keys. ``sub_account_no`` is the account the
    money was booked on (``None``: the main account or the public adjustment account).
    ``adjustment_ref`` is what the bank wants to hear back when this line is moved to a sub-account.
    """

    bank_key: str
    direction: LineDirection
    kind: LineKind
    amount: Money
    booked_on: date
    booked_at: datetime | None
    sub_account_no: str | None
    counter_name: str
    counter_account: str
    counter_bank: str
    remark: str
    balance_after: Money | None = None
    bank_ref: str | None = None
    client_ref: str | None = None
    adjustment_ref: str | None = None


@dataclass(frozen=True, slots=True)
class LinePage:
    """Lines after a cursor, oldest first. ``cursor`` is opaque and is handed back at the next call."""

    lines: tuple[BankLine, ...]
    cursor: str
    more: bool
    exchanges: tuple[RawExchange, ...] = ()


@dataclass(frozen=True, slots=True)
class BankBalance:
    """Booked balance and what can be spent now, of the main account or of a sub-account."""

    booked: Money
    available: Money
    exchanges: tuple[RawExchange, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedSubAccount:
    """A virtual sub-account of the bank."""

    number: str
    name: str
    bank_ref: str | None = None


@dataclass(frozen=True, slots=True)
class OpenedSubAccounts:
    """Those that were opened, also when not all were: ``failure`` then says why the rest was not."""

    opened: tuple[OpenedSubAccount, ...]
    exchanges: tuple[RawExchange, ...] = ()
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class SubAccountPage:
    """Sub-accounts that exist at the bank, in an order that stays."""

    accounts: tuple[OpenedSubAccount, ...]
    cursor: str
    more: bool
    exchanges: tuple[RawExchange, ...] = ()


@dataclass(frozen=True, slots=True)
class BankReceipt:
    """An electronic receipt (回单), a whole PDF file, as the bank made it."""

    content: bytes
    number: str = ""
    exchanges: tuple[RawExchange, ...] = ()
