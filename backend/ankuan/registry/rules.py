"""Pure rules of the registry: separation of powers, and which case status may follow which."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from ankuan.kernel.errors import AnkuanError, ErrorKind

EXCLUSIVE_POWERS: Final = frozenset(
    {"disbursement.request", "disbursement.approve", "disbursement.audit", "disbursement.release"}
)
"""Powers of which one person may hold at most one (failures §2.3, I10)."""


class CaseStatus(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class PartyRole(StrEnum):
    """What a party is in its case."""

    APPLICANT = "applicant"
    RESPONDENT = "respondent"
    PLAINTIFF = "plaintiff"
    DEFENDANT = "defendant"
    THIRD_PARTY = "third_party"
    OTHER = "other"


class PartyKind(StrEnum):
    """What a party is before the law."""

    NATURAL = "natural"
    LEGAL = "legal"
    OTHER = "other"


class IncompatibleRoles(AnkuanError):
    """The roles together would give one person two powers that exclude each other; details carry ``powers``."""

    code = "incompatible_roles"
    kind = ErrorKind.REFUSED


def exclusive_powers(roles: Iterable[str], permissions: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The exclusive powers that these roles give together. ``permissions`` are those of each role by its name."""
    return frozenset(power for role in roles for power in permissions[role]) & EXCLUSIVE_POWERS


def check_separation(roles: Iterable[str], permissions: Mapping[str, Iterable[str]]) -> None:
    """Raises :class:`IncompatibleRoles` when the roles together hold more than one exclusive power."""
    powers = exclusive_powers(roles, permissions)
    if len(powers) > 1:
        named = ", ".join(sorted(powers))
        raise IncompatibleRoles(
            f"同一人不得兼有：{named}", f"One person may not hold: {named}", field="roles", powers=named
        )
