"""Post entries: the only door to balances (domain §4, mechanism 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.money import Money
from ankuan.ledger.database_errors import AccountNotFound, InsufficientBalance, PostingConflict
from ankuan.ledger.driver import fetch_row
from ankuan.platform.db import WriteSession

__all__ = [
    "LARGEST_POSTING",
    "AccountNotFound",
    "Entry",
    "InsufficientBalance",
    "InvalidPosting",
    "Posted",
    "PostingConflict",
    "post",
]

LARGEST_POSTING: Final = 10_000
_POST = "select ids, repeated from ledger_post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"


class InvalidPosting(AnkuanError):
    """No entry, more than 10,000, an amount that is not above zero, or one account on both sides."""

    code = "invalid_posting"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount, debited to one account and credited to another of the same fund account.

    Money that arrives debits ``bank`` and credits ``case`` or ``unidentified``. ``(court_id, source, source_ref)`` is
    the entry's identity for ever; ``posting_id`` links entries that belong together. ``effective_on`` is a business
    date in Asia/Shanghai.
    """

    court_id: int
    source: str
    source_ref: str
    posting_id: UUID
    debit_account: int
    credit_account: int
    amount: Money
    effective_on: date
    kind: str
    memo: str
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """Number of the entry; ``repeated`` when it stood already and nothing moved."""

    id: int
    repeated: bool


async def post(session: WriteSession, entries: Sequence[Entry], *, now: datetime) -> tuple[Posted, ...]:
    """Post 1 to 10,000 entries in one round trip; all or nothing. The answer is in the order of ``entries``.

    An entry that stands already with the same content moves nothing and answers its first number; floors are checked
    on what the whole call moves. A refusal ends the transaction: the unit of work must be given up. For each new
    posting an event ``ledger.posted`` is told. ``now`` becomes the time of recording (UTC).

    Raises :class:`InvalidPosting`, ``MoneyOverflow`` (a call moves less than 10^17 fen), and from
    :mod:`ankuan.ledger.database_errors`: ``InsufficientBalance``, ``PostingConflict``, ``AccountNotFound``,
    ``AccountsApart``, ``AlreadyReversed``, ``NotAMirror``.
    """
    _check(entries)
    courts, sources, refs, postings, debits, credits_, amounts, days, kinds, memos, reverses = zip(
        *[
            (
                e.court_id,
                e.source,
                e.source_ref,
                e.posting_id,
                e.debit_account,
                e.credit_account,
                e.amount.fen,
                e.effective_on,
                e.kind,
                e.memo,
                e.reverses_id,
            )
            for e in entries
        ],
        strict=True,
    )
    arrays = (courts, sources, refs, postings, debits, credits_, amounts, days, kinds, memos, reverses)
    ids, repeated = await fetch_row(session, _POST, *arrays, now)
    session.has_emitted = True
    return tuple(Posted(number, again) for number, again in zip(ids, repeated, strict=True))


def _check(entries: Sequence[Entry]) -> None:
    """What the tables refuse as well, said before the round trip and in words."""
    if not 1 <= len(entries) <= LARGEST_POSTING:
        raise InvalidPosting(
            f"一次记账须有 1 到 {LARGEST_POSTING} 条分录", f"A posting has 1 to {LARGEST_POSTING} entries"
        )
    for entry in entries:
        if entry.amount.fen <= 0:
            raise InvalidPosting("金额必须大于零", "The amount must be greater than zero", ref=entry.source_ref)
        if entry.debit_account == entry.credit_account:
            raise InvalidPosting("借贷双方不能是同一账户", "Debit and credit are one account", ref=entry.source_ref)
        if not (entry.source and entry.source_ref and entry.kind):
            raise InvalidPosting("分录缺少来源或类别", "An entry lacks its source or kind", ref=entry.source_ref)
    Money.total(e.amount for e in entries)
