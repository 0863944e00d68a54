"""Enums of the registry as GraphQL shows them, each value described."""

from collections.abc import Mapping
from enum import Enum, StrEnum

import strawberry

from ankuan.registry.rules import CaseStatus, PartyKind, PartyRole


class CourtLevel(StrEnum):
    """Level of a court in the tree."""

    HIGH = "high"
    INTERMEDIATE = "intermediate"
    BASIC = "basic"


def describe_enum(cls: type[Enum], description: str, values: Mapping[str, str]) -> None:
    """Register an enum of the rules as a GraphQL enum without making the rules depend on GraphQL.

    ``values`` describes each member by its name; KeyError when one is missing.
    """
    definition = strawberry.enum(cls, description=description).__strawberry_definition__  # type: ignore[attr-defined]  # set by strawberry
    for value in definition.values:
        value.description = values[value.name]


describe_enum(
    CourtLevel,
    "Level of a court.",
    {"HIGH": "High court of the province.", "INTERMEDIATE": "Intermediate court.", "BASIC": "Basic court."},
)
describe_enum(
    CaseStatus,
    "Where a case stands.",
    {
        "OPEN": "Work goes on.",
        "SUSPENDED": "Suspended; no money leaves.",
        "CLOSED": "Closed; no money leaves.",
    },
)
describe_enum(
    PartyRole,
    "What a party is in its case.",
    {
        "APPLICANT": "Applicant for enforcement.",
        "RESPONDENT": "Person against whom is enforced.",
        "PLAINTIFF": "Plaintiff.",
        "DEFENDANT": "Defendant.",
        "THIRD_PARTY": "Third party.",
        "OTHER": "Somebody else with a part in the case.",
    },
)
describe_enum(
    PartyKind,
    "What a party is before the law.",
    {"NATURAL": "A human being.", "LEGAL": "A legal person.", "OTHER": "An organisation without legal personality."},
)
