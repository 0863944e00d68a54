"""Enums of the registry as GraphQL shows them, each value described."""

from enum import StrEnum

from ankuan.platform.graphql.enums import describe_enum
from ankuan.registry.rules import CaseStatus, PartyKind, PartyRole


class CourtLevel(StrEnum):
    """Level of a court in the tree."""

    HIGH = "high"
    INTERMEDIATE = "intermediate"
    BASIC = "basic"


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
