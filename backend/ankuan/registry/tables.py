"""Tables of the registry. ``alembic/versions/0002_registry.py`` makes them; names are kept in step.

``court``, ``role``, ``role_permission``, ``calendar_day`` and ``calendar_year`` are reference data of the whole
deployment. Everything else belongs to one court and is walled in by row-level security.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ankuan.kernel.money import Money
from ankuan.platform.db import Base, Instant, Uuid

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "CaseNumberHistory",
    "Court",
    "CourtCase",
    "Department",
    "Party",
    "Policy",
    "Role",
    "RolePermission",
    "Staff",
    "StaffRole",
]


class Court(Base):
    """A court (法院). ``path`` is the way from the top of the tree down to this court, itself included."""

    __tablename__ = "court"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("court.id"), nullable=True)
    path: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Department(Base):
    """A department or tribunal of a court."""

    __tablename__ = "department"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "name"),
        ForeignKeyConstraint(["court_id"], ["court.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)


class Staff(Base):
    """A person at work in a court. ``person_key`` names the human being, so that one person stays one (I10)."""

    __tablename__ = "staff"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "number"),
        UniqueConstraint("court_id", "person_key"),
        ForeignKeyConstraint(["court_id"], ["court.id"]),
        ForeignKeyConstraint(["court_id", "department_id"], ["department.court_id", "department.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    department_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    person_key: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Role(Base):
    """A role and its titles. Filled from ``roles.json``."""

    __tablename__ = "role"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    title_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)


class RolePermission(Base):
    """What a role may do and how far it reaches. Filled from ``roles.json``."""

    __tablename__ = "role_permission"

    role: Mapped[str] = mapped_column(ForeignKey("role.name"), primary_key=True)
    permission: Mapped[str] = mapped_column(Text, primary_key=True)
    reach: Mapped[str] = mapped_column(Text)


class StaffRole(Base):
    """A role a person holds. A trigger refuses two powers that exclude each other (failures §2.3)."""

    __tablename__ = "staff_role"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "staff_id", "role"),
        ForeignKeyConstraint(["court_id", "staff_id"], ["staff.court_id", "staff.id"]),
        ForeignKeyConstraint(["role"], ["role.name"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[UUID] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(Text)


class CourtCase(Base):
    """A case (案件). ``number`` is the normal form, ``number_typed`` what came in, ``number_key`` for comparison."""

    __tablename__ = "court_case"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        UniqueConstraint("court_id", "number_key"),
        ForeignKeyConstraint(["court_id"], ["court.id"]),
        ForeignKeyConstraint(["court_id", "department_id"], ["department.court_id", "department.id"]),
        ForeignKeyConstraint(["court_id", "handler_id"], ["staff.court_id", "staff.id"]),
        Index("ix_court_case_id", "id"),
        Index("ix_court_case_court_id_handler_id_id", "court_id", "handler_id", "id"),
        Index(
            "ix_court_case_number_key_trigram",
            "number_key",
            postgresql_using="gin",
            postgresql_ops={"number_key": "gin_trgm_ops"},
        ),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    number: Mapped[str] = mapped_column(Text)
    number_typed: Mapped[str] = mapped_column(Text)
    number_key: Mapped[str] = mapped_column(Text)
    type_code: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(Integer)
    department_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    handler_id: Mapped[UUID | None] = mapped_column(Uuid, nullable=True)
    cause: Mapped[str | None] = mapped_column(Text, nullable=True)
    subject_amount_fen: Mapped[int | None] = mapped_column(BigInteger, nullable=True)
    status: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    registered_on: Mapped[date] = mapped_column(Date)
    closed_on: Mapped[date | None] = mapped_column(Date, nullable=True)
    status_reason: Mapped[str | None] = mapped_column(Text, nullable=True)
    registered_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def subject_amount(self) -> Money | None:
        """What the case is about, in money; ``None`` when no amount is stated."""
        return None if self.subject_amount_fen is None else Money(self.subject_amount_fen)


class CaseNumberHistory(Base):
    """A number that a case had before it was renumbered (执 → 执恢, domain §3). Append-only."""

    __tablename__ = "case_number_history"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "case_id", "number_key"),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
        Index("ix_case_number_history_court_id_number_key", "court_id", "number_key"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    number_key: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)


class Party(Base):
    """A party of a case. Identity number and phone are encrypted; the masked forms are what screens show."""

    __tablename__ = "party"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "id"),
        ForeignKeyConstraint(["court_id", "case_id"], ["court_case.court_id", "court_case.id"]),
        Index("ix_party_court_id_case_id", "court_id", "case_id"),
        Index("ix_party_court_id_name", "court_id", "name"),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    id: Mapped[UUID] = mapped_column(Uuid)
    case_id: Mapped[UUID] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    identifier_masked: Mapped[str | None] = mapped_column(Text, nullable=True)
    identifier_cipher: Mapped[bytes | None] = mapped_column(LargeBinary, nullable=True, deferred=True)
    phone_masked: Mapped[str | None] = mapped_column(Text, nullable=True)
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary, nullable=True, deferred=True)


class Policy(Base):
    """A rule of a court as data, by version. Courts below read it too. Append-only."""

    __tablename__ = "policy"
    __table_args__ = (
        PrimaryKeyConstraint("court_id", "name", "version"),
        ForeignKeyConstraint(["court_id"], ["court.id"]),
    )

    court_id: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    effective_from: Mapped[date] = mapped_column(Date)
    value: Mapped[dict[str, Any]] = mapped_column(JSONB)


class CalendarDay(Base):
    """A day that the official notice makes a working day or a day of rest, against library or week."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    works: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, server_default=text("''"))


class CalendarYear(Base):
    """A year whose official notice has been entered completely, so that its other days follow the week."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
