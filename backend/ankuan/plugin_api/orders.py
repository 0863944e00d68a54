"""What is ordered of a bank. All money is ``kernel.money.Money`` (integer fen, CNY).

``client_ref`` is made by the platform in the bank's own alphabet and length, is fixed for the life of the order, and
contains the day: every try carries the same one. ``submitted_on`` is the day (in China) of the first try, for banks
that want to hear it again; ``None`` on the first try.
"""

from dataclasses import dataclass
from datetime import date

from ankuan.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """Pay one payee. ``batch_ref`` is set when the order went, or goes, as one row of a batch."""

    client_ref: str
    amount: Money
    pay_from_sub_account: str | None
    payee_account: str
    payee_name: str
    payee_bank_name: str
    payee_bank_code: str | None
    same_bank: bool
    purpose: str
    batch_ref: str | None = None
    submitted_on: date | None = None


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """Several payments in one message. ``batch_ref`` lives by the same rules as a ``client_ref``."""

    batch_ref: str
    orders: tuple[PaymentOrder, ...]
    submitted_on: date | None = None


@dataclass(frozen=True, slots=True)
class AdjustmentOrder:
    """Move money that waits on the public adjustment account to a sub-account (调账)."""

    client_ref: str
    amount: Money
    to_sub_account: str
    to_sub_account_name: str
    adjustment_ref: str
    reason: str
    submitted_on: date | None = None


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """Move money under one main account. ``None`` stands for the main account (its public adjustment account)."""

    client_ref: str
    amount: Money
    from_sub_account: str | None
    to_sub_account: str | None
    to_name: str
    reason: str
    submitted_on: date | None = None


SingleOrder = PaymentOrder | AdjustmentOrder | TransferOrder
