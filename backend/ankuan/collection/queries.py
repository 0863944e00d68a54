"""Reads of receipts, allocations and sub-accounts. Row-level security applies to all of them."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, tuple_

from ankuan.banking.queries import case_account
from ankuan.collection.claim_receipt import ReceiptNotFound
from ankuan.collection.rules import ReceiptStatus, SubAccountStatus
from ankuan.collection.tables import Allocation, Receipt, SubAccount
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.money import Money, MoneyFormatError
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.tables import LedgerAccount, LedgerBalance
from ankuan.platform.db import ReadSession
from ankuan.platform.paging import Keyset, Page, fetch_page
from ankuan.registry.tables import CourtCase

Ref = tuple[int, UUID]
Refs = Collection[Ref]
SEARCH_LENGTH: Final = 100
_NUMBER: Final = re.compile(r"([Rr])?(\d{4})-(\d{1,9})", re.ASCII)


class SubAccountNotFound(AnkuanError):
    """No such sub-account within the caller's scope."""

    code = "sub_account_not_found"
    kind = ErrorKind.NOT_FOUND


@dataclass(frozen=True, slots=True)
class ReceiptQuery:
    """Which receipts; conditions add up. Dates are the bank's booking dates, both ends included; amounts too."""

    courts: Collection[int] | None = None
    statuses: Collection[ReceiptStatus] = ()
    case: Ref | None = None
    handler_id: UUID | None = None
    search: str = ""
    booked_from: date | None = None
    booked_to: date | None = None
    amount_from: Money | None = None
    amount_to: Money | None = None


@dataclass(frozen=True, slots=True)
class CaseBankPosition:
    """By which virtual account the bank knows a case; nothing while it has none."""

    sub_account_no: str | None
    fund_account_id: UUID | None


async def search_receipts(
    session: ReadSession, query: ReceiptQuery, *, first: int = 50, after: str | None = None
) -> Page[Receipt]:
    """One page of receipts, the latest arrival first. Raises ``InvalidPage``."""
    statement = select(Receipt).where(*_conditions(query))
    return await fetch_page(session, statement, Keyset((Receipt.id,), (UUID,)), first=first, after=after)


def _conditions(query: ReceiptQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.courts is not None:
        found.append(Receipt.court_id.in_(sorted(query.courts)))
    if query.statuses:
        found.append(_with_status(query.statuses))
    if query.case is not None:
        court_id, case_id = query.case
        found += [Receipt.court_id == court_id, Receipt.id.in_(_receipts_of(Allocation.case_id == case_id, court_id))]
    if query.handler_id is not None:
        found.append(_handled_by(query.handler_id))
    if wanted := query.search.strip()[:SEARCH_LENGTH].replace("\x00", ""):
        found.append(_matching(wanted))
    if query.booked_from is not None:
        found.append(Receipt.booked_on >= query.booked_from)
    if query.booked_to is not None:
        found.append(Receipt.booked_on <= query.booked_to)
    if query.amount_from is not None:
        found.append(Receipt.amount_fen >= query.amount_from.fen)
    if query.amount_to is not None:
        found.append(Receipt.amount_fen <= query.amount_to.fen)
    return found


def _with_status(statuses: Collection[ReceiptStatus]) -> ColumnElement[bool]:
    """Says "not wholly allocated" the way the partial index of open receipts does."""
    by_status = Receipt.status.in_([status.value for status in statuses])
    if ReceiptStatus.ALLOCATED in statuses:
        return by_status
    return by_status & (Receipt.allocated_fen < Receipt.amount_fen)


def _receipts_of(condition: ColumnElement[bool], court_id: int) -> Select[Any]:
    return select(Allocation.receipt_id).where(
        Allocation.court_id == court_id, Allocation.undone_at.is_(None), condition
    )


def _handled_by(handler_id: UUID) -> ColumnElement[bool]:
    """Receipts that have given money to a case this person handles."""
    mine = (
        select(Allocation.court_id, Allocation.receipt_id)
        .join(CourtCase, (CourtCase.court_id == Allocation.court_id) & (CourtCase.id == Allocation.case_id))
        .where(CourtCase.handler_id == handler_id, Allocation.undone_at.is_(None))
    )
    return tuple_(Receipt.court_id, Receipt.id).in_(mine)


def _matching(wanted: str) -> ColumnElement[bool]:
    """The receipt's number; or payer or remark containing the words, or the exact amount.

    Under row-level security no index serves LIKE (it is not leakproof), so rows are read; Chinese has no case, and
    without folding it that takes a fifth of the time.
    """
    number = _NUMBER.fullmatch(wanted)
    by_number = [Receipt.number == f"R{number[2]}-{int(number[3]):06d}"] if number else []
    if number and number[1]:
        return by_number[0]
    if wanted.lower() == wanted.upper():
        ways: list[ColumnElement[bool]] = [
            column.contains(wanted, autoescape=True) for column in (Receipt.payer_name, Receipt.remark)
        ]
    else:
        ways = [column.icontains(wanted, autoescape=True) for column in (Receipt.payer_name, Receipt.remark)]
    with suppress(MoneyFormatError):  # words, not an amount
        ways.append(Receipt.amount_fen == Money.parse(wanted).fen)
    return or_(*ways, *by_number)


async def get_receipt(session: ReadSession, *, court_id: int, receipt_id: UUID) -> Receipt:
    """The receipt. Raises ``ReceiptNotFound``."""
    found = await session.scalar(select(Receipt).where(Receipt.court_id == court_id, Receipt.id == receipt_id))
    if found is None:
        raise ReceiptNotFound("到账不存在", "No such receipt", field="receiptId")
    return found


async def receipts_by_id(session: ReadSession, refs: Refs) -> dict[Ref, Receipt]:
    """Those of the receipts that exist in scope, by (court, id)."""
    rows = await session.scalars(select(Receipt).where(tuple_(Receipt.court_id, Receipt.id).in_(list(refs))))
    return {(row.court_id, row.id): row for row in rows}


async def allocations_by_receipt(session: ReadSession, refs: Refs) -> dict[Ref, list[Allocation]]:
    """All allocations of each receipt, undone ones included, the oldest first."""
    rows = await session.scalars(
        select(Allocation)
        .where(tuple_(Allocation.court_id, Allocation.receipt_id).in_(list(refs)))
        .order_by(Allocation.id)
    )
    found: dict[Ref, list[Allocation]] = defaultdict(list)
    for row in rows:
        found[row.court_id, row.receipt_id].append(row)
    return found


async def allocations_by_id(session: ReadSession, refs: Refs) -> dict[Ref, Allocation]:
    """Those of the allocations that exist in scope, by (court, id)."""
    rows = await session.scalars(select(Allocation).where(tuple_(Allocation.court_id, Allocation.id).in_(list(refs))))
    return {(row.court_id, row.id): row for row in rows}


async def available_by_case(session: ReadSession, refs: Refs) -> dict[tuple[int, UUID, UUID], Money]:
    """What each case can dispose of, by (court, fund account, case); a case without money is left out."""
    rows = await session.execute(
        select(LedgerAccount.court_id, LedgerAccount.fund_account_id, LedgerAccount.owner_id, LedgerBalance.balance_fen)
        .join(
            LedgerBalance,
            (LedgerBalance.court_id == LedgerAccount.court_id) & (LedgerBalance.account_id == LedgerAccount.id),
        )
        .where(
            LedgerAccount.kind == AccountKind.CASE,
            tuple_(LedgerAccount.court_id, LedgerAccount.owner_id).in_(list(refs)),
        )
    )
    return {(court, fund, case): Money(fen) for court, fund, case, fen in rows if case is not None}


async def search_sub_accounts(
    session: ReadSession,
    *,
    court_id: int,
    fund_account_id: UUID | None = None,
    case_id: UUID | None = None,
    status: SubAccountStatus | None = None,
    first: int = 50,
    after: str | None = None,
) -> Page[SubAccount]:
    """One page of a court's sub-accounts, the oldest first. Raises ``InvalidPage``."""
    statement = select(SubAccount).where(SubAccount.court_id == court_id)
    if fund_account_id is not None:
        statement = statement.where(SubAccount.fund_account_id == fund_account_id)
    if case_id is not None:
        statement = statement.where(SubAccount.case_id == case_id)
    if status is not None:
        statement = statement.where(SubAccount.status == status.value)
    keyset = Keyset((SubAccount.id,), (UUID,), descending=False)
    return await fetch_page(session, statement, keyset, first=first, after=after)


async def get_sub_account(session: ReadSession, *, court_id: int, sub_account_id: UUID) -> SubAccount:
    """The sub-account. Raises :class:`SubAccountNotFound`."""
    found = await session.scalar(
        select(SubAccount).where(SubAccount.court_id == court_id, SubAccount.id == sub_account_id)
    )
    if found is None:
        raise SubAccountNotFound("子账户不存在", "No such sub-account")
    return found


async def bank_position_of_case(session: ReadSession, *, court_id: int, case_id: UUID) -> CaseBankPosition:
    """Where at the bank the case's money is expected."""
    linked = await case_account(session, court_id, case_id)
    return CaseBankPosition(
        sub_account_no=linked.sub_account_no if linked else None,
        fund_account_id=linked.fund_account_id if linked else None,
    )


async def cases_by_key(session: ReadSession, keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], CourtCase]:
    """Cases by (court, present number key), in one round trip."""
    if not keys:
        return {}
    columns: Any = tuple_(CourtCase.court_id, CourtCase.number_key)
    rows: Sequence[CourtCase] = (await session.scalars(select(CourtCase).where(columns.in_(list(keys))))).all()
    return {(row.court_id, row.number_key): row for row in rows}
