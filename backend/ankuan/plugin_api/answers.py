"""What a bank answers to an order, what it calls back, and what is printed for a bank that only takes paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ankuan.plugin_api.wire import RawExchange


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
    """The bank's word on an order, with the evidence it rests on."""

    state: AnswerState
    code: str = ""
    message: str = ""
    bank_ref: str | None = None
    booked_on: date | None = None
    exchanges: tuple[RawExchange, ...] = ()
    alarm: str | None = None
    """Set when the answer was malformed or contradicts what was sent: a person must look."""


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """One answer an order, in the order of the batch. A row that the bank does not mention is ``unknown``."""

    answers: tuple[BankAnswer, ...]
    exchanges: tuple[RawExchange, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingNotice:
    """A call of the bank as it came in. Header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class NoticeKind(StrEnum):
    """What a notice hints at."""

    MOVEMENT = "movement"
    """Something was booked: the account is worth reading now."""
    ORDER = "order"
    """Something became of an order: it is worth asking about now."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BankNotice:
    """What a genuine notice says. ``notice_id`` is the bank's own, the same when it tells it again.

    ``reply`` is what the bank wants to hear so that it stops repeating itself.
    """

    notice_id: str
    kind: NoticeKind
    client_ref: str | None = None
    reply: bytes = b""
    reply_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """What is printed: ``facts`` are labels and values in the order of the sheet, ``qr`` what the code on it says."""

    title: str
    number: str
    facts: tuple[tuple[str, str], ...]
    qr: str
    signatures: tuple[str, ...]
