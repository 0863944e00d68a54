"""Banks: what a bank plugin declares and does. All money is ``kernel.money.Money`` (integer fen, CNY)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol, runtime_checkable

from ankuan.kernel.money import Money
from ankuan.plugin_api.wire import RawExchange


@dataclass(frozen=True, slots=True)
class BankCapabilities:
    """What this bank can do. Work-flows and screens offer nothing that is not declared here."""

    sub_accounts_online: bool = False
    adjustments: bool = False
    pay_from_sub_account: bool = False
    realtime_result: bool = False
    batch_limit: int = 1
    client_ref_max_length: int = 20
    client_ref_alphabet: str = "0123456789"
    encoding: str = "utf-8"
    large_value_from: time | None = None
    large_value_until: time | None = None


@dataclass(frozen=True, slots=True)
class FundAccountRef:
    """The court's real account at the bank, as a connector needs it. ``settings`` passed ``validate_settings``."""

    account_no: str
    account_name: str
    adjustment_account_no: str | None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenedSubAccount:
    """A virtual sub-account the bank has just opened."""

    number: str
    name: str
    bank_ref: str | None = None


class LineDirection(StrEnum):
    """Seen from the court: money in is a credit."""

    CREDIT = "credit"
    DEBIT = "debit"


class LineKind(StrEnum):
    """Why the line exists. Only ``external`` credits are receipts."""

    EXTERNAL = "external"
    ADJUSTMENT = "adjustment"
    RETURNED = "returned"
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
class PaymentOrder:
    """Pay one payee. ``client_ref`` is fixed for the life of the payment: every try carries the same one."""

    client_ref: str
    amount: Money
    pay_from_sub_account: str | None
    payee_account: str
    payee_name: str
    payee_bank_name: str
    payee_bank_code: str | None
    same_bank: bool
    purpose: str


@dataclass(frozen=True, slots=True)
class AdjustmentOrder:
    """Move money that waits on the public adjustment account to a sub-account (调账)."""

    client_ref: str
    amount: Money
    to_sub_account: str
    to_sub_account_name: str
    adjustment_ref: str
    reason: str


class AnswerState(StrEnum):
    """What a submit or a query proves.

    ``unknown`` is the answer to everything that is not positive evidence: time-outs, broken messages, codes
    outside the plugin's table. ``not_found`` is an answer of a query only, and no proof of non-execution by itself.
    """

    ACCEPTED = "accepted"
    SETTLED = "settled"
    REFUSED = "refused"
    AWAITING_BANK = "awaiting_bank"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """The bank's word on a payment or an adjustment, with the evidence it rests on."""

    state: AnswerState
    code: str = ""
    message: str = ""
    bank_ref: str | None = None
    booked_on: date | None = None
    exchanges: tuple[RawExchange, ...] = ()
    alarm: str | None = None
    """Set when the answer was malformed or contradicts what was sent: a person must look."""


@dataclass(frozen=True, slots=True)
class BankBalance:
    """Booked balance and what can be spent now, of the main account or of a sub-account."""

    booked: Money
    available: Money
    exchanges: tuple[RawExchange, ...] = ()


@runtime_checkable
class BankConnector(Protocol):
    """A live connection to one bank for one fund account. All methods are coroutines and safe to run side by side.

    ``pay``, ``adjust`` and ``query`` never raise for what happens on the wire: they answer ``unknown``.
    They raise :class:`ankuan.plugin_api.errors.CannotExpress` before anything is sent. Reads raise
    ``BankUnreachable``, ``MalformedAnswer`` or ``BankRefused``.
    """

    async def open_sub_accounts(self, names: tuple[str, ...]) -> tuple[OpenedSubAccount, ...]:
        """Open one sub-account a name. May open fewer than asked; never raises away what was opened."""
        ...

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """Lines after ``cursor`` (``None``: from the beginning the bank keeps)."""
        ...

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """Balance of the main account, or of one sub-account."""
        ...

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """Submit once. The bank sees ``order.client_ref`` and refuses a second execution of it."""
        ...

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """Submit an adjustment once."""
        ...

    async def query(self, order: PaymentOrder | AdjustmentOrder) -> BankAnswer:
        """Ask what became of an order; an answer about another amount or payee is ``unknown`` with an alarm."""
        ...

    async def aclose(self) -> None:
        """Give back connections."""
        ...


@runtime_checkable
class BankPlugin(Protocol):
    """What the hook returns: who this bank is, what it can do, and how to connect a fund account to it."""

    @property
    def id(self) -> str:
        """Stable id, e.g. ``bank_citic``."""
        ...

    @property
    def display_name(self) -> str:
        """Chinese name shown to people, e.g. 中信银行."""
        ...

    @property
    def bank_code_prefix(self) -> str:
        """First three digits of the bank's CNAPS codes; tells payments inside the bank from others."""
        ...

    @property
    def capabilities(self) -> BankCapabilities:
        """Declared once, obeyed everywhere."""
        ...

    @property
    def settings_schema(self) -> Mapping[str, str]:
        """Setting name -> what to enter, shown to administrators."""
        ...

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Raise :class:`ankuan.plugin_api.errors.InvalidSettings` naming the field that does not fit."""
        ...

    def connect(self, account: FundAccountRef, *, timeout_seconds: int) -> BankConnector:
        """Make a connector. Must not touch the network yet."""
        ...
