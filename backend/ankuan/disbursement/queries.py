"""Reads of disbursements. Row-level security applies to all of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_

from ankuan.disbursement.refusals import not_found
from ankuan.disbursement.rules import EXCLUSIVE, MAKING
from ankuan.disbursement.tables import (
    Disbursement,
    DisbursementAct,
    DisbursementLine,
    PaymentReceipt,
    ReviewCheck,
)
from ankuan.disbursement.transitions import Status
from ankuan.platform.actor import Actor, Reach
from ankuan.platform.db import ReadSession
from ankuan.platform.paging import Keyset, Page, fetch_page
from ankuan.registry.scope import courts_for
from ankuan.registry.tables import CourtCase

Ref = tuple[int, UUID]
T = TypeVar("T", DisbursementLine, DisbursementAct, ReviewCheck)


class Awaiting(StrEnum):
    """What waits for a person."""

    APPROVAL = "approval"
    AUDIT = "audit"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Search:
    """Which disbursements to list; conditions add up. ``search`` is part of a number, a case number or a payee."""

    court_id: int | None = None
    status: tuple[Status, ...] = ()
    case_id: UUID | None = None
    search: str = ""
    awaiting: Awaiting | None = None
    mine: bool = False


async def get_disbursement(session: ReadSession, *, court_id: int, disbursement_id: UUID) -> Disbursement:
    """The disbursement. Raises ``DisbursementNotFound``."""
    found = await session.scalar(
        select(Disbursement).where(Disbursement.court_id == court_id, Disbursement.id == disbursement_id)
    )
    if found is None:
        raise not_found()
    return found


async def disbursements_by_id(session: ReadSession, refs: Collection[Ref]) -> dict[Ref, Disbursement]:
    """Those that exist in the caller's scope, by (court, id)."""
    if not refs:
        return {}
    found = await session.scalars(
        select(Disbursement).where(tuple_(Disbursement.court_id, Disbursement.id).in_(list(refs)))
    )
    return {(row.court_id, row.id): row for row in found}


async def get_line(session: ReadSession, *, court_id: int, line_id: UUID) -> tuple[DisbursementLine, Disbursement]:
    """A line with its disbursement. Raises ``DisbursementNotFound``."""
    found = (
        await session.execute(
            select(DisbursementLine, Disbursement)
            .join(Disbursement, _same(DisbursementLine.court_id, DisbursementLine.disbursement_id))
            .where(DisbursementLine.court_id == court_id, DisbursementLine.id == line_id)
        )
    ).first()
    if found is None:
        raise not_found()
    return found[0], found[1]


async def present_lines(session: ReadSession, refs: Collection[Ref]) -> dict[Ref, tuple[DisbursementLine, ...]]:
    """Lines of the present version of each disbursement, in order."""
    statement = (
        select(DisbursementLine)
        .join(Disbursement, _same(DisbursementLine.court_id, DisbursementLine.disbursement_id))
        .where(DisbursementLine.version == Disbursement.version, _among(DisbursementLine, refs))
        .order_by(DisbursementLine.line_no)
    )
    return _grouped((await session.scalars(statement)).all())


async def acts_of(session: ReadSession, refs: Collection[Ref]) -> dict[Ref, tuple[DisbursementAct, ...]]:
    """Acts on all versions of each disbursement, oldest first."""
    statement = select(DisbursementAct).where(_among(DisbursementAct, refs)).order_by(DisbursementAct.id)
    return _grouped((await session.scalars(statement)).all())


async def checks_of(session: ReadSession, refs: Collection[Ref]) -> dict[Ref, tuple[ReviewCheck, ...]]:
    """Results of the automatic review of the present version of each disbursement, oldest first."""
    statement = (
        select(ReviewCheck)
        .join(Disbursement, _same(ReviewCheck.court_id, ReviewCheck.disbursement_id))
        .where(ReviewCheck.version == Disbursement.version, _among(ReviewCheck, refs))
        .order_by(ReviewCheck.id)
    )
    return _grouped((await session.scalars(statement)).all())


async def receipted_lines(session: ReadSession, refs: Collection[Ref]) -> set[Ref]:
    """Those of the lines, as (court, line), that have a payment receipt."""
    if not refs:
        return set()
    found = await session.execute(
        select(PaymentReceipt.court_id, PaymentReceipt.line_id).where(
            tuple_(PaymentReceipt.court_id, PaymentReceipt.line_id).in_(list(refs))
        )
    )
    return {(court_id, line_id) for court_id, line_id in found}


async def search_disbursements(
    session: ReadSession, *, actor: Actor, search: Search, first: int = 50, after: str | None = None
) -> Page[Disbursement]:
    """Disbursements that the actor may read, the newest first. Raises ``InvalidPage``."""
    statement = _within_reach(_with_case(), actor, "disbursement.read")
    if search.court_id is not None:
        statement = statement.where(Disbursement.court_id == search.court_id)
    if search.status:
        statement = statement.where(Disbursement.status.in_([str(status) for status in search.status]))
    if search.case_id is not None:
        statement = statement.where(Disbursement.case_id == search.case_id)
    if search.mine:
        statement = statement.where(or_(Disbursement.requested_by == actor.id, CourtCase.handler_id == actor.id))
    if wanted := search.search.strip():
        statement = statement.where(_matching(wanted))
    if search.awaiting is not None:
        statement = _awaiting(statement, actor, search.awaiting)
    return await fetch_page(session, statement, Keyset((Disbursement.id,), (UUID,)), first=first, after=after)


def _with_case() -> Select[Any]:
    return select(Disbursement).join(
        CourtCase, and_(CourtCase.court_id == Disbursement.court_id, CourtCase.id == Disbursement.case_id)
    )


def _within_reach(statement: Select[Any], actor: Actor, permission: str) -> Select[Any]:
    """Only what the permission reaches (domain §14); the gate says the same of a single object."""
    courts = courts_for(actor, permission)
    if courts is not None:
        statement = statement.where(Disbursement.court_id.in_(courts))
    match actor.permissions.get(permission):
        case Reach.OWN_CASE:
            return statement.where(CourtCase.handler_id == actor.id)
        case Reach.DEPARTMENT:
            return statement.where(CourtCase.department_id == actor.department_id)
    return statement


def _awaiting(statement: Select[Any], actor: Actor, awaiting: Awaiting) -> Select[Any]:
    """What this person may decide next: the right turn, the right reach, and not twice (I10)."""
    match awaiting:
        case Awaiting.APPROVAL:
            statement = _within_reach(statement, actor, "disbursement.approve").where(
                Disbursement.status == Status.IN_APPROVAL.value, Disbursement.next_role.in_(actor.roles)
            )
        case Awaiting.AUDIT:
            statement = _within_reach(statement, actor, "disbursement.audit").where(
                Disbursement.status == Status.APPROVED.value
            )
        case Awaiting.RELEASE:
            statement = _within_reach(statement, actor, "disbursement.release").where(
                Disbursement.status == Status.AUDITED.value
            )
    acted = (
        select(DisbursementAct.id)
        .where(
            DisbursementAct.court_id == Disbursement.court_id,
            DisbursementAct.disbursement_id == Disbursement.id,
            DisbursementAct.person_key == (actor.person_key or str(actor.id)),
            or_(
                DisbursementAct.act.in_([str(act) for act in MAKING]),
                and_(
                    DisbursementAct.version == Disbursement.version,
                    DisbursementAct.act.in_([str(act) for act in EXCLUSIVE]),
                ),
            ),
        )
        .exists()
    )
    return statement.where(~acted)


def _matching(wanted: str) -> ColumnElement[bool]:
    payee = (
        select(DisbursementLine.id)
        .where(
            DisbursementLine.court_id == Disbursement.court_id,
            DisbursementLine.disbursement_id == Disbursement.id,
            DisbursementLine.version == Disbursement.version,
            DisbursementLine.payee_name.startswith(wanted, autoescape=True),
        )
        .exists()
    )
    part = "".join(c for c in wanted if c not in "（）()〔〕[]号 ")
    numbers = [Disbursement.number.contains(wanted.upper(), autoescape=True)]
    if part:
        numbers.append(CourtCase.number_key.contains(part, autoescape=True))
    return or_(payee, *numbers)


def _same(court_id: Any, disbursement_id: Any) -> ColumnElement[bool]:
    return and_(Disbursement.court_id == court_id, Disbursement.id == disbursement_id)


def _among(table: type[T], refs: Collection[Ref]) -> ColumnElement[bool]:
    return tuple_(table.court_id, table.disbursement_id).in_(list(refs))


def _grouped(rows: Sequence[T]) -> dict[Ref, tuple[T, ...]]:
    groups: dict[Ref, list[T]] = defaultdict(list)
    for row in rows:
        groups[row.court_id, row.disbursement_id].append(row)
    return {ref: tuple(found) for ref, found in groups.items()}
