"""Reads of the people of a court and their roles."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, tuple_

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import ReadSession
from ankuan.platform.paging import Keyset, Page, fetch_page
from ankuan.registry.tables import Role, Staff, StaffRole


class StaffNotFound(AnkuanError):
    """No such person within the caller's scope."""

    code = "staff_not_found"
    kind = ErrorKind.NOT_FOUND


async def get_staff(session: ReadSession, *, court_id: int, staff_id: UUID) -> Staff:
    """The person. Raises :class:`StaffNotFound`."""
    found = await session.scalar(select(Staff).where(Staff.court_id == court_id, Staff.id == staff_id))
    if found is None:
        raise StaffNotFound("人员不存在", "No such person", field="staffId")
    return found


async def staff_by_id(session: ReadSession, refs: Collection[tuple[int, UUID]]) -> dict[tuple[int, UUID], Staff]:
    """Those of the people who exist in the caller's scope, by (court, id)."""
    if not refs:
        return {}
    found = await session.scalars(select(Staff).where(tuple_(Staff.court_id, Staff.id).in_(list(refs))))
    return {(row.court_id, row.id): row for row in found}


async def roles_of(
    session: ReadSession, refs: Collection[tuple[int, UUID]]
) -> dict[tuple[int, UUID], tuple[Role, ...]]:
    """The roles that these people hold, in the order of the packaged list."""
    if not refs:
        return {}
    statement = (
        select(StaffRole.court_id, StaffRole.staff_id, Role)
        .join(Role, Role.name == StaffRole.role)
        .where(tuple_(StaffRole.court_id, StaffRole.staff_id).in_(list(refs)))
        .order_by(Role.position)
    )
    held: dict[tuple[int, UUID], list[Role]] = defaultdict(list)
    for court_id, staff_id, role in await session.execute(statement):
        held[court_id, staff_id].append(role)
    return {ref: tuple(roles) for ref, roles in held.items()}


async def search_staff(
    session: ReadSession, *, court_id: int, role: str | None = None, first: int = 50, after: str | None = None
) -> Page[Staff]:
    """One page of a court's people at work, by their number; only holders of ``role`` when it is given.

    Raises :class:`ankuan.platform.paging.InvalidPage`.
    """
    statement = select(Staff).where(Staff.court_id == court_id, Staff.active)
    if role is not None:
        holders = select(StaffRole.staff_id).where(StaffRole.court_id == court_id, StaffRole.role == role)
        statement = statement.where(Staff.id.in_(holders))
    keyset = Keyset(columns=(Staff.number,), kinds=(str,), descending=False)
    return await fetch_page(session, statement, keyset, first=first, after=after)
