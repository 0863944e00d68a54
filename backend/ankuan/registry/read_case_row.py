"""Make a case of one row of a table, or say all that is wrong with it. Pure."""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.identifiers import check_uscc
from ankuan.kernel.money import Money
from ankuan.registry.case_facts import CaseFacts, NewParty, check_case
from ankuan.registry.case_table import CaseTableRow
from ankuan.registry.register_case import DepartmentNotFound, HandlerNotFound
from ankuan.registry.rules import PartyKind, PartyRole

_SEVERAL: Final = re.compile(r"[、;；，\n]")
_DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_ORGANISATION: Final = re.compile(
    r"(公司|银行|集团|厂|合作社|委员会|政府|局|医院|学校|大学|中心|事务所|支行|分行|信用社)$"
)
_PARTY_ROLES: Final = tuple(role for role in PartyRole if role is not PartyRole.OTHER)


class DuplicateRow(AnkuanError):
    """The case number stands in an earlier row of the same table; details carry ``row``."""

    code = "duplicate_row"
    kind = ErrorKind.INVALID


class HandlerAmbiguous(AnkuanError):
    """Two handlers of the court have this name; the table must give the person's number."""

    code = "handler_ambiguous"
    kind = ErrorKind.INVALID


class InvalidDate(AnkuanError):
    """Not a date, or a day of registration that lies in the future."""

    code = "invalid_date"
    kind = ErrorKind.INVALID


class PartiesDoNotPair(AnkuanError):
    """As many identity numbers or phones as names are needed, in the same order."""

    code = "parties_do_not_pair"
    kind = ErrorKind.INVALID


@dataclass(slots=True)
class CourtPeople:
    """Who can handle cases in the court, by number and by name, and its departments by name."""

    departments: dict[str, UUID] = field(default_factory=dict)
    by_number: dict[str, tuple[UUID, UUID | None]] = field(default_factory=dict)
    by_name: dict[str, list[tuple[UUID, UUID | None]]] = field(default_factory=dict)

    def add_handler(self, *, staff_id: UUID, number: str, name: str, department_id: UUID | None) -> None:
        """Add one handler."""
        self.by_number[number] = (staff_id, department_id)
        self.by_name.setdefault(name, []).append((staff_id, department_id))

    def handler(self, given: str) -> tuple[UUID, UUID | None]:
        """(id, department) of the handler. Raises :class:`HandlerNotFound`, :class:`HandlerAmbiguous`."""
        if given in self.by_number:
            return self.by_number[given]
        named = self.by_name.get(given, [])
        if len(named) == 1:
            return named[0]
        if named:
            raise HandlerAmbiguous(f"承办人“{given}”有多人，请填工号", f"{given} are several; give the number")
        raise HandlerNotFound(f"本院没有承办人“{given}”", f"The court has no handler {given}", field="handlerId")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row that was read. ``facts`` is there unless the case itself cannot be right."""

    number: int
    typed: str | None
    registered_on: date
    facts: CaseFacts | None = None
    department_id: UUID | None = None
    handler_id: UUID | None = None
    problems: tuple[AnkuanError, ...] = ()

    @property
    def key(self) -> str | None:
        """Compare form of the case number."""
        return self.facts.number.key if self.facts else None

    def with_problem(self, problem: AnkuanError) -> "ReadRow":
        """The same row with one more problem."""
        return dataclasses.replace(self, problems=(*self.problems, problem))


def read_case_row(row: CaseTableRow, *, court_code: str, people: CourtPeople, today: date) -> ReadRow:
    """Read one row; never raises for what stands in it."""
    typed = row.cells.get("number")
    if row.problem is not None:
        return ReadRow(number=row.number, typed=typed, registered_on=today, problems=(row.problem,))
    problems: list[AnkuanError] = []
    amount = parties = facts = handler = department = None
    registered_on = today
    try:
        text = row.cells.get("subject_amount")
        amount = Money.parse(text) if text else None
    except AnkuanError as error:
        problems.append(error)
    try:
        parties = tuple(_parties(row))
    except AnkuanError as error:
        problems.append(error)
    try:
        facts = check_case(
            number=typed or "",
            court_code=court_code,
            cause=row.cells.get("cause"),
            subject_amount=amount,
            parties=parties or (),
        )
    except AnkuanError as error:
        problems.append(error)
    try:
        handler, department = _place(row, people)
    except AnkuanError as error:
        problems.append(error)
    try:
        registered_on = _registered_on(row, today)
    except AnkuanError as error:
        problems.append(error)
    return ReadRow(
        number=row.number,
        typed=typed,
        registered_on=registered_on,
        facts=facts,
        department_id=department,
        handler_id=handler,
        problems=tuple(problems),
    )


def _place(row: CaseTableRow, people: CourtPeople) -> tuple[UUID | None, UUID | None]:
    given = row.cells.get("handler_number") or row.cells.get("handler")
    handler, department = people.handler(given) if given else (None, None)
    name = row.cells.get("department")
    if name is None:
        return handler, department
    if name not in people.departments:
        raise DepartmentNotFound(f"本院没有部门“{name}”", f"The court has no department {name}", field="departmentId")
    return handler, people.departments[name]


def _registered_on(row: CaseTableRow, today: date) -> date:
    text = row.cells.get("registered_on")
    if text is None:
        return today
    found = _DATE.fullmatch(text)
    try:
        day = date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not date(1949, 10, 1) <= day <= today:
        raise InvalidDate(f"立案日期“{text[:20]}”不对", f"{text[:20]} cannot be the day of registration")
    return day


def _parties(row: CaseTableRow) -> Iterator[NewParty]:
    for role in _PARTY_ROLES:
        names = _several(row.cells.get(role.value))
        identifiers = _several(row.cells.get(f"{role.value}.identifier"))
        phones = _several(row.cells.get(f"{role.value}.phone"))
        for values in (identifiers, phones):
            if values and len(values) != len(names):
                raise PartiesDoNotPair(
                    "当事人与证件号码或电话的个数不一致", "Names and identity numbers or phones do not pair"
                )
        for index, name in enumerate(names):
            identifier = identifiers[index] if identifiers else None
            phone = phones[index] if phones else None
            yield NewParty(name=name, role=role, kind=_kind(name, identifier), identifier=identifier, phone=phone)


def _several(text: str | None) -> list[str]:
    return [part.strip() for part in _SEVERAL.split(text) if part.strip()] if text else []


def _kind(name: str, identifier: str | None) -> PartyKind:
    is_organisation = _ORGANISATION.search(name) or (identifier and check_uscc(identifier).ok)
    return PartyKind.LEGAL if is_organisation else PartyKind.NATURAL
