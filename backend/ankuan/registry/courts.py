"""Reads of the court tree. It is reference data: everybody signed in may see it."""

from collections.abc import Collection

from sqlalchemy import select

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import ReadSession
from ankuan.platform.paging import Keyset, Page, fetch_page
from ankuan.registry.tables import Court


class CourtNotFound(AnkuanError):
    """No such court in this deployment."""

    code = "court_not_found"
    kind = ErrorKind.NOT_FOUND


async def get_court(session: ReadSession, court_id: int) -> Court:
    """The court. Raises :class:`CourtNotFound`."""
    court = await session.get(Court, court_id)
    if court is None:
        raise CourtNotFound("法院不存在", "No such court", field="courtId")
    return court


async def courts_by_id(session: ReadSession, ids: Collection[int]) -> dict[int, Court]:
    """Those of the courts that exist, by id."""
    found = await session.scalars(select(Court).where(Court.id.in_(ids)))
    return {court.id: court for court in found}


async def courts_below(session: ReadSession, court_id: int) -> frozenset[int]:
    """Ids of the court itself and of all courts below it."""
    found = await session.scalars(select(Court.id).where(Court.path.contains([court_id])))
    return frozenset(found)


async def court_code_of(session: ReadSession, court_id: int) -> str:
    """The court's code in case numbers, e.g. ``鲁0102``. Raises :class:`CourtNotFound`."""
    return (await get_court(session, court_id)).code


async def search_courts(
    session: ReadSession, *, parent_id: int | None = None, first: int = 50, after: str | None = None
) -> Page[Court]:
    """One page of the courts right below ``parent_id``, or of all courts, in the tree's order.

    Raises :class:`ankuan.platform.paging.InvalidPage`.
    """
    statement = select(Court)
    if parent_id is not None:
        statement = statement.where(Court.parent_id == parent_id)
    keyset = Keyset(columns=(Court.id,), kinds=(int,), descending=False)
    return await fetch_page(session, statement, keyset, first=first, after=after)
