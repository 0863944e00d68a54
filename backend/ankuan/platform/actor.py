"""Who acts. An actor is fixed for a transaction; row-level security and the audit trail read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal
from uuid import UUID


class Reach(StrEnum):
    """How far a permission goes in the court tree, narrowest first (domain §14)."""

    OWN_CASE = "own_case"
    DEPARTMENT = "department"
    COURT = "court"
    COURT_AND_BELOW = "court_and_below"
    PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a partner system or the platform itself.

    ``courts`` are the courts whose rows the database may show (``None``: all; only the platform itself).
    ``person_key`` identifies the human being behind several logins, so that one person stays one (I10).
    """

    kind: Literal["staff", "system"]
    id: UUID | None
    name: str
    court_id: int | None = None
    department_id: UUID | None = None
    person_key: str = ""
    courts: frozenset[int] | None = frozenset()
    roles: frozenset[str] = frozenset()
    permissions: Mapping[str, Reach] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def scope(self) -> str:
        """Value of the database setting that row-level security reads."""
        if self.courts is None:
            return "*"
        return "{" + ",".join(map(str, sorted(self.courts))) + "}"


def system_actor(name: str) -> Actor:
    """The platform acting by itself (worker, importer, migration of data). Sees all courts."""
    return Actor(kind="system", id=None, name=name, courts=None)
