"""Load the demonstration's courts, departments and people."""

import csv
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ankuan.kernel.ids import new_id
from ankuan.platform.db import WriteSession
from ankuan.registry.demonstration.people import (
    DemonstrationSignIns,
    demonstration_sign_ins,
    packaged_departments,
    packaged_people,
)
from ankuan.registry.tables import Court, Department, Staff, StaffRole

_LEVELS: Final = {"高级": "high", "中级": "intermediate", "基层": "basic"}


def packaged_courts() -> list[dict[str, Any]]:
    """Rows of ``court`` from the packaged list. Ids are fixed by the list's order; the high court is 1."""
    text = files("ankuan.registry.demonstration").joinpath("courts.csv").read_text(encoding="utf-8-sig")
    rows: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(csv.DictReader(text.splitlines()), start=1):
        parent = rows[line["parent_code"]] if line["parent_code"] else None
        rows[line["court_code"]] = {
            "id": number,
            "code": line["court_code"],
            "name": line["court_name"],
            "level": _LEVELS[line["level"]],
            "parent_id": parent["id"] if parent else None,
            "path": [*(parent["path"] if parent else []), number],
        }
    return list(rows.values())


async def load_demonstration_registry(session: WriteSession, *, now: datetime) -> DemonstrationSignIns:  # noqa: ARG001 - every loader is called alike
    """Make the demonstration's courts, departments and people; what is there already stays as it is.

    The session must belong to the role that owns the tables, with the scope of all courts: the application itself
    may not make courts.
    """
    await session.execute(insert(Court).on_conflict_do_nothing(), packaged_courts())
    courts = {court.code: court.id for court in await session.scalars(select(Court))}
    await session.execute(
        insert(Department).on_conflict_do_nothing(index_elements=[Department.court_id, Department.name]),
        [{"court_id": courts[code], "id": new_id(), "name": name} for code, name in packaged_departments()],
    )
    departments = {(row.court_id, row.name): row.id for row in await session.scalars(select(Department))}
    people = list(packaged_people())
    await session.execute(
        insert(Staff).on_conflict_do_nothing(),
        [
            {
                "court_id": courts[person.court_code],
                "id": new_id(),
                "number": person.login,
                "name": person.name,
                "department_id": departments[courts[person.court_code], person.department],
                "person_key": f"demonstration:{person.login}",
            }
            for person in people
        ],
    )
    roles = {(courts[person.court_code], person.login): person.roles for person in people}
    staff = [row for row in await session.scalars(select(Staff)) if (row.court_id, row.number) in roles]
    await session.execute(
        insert(StaffRole).on_conflict_do_nothing(),
        [
            {"court_id": row.court_id, "staff_id": row.id, "role": role}
            for row in staff
            for role in roles[row.court_id, row.number]
        ],
    )
    return await demonstration_sign_ins(session)
