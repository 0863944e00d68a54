"""Data loaders: one query for all siblings of a request, under the viewer's scope."""

from typing import cast
from uuid import UUID

from strawberry.dataloader import DataLoader

from ankuan.platform.graphql.context import Information
from ankuan.registry import queries
from ankuan.registry.tables import Court, CourtCase, Department, Party, Role, Staff

Ref = tuple[int, UUID]


def courts(info: Information) -> DataLoader[int, Court]:
    """Courts by id."""

    async def load(ids: list[int]) -> list[Court]:
        async with info.context.read() as session:
            found = await queries.courts_by_id(session, ids)
        return [found[court_id] for court_id in ids]

    return info.context.loader("court", load)


def departments(info: Information) -> DataLoader[Ref, Department | None]:
    """Departments by (court, id)."""

    async def load(refs: list[Ref]) -> list[Department | None]:
        async with info.context.read() as session:
            found = await queries.departments_by_id(session, refs)
        return [found.get(ref) for ref in refs]

    return info.context.loader("department", load)


def staff(info: Information) -> DataLoader[Ref, Staff | None]:
    """People by (court, id)."""

    async def load(refs: list[Ref]) -> list[Staff | None]:
        async with info.context.read() as session:
            found = await queries.staff_by_id(session, refs)
        return [found.get(ref) for ref in refs]

    return info.context.loader("staff", load)


def roles(info: Information) -> DataLoader[Ref, tuple[Role, ...]]:
    """Roles of people by (court, id)."""

    async def load(refs: list[Ref]) -> list[tuple[Role, ...]]:
        async with info.context.read() as session:
            found = await queries.roles_of(session, refs)
        return [found.get(ref, ()) for ref in refs]

    return info.context.loader("staff.roles", load)


def cases(info: Information) -> DataLoader[Ref, CourtCase]:
    """Cases by (court, id); one that is not in sight raises where it is awaited."""

    async def load(refs: list[Ref]) -> list[CourtCase]:
        async with info.context.read() as session:
            found = await queries.cases_by_id(session, refs)
        answers = [found.get(ref) or queries.CaseNotFound("案件不存在", "No such case") for ref in refs]
        # The loader raises a value that is an exception, so a caller only ever sees cases.
        return cast("list[CourtCase]", answers)

    return info.context.loader("case", load)


def parties(info: Information) -> DataLoader[Ref, Party | None]:
    """Parties by (court, id)."""

    async def load(refs: list[Ref]) -> list[Party | None]:
        async with info.context.read() as session:
            found = await queries.parties_by_id(session, refs)
        return [found.get(ref) for ref in refs]

    return info.context.loader("party", load)
