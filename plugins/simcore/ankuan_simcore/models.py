"""What the simulated bank knows: accounts, bookings, orders, batches. Amounts are integer fen."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

OUTSIDE = "OUTSIDE"
"""Everybody who is not our customer. Its balance is minus the sum of all others."""
INCOME = "INCOME"
"""The bank's own income: fees go here."""


class AccountKind(StrEnum):
    """What stands behind an account number. A main account holds nothing itself: its money is below it."""

    MAIN = "main"
    SUB = "sub"
    ADJUSTMENT = "adjustment"
    OUTSIDE = "outside"
    INCOME = "income"


@dataclass(slots=True)
class Account:
    """An account. ``balance`` is booked money, ``held`` the part set aside for orders under way."""

    number: str
    name: str
    kind: AccountKind
    main: str
    balance: int = 0
    held: int = 0
    closed: bool = False

    @property
    def available(self) -> int:
        """What can be spent now, in fen."""
        return self.balance - self.held


class EntryKind(StrEnum):
    """Why the bank booked."""

    INCOMING = "incoming"
    PAYMENT = "payment"
    INTERNAL = "internal"
    ADJUSTMENT = "adjustment"
    INTEREST = "interest"
    FEE = "fee"
    RETURNED = "returned"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking from ``debit`` to ``credit``. ``debit_after`` and ``credit_after`` are the balances it left.

    ``value_date`` may lie before the day of the booking. ``bank_ref``: a reference of the other bank, on returns.
    """

    no: int
    kind: EntryKind
    debit: str
    credit: str
    fen: int
    booked_at: str
    value_date: str
    counter_name: str = ""
    counter_account: str = ""
    counter_bank: str = ""
    remark: str = ""
    client_ref: str = ""
    parent: int = 0
    debit_after: int = 0
    credit_after: int = 0
    bank_ref: str = ""
    book_date: str = ""
    """Set when the bank's day is not the clock's: the day was closed before the clock struck twelve."""

    @property
    def day(self) -> str:
        """The bank's day it was booked on, ``2026-11-21``."""
        return self.book_date or self.booked_at[:10]

    def as_record(self) -> dict[str, Any]:
        """JSON form, without fields that are empty."""
        return {key: value for key, value in asdict(self).items() if value not in ("", 0) or key == "no"}


class OrderState(StrEnum):
    """The life of an order at the bank."""

    APPROVAL = "approval"
    PROCESSING = "processing"
    SETTLED = "settled"
    REFUSED = "refused"
    RETURNED = "returned"


@dataclass(slots=True)
class Order:
    """A customer's order. ``client_ref`` is unique for ever; ``queries`` counts how often its fate was asked.

    ``payer`` and ``payee`` are numbers as the wire shows them; the bank replaces a main account by the account that
    holds its money. ``channel``: ``large`` for the large-value system, which keeps hours. ``batch_ref`` and ``row``
    (1 is the first): its place in a batch. ``unmentioned_queries``: so many answers about the batch leave it out.
    """

    client_ref: str
    action: str
    payer: str
    payee: str
    payee_name: str
    payee_bank: str
    fen: int
    remark: str
    state: OrderState
    submitted_at: str
    source_entry: int = 0
    code: str = ""
    text: str = ""
    settle_after_queries: int = 0
    hidden_queries: int = 0
    hidden_until: str = ""
    times: int = 1
    pay_to: str = ""
    entries: list[int] = field(default_factory=list)
    queries: int = 0
    channel: str = ""
    batch_ref: str = ""
    row: int = 0
    unmentioned_queries: int = 0

    def as_record(self) -> dict[str, Any]:
        """JSON form for the journal and the admin API."""
        return asdict(self)


@dataclass(slots=True)
class Batch:
    """Orders sent together. ``batch_ref`` is unique for ever. ``refs``: of the rows that the bank took down."""

    batch_ref: str
    action: str
    submitted_at: str
    refs: list[str] = field(default_factory=list)
    queries: int = 0

    def as_record(self) -> dict[str, Any]:
        """JSON form for the journal and the admin API."""
        return asdict(self)


class PayeeCheck(StrEnum):
    """What the bank answers when asked whether an account has a name."""

    MATCHES = "matches"
    NAME_DIFFERS = "name_differs"
    NO_SUCH_ACCOUNT = "no_such_account"
    CLOSED = "closed"


class Refusal(StrEnum):
    """Why the bank says no, before any wire format has a code for it."""

    NO_SUCH_ACCOUNT = "no_such_account"
    INSUFFICIENT = "insufficient"
    PAYEE_REFUSED = "payee_refused"
    DUPLICATE = "duplicate"
    BAD_AMOUNT = "bad_amount"
    NO_SUCH_SOURCE = "no_such_source"
    NAME_MISMATCH = "name_mismatch"
    ALREADY_OPEN = "already_open"
    SCRIPTED = "scripted"
    WRONG_STATE = "wrong_state"
    OUT_OF_HOURS = "out_of_hours"
    NOT_EMPTY = "not_empty"


class RefusedError(Exception):
    """The bank says no and nothing was booked."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
