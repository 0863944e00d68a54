"""Events: what has happened, told to other rooms and to plugins.

An event is emitted inside the transaction that made it true. Listeners inside the platform may run in that same
transaction; plugins and subscribers hear of it after the commit, in order, at least once. Amounts are integer fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Protocol, runtime_checkable
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events. ``subject`` is the id of the thing that changed; ``court_id`` decides who may hear it."""

    kind: ClassVar[str] = ""
    court_id: int
    subject: UUID

    def payload(self) -> dict[str, Any]:
        """The event's own fields as JSON-ready values (ids as text)."""
        event: Any = type(self)
        own = {name: getattr(self, name) for name in _own_fields(event)}
        return {name: str(value) if isinstance(value, UUID) else value for name, value in own.items()}


@cache
def _own_fields(event: type[Event]) -> tuple[str, ...]:
    """Names of what an event says beside court and subject."""
    return tuple(field.name for field in fields(event) if field.name not in {"court_id", "subject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRegistered(Event):
    """A case has been registered. ``subject`` is the case."""

    kind: ClassVar[str] = "case.registered"
    case_number: str
    type_code: str
    wants_sub_account: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SubAccountBound(Event):
    """A sub-account has been bound to a case. ``subject`` is the case."""

    kind: ClassVar[str] = "sub_account.bound"
    sub_account_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineSeen(Event):
    """A booking was told by a bank for the first time. ``subject`` is the line."""

    kind: ClassVar[str] = "bank_line.seen"
    fund_account_id: UUID
    direction: str
    line_kind: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptArrived(Event):
    """Money has arrived and stands in the ledger. ``subject`` is the receipt; ``case_id`` when it found its case."""

    kind: ClassVar[str] = "receipt.arrived"
    number: str
    amount_fen: int
    case_id: UUID | None
    handler_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptChanged(Event):
    """A receipt was claimed, allocated, un-claimed or returned. ``subject`` is the receipt."""

    kind: ClassVar[str] = "receipt.changed"
    status: str
    handler_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisbursementChanged(Event):
    """A request to pay changed its state. ``subject`` is the disbursement."""

    kind: ClassVar[str] = "disbursement.changed"
    status: str
    case_id: UUID
    handler_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionChanged(Event):
    """An order at a bank changed its state. ``subject`` is the instruction, ``origin_id`` what it was issued for."""

    kind: ClassVar[str] = "instruction.changed"
    purpose: str
    origin_id: UUID
    case_id: UUID | None
    state: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundAccountChanged(Event):
    """A person has changed something of a fund account. ``subject`` is the account; ``names``: of what, with commas."""

    kind: ClassVar[str] = "fund_account.changed"
    what: str
    names: str
    reason: str = ""
    """In the person's words; empty where nobody was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChanged(Event):
    """A session of a person has ended, or what the person may do has changed. ``subject`` is the person."""

    kind: ClassVar[str] = "staff.standing_changed"
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPosted(Event):
    """Entries were posted together. ``subject`` is the posting; written by the ledger itself, one event a posting."""

    kind: ClassVar[str] = "ledger.posted"
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Event):
    """Something a person must look at. ``subject`` is the alarm."""

    kind: ClassVar[str] = "alarm.raised"
    alarm_kind: str
    message: str


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as listeners outside the transaction receive it. ``cursor`` orders all events of the platform."""

    cursor: str
    kind: str
    court_id: int
    subject: UUID
    payload: Mapping[str, Any]
    at: datetime


@runtime_checkable
class EventListener(Protocol):
    """A plugin that wants to be told what happened."""

    @property
    def id(self) -> str:
        """Stable id; the platform keeps one cursor a listener."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """Event kinds wanted; empty means all."""
        ...

    async def told(self, event: ToldEvent) -> None:
        """Called at least once an event. An exception leaves the cursor where it is; the event is told again."""
        ...


def event_kinds() -> dict[str, type[Event]]:
    """All event classes by kind."""
    return {cls.kind: cls for cls in Event.__subclasses__() if fields(cls)}
