"""Who works in the demonstration courts, and under which login."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import select

from ankuan.platform.db import ReadSession
from ankuan.registry.tables import Court, Role, Staff


@dataclass(frozen=True, slots=True)
class DemonstrationPerson:
    """One line of the packaged list. ``login`` is also the person's number in the court."""

    court_code: str
    login: str
    name: str
    department: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemonstrationSignIn:
    """A person who may sign in to the demonstration."""

    login: str
    court_id: int
    court_name: str
    staff_id: UUID
    name: str
    role_titles: tuple[str, ...]


DemonstrationSignIns = tuple[DemonstrationSignIn, ...]


@cache
def _packaged() -> Any:
    return json.loads(files("ankuan.registry.demonstration").joinpath("staff.json").read_text(encoding="utf-8"))


def packaged_departments() -> Iterator[tuple[str, str]]:
    """(court code, department name) of the demonstration courts."""
    listed = _packaged()
    yield from ((court, name) for court in listed["courts"] for name in listed["departments"])
    yield from ((listed["high_court"]["court"], name) for name in listed["high_court"]["departments"])


def packaged_people() -> Iterator[DemonstrationPerson]:
    """Everybody. A login of a lower court ends with the digits of its code: ``chuna.0102``."""
    listed = _packaged()
    for court in listed["courts"]:
        for person in listed["people"]:
            yield _person(court, f"{person['login']}.{court[1:]}", person)
    for person in listed["high_court"]["people"]:
        yield _person(listed["high_court"]["court"], person["login"], person)


def _person(court: str, login: str, person: dict[str, Any]) -> DemonstrationPerson:
    return DemonstrationPerson(court, login, person["name"], person["department"], tuple(person["roles"]))


async def demonstration_sign_ins(session: ReadSession) -> DemonstrationSignIns:
    """The demonstration's people as they stand in the database, in the order of the packaged list."""
    courts = {court.code: court for court in await session.scalars(select(Court))}
    titles = {role.name: role.title_zh for role in await session.scalars(select(Role))}
    people = list(packaged_people())
    staff = {
        (row.court_id, row.number): row
        for row in await session.scalars(select(Staff).where(Staff.number.in_([p.login for p in people])))
    }
    return tuple(
        DemonstrationSignIn(
            login=person.login,
            court_id=court.id,
            court_name=court.name,
            staff_id=row.id,
            name=row.name,
            role_titles=tuple(titles[role] for role in person.roles),
        )
        for person in people
        if (court := courts.get(person.court_code)) and (row := staff.get((court.id, person.login)))
    )
