"""The ledger of one case, as a list: newest first, each row with the balance after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.tables import LedgerAccount, LedgerEntry
from ankuan.platform.db import ReadSession
from ankuan.platform.paging import Keyset, Page, fetch_page

_OWN = (str(AccountKind.CASE), str(AccountKind.HELD))


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """An entry as the case sees it.

    ``incoming``: it credits the case's available or held money from outside, or gives held money back. ``available``
    is what the case could dispose of after this entry, in the order of recording.
    """

    id: int
    court_id: int
    effective_on: date
    recorded_at: datetime
    amount: Money
    incoming: bool
    kind: str
    memo: str
    counter_account: AccountKind
    available_after: Money
    reverses_id: int | None
    reversed_by_id: int | None
    source: str
    source_ref: str


async def case_entries(
    session: ReadSession,
    *,
    court_id: int,
    case_id: UUID,
    as_of: date | None = None,
    known_at: datetime | None = None,
    first: int = 50,
    after: str | None = None,
) -> Page[CaseEntry]:
    """One page of a case's entries over all fund accounts, newest first. Raises ``InvalidPage``."""
    own = await _accounts(session, court_id, case_id)
    listed = _statement(court_id, case_id, own, as_of, known_at).subquery()
    number = listed.c.id
    page = await fetch_page(session, select(listed), Keyset((number,), (int,)), first=first, after=after)
    return page.with_rows([_present(court_id, row) for row in page.rows])


async def case_entry(session: ReadSession, *, court_id: int, entry_id: int) -> tuple[UUID, CaseEntry] | None:
    """A case and an entry as that case sees it; of two cases the one that gives. ``None`` when no case is in it."""
    owner = await session.scalar(
        select(LedgerAccount.owner_id)
        .join(LedgerEntry, LedgerEntry.court_id == LedgerAccount.court_id)
        .where(
            LedgerEntry.court_id == court_id,
            LedgerEntry.id == entry_id,
            LedgerAccount.id.in_([LedgerEntry.debit_account, LedgerEntry.credit_account]),
            LedgerAccount.kind.in_(_OWN),
        )
        .order_by(LedgerAccount.id != LedgerEntry.debit_account)
        .limit(1)
    )
    if owner is None:
        return None
    own = await _accounts(session, court_id, owner)
    listed = _statement(court_id, owner, own, None, None).subquery()
    row = (await session.execute(select(listed).where(listed.c.id == entry_id))).one()
    return owner, _present(court_id, row)


async def _accounts(session: ReadSession, court_id: int, case_id: UUID) -> Sequence[int]:
    """Given as values, not by a join: the planner then knows that they are small accounts and goes by index."""
    statement = select(LedgerAccount.id).where(
        LedgerAccount.court_id == court_id, LedgerAccount.owner_id == case_id, LedgerAccount.kind.in_(_OWN)
    )
    return (await session.scalars(statement)).all()


def _statement(
    court_id: int, case_id: UUID, own: Sequence[int], as_of: date | None, known_at: datetime | None
) -> Select[Any]:
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    undo = aliased(LedgerEntry)
    entry = LedgerEntry
    is_mine = {side: and_(side.owner_id == case_id, side.kind.in_(_OWN)) for side in (debit, credit)}
    into_available = and_(credit.owner_id == case_id, credit.kind == str(AccountKind.CASE))
    from_available = and_(debit.owner_id == case_id, debit.kind == str(AccountKind.CASE))
    change = case((into_available, entry.amount_fen), (from_available, -entry.amount_fen), else_=literal(0, BigInteger))
    statement = (
        select(
            entry.id,
            entry.effective_on,
            entry.recorded_at,
            entry.amount_fen,
            case((into_available, True), (is_mine[debit], False), else_=True).label("incoming"),
            entry.kind,
            entry.memo,
            case((into_available, debit.kind), (is_mine[debit], credit.kind), else_=debit.kind).label("counter"),
            func.sum(change).over(order_by=entry.id).label("available_after"),
            entry.reverses_id,
            undo.id.label("reversed_by_id"),
            entry.source,
            entry.source_ref,
        )
        .join(debit, and_(debit.court_id == entry.court_id, debit.id == entry.debit_account))
        .join(credit, and_(credit.court_id == entry.court_id, credit.id == entry.credit_account))
        .outerjoin(
            undo,
            and_(
                undo.court_id == entry.court_id,
                undo.reverses_id == entry.id,
                *([undo.recorded_at <= known_at] if known_at is not None else []),
            ),
        )
        .where(entry.court_id == court_id, or_(entry.debit_account.in_(own), entry.credit_account.in_(own)))
    )
    if as_of is not None:
        statement = statement.where(entry.effective_on <= as_of)
    if known_at is not None:
        statement = statement.where(entry.recorded_at <= known_at)
    return statement


_COLUMNS = (
    "id",
    "effective_on",
    "recorded_at",
    "amount_fen",
    "incoming",
    "kind",
    "memo",
    "counter",
    "available_after",
    "reverses_id",
    "reversed_by_id",
    "source",
    "source_ref",
)


def _present(court_id: int, row: Sequence[Any]) -> CaseEntry:
    found = dict(zip(_COLUMNS, row, strict=True))
    return CaseEntry(
        court_id=court_id,
        amount=Money(found.pop("amount_fen")),
        counter_account=AccountKind(found.pop("counter")),
        available_after=Money(int(found.pop("available_after"))),
        **found,
    )
