"""Does a booking concern an order, and is it the ordered one? PURE (failures D14, D16, D18, E6)."""

from dataclasses import dataclass
from enum import StrEnum

from ankuan.plugin_api.bank import LineDirection, LineKind


@dataclass(frozen=True, slots=True)
class Ordered:
    """The parts of an order that a booking can be held against. Amount in fen."""

    purpose: str
    client_ref: str
    bank_ref: str | None
    amount_fen: int
    account: str
    """The payee's account, or the sub-account that an adjustment fills."""
    pay_from: str | None


@dataclass(frozen=True, slots=True)
class Booked:
    """The parts of a booking that speak of an order. Amount in fen."""

    direction: LineDirection
    kind: LineKind
    client_ref: str | None
    bank_ref: str | None
    amount_fen: int
    sub_account_no: str | None
    counter_account: str


class Bearing(StrEnum):
    """What a booking means for an order."""

    EXECUTED = "executed"
    DIFFERS = "differs"
    NONE = "none"


def bearing(order: Ordered, line: Booked) -> Bearing:
    """Hold a booking against an order.

    A booking that names the order by our reference and differs in amount or account is an alarm. One that only shares
    the bank's number is taken only if everything else fits, since banks reuse their numbers.
    """
    if not _is_execution(order.purpose, line):
        return Bearing.NONE
    fits = line.amount_fen == order.amount_fen and _same_accounts(order, line)
    if line.client_ref == order.client_ref:
        return Bearing.EXECUTED if fits else Bearing.DIFFERS
    by_number = line.client_ref is None and order.bank_ref is not None and line.bank_ref == order.bank_ref
    return Bearing.EXECUTED if by_number and fits and line.counter_account else Bearing.NONE


def _is_execution(purpose: str, line: Booked) -> bool:
    if purpose == "payment":
        return line.direction is LineDirection.DEBIT and line.kind is LineKind.EXTERNAL
    # An adjustment is booked twice: out of the public adjustment account, into the sub-account. The second one counts.
    return line.direction is LineDirection.CREDIT and line.kind is LineKind.ADJUSTMENT


def _same_accounts(order: Ordered, line: Booked) -> bool:
    if order.purpose == "payment":
        from_right = order.pay_from is None or line.sub_account_no in {None, order.pay_from}
        return from_right and line.counter_account in {"", order.account}
    return line.sub_account_no == order.account
