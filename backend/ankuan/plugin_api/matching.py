"""Matchers: which case may a receipt belong to, when its sub-account does not say it?

A matcher only *suggests*, with a score and its reasons; a person claims. It reads cases through the directory that the
host hands over, which shows nothing but the receipt's own court.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable
from uuid import UUID

from ankuan.kernel.money import Money


@dataclass(frozen=True, slots=True)
class UnmatchedReceipt:
    """What is known of money that waits for its case."""

    receipt_id: UUID
    amount: Money
    booked_on: date
    payer_name: str
    payer_account: str
    payer_bank: str
    remark: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case in progress, as far as matching needs it."""

    case_id: UUID
    number: str
    registered_on: date
    claim_amount: Money | None
    party_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchSuggestion:
    """``score``: 1 … 99, what a person would bet in a hundred. ``reason``: one Chinese sentence shown and stored."""

    case_id: UUID
    score: int
    reason: str


@runtime_checkable
class CaseDirectory(Protocol):
    """Look-ups over the open cases of one court. Each answers at most ``limit`` (≤ 50) cases, the newest first."""

    async def by_party_name(self, name: str, *, limit: int = 20) -> Sequence[CaseFacts]:
        """Cases with a party of exactly this name."""
        ...

    async def by_payer_account(self, account: str, *, limit: int = 20) -> Sequence[CaseFacts]:
        """Cases to which money from this account has been claimed before."""
        ...

    async def by_claim_amount(self, amount: Money, *, limit: int = 20) -> Sequence[CaseFacts]:
        """Cases whose claim is exactly this amount."""
        ...


@runtime_checkable
class MatcherPlugin(Protocol):
    """Suggests cases (``ankuan_register_matcher``)."""

    @property
    def id(self) -> str:
        """Stable id, stored with every suggestion."""
        ...

    @property
    def display_name(self) -> str:
        """Name shown to people beside the reason."""
        ...

    async def suggest(self, receipt: UnmatchedReceipt, cases: CaseDirectory) -> Sequence[MatchSuggestion]:
        """Suggestions, best first, at most ten. An exception means no suggestions from this matcher."""
        ...
