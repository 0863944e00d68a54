"""GraphQL parts of the registry. Rooms above use the types and the batched ``load_…`` functions."""

from ankuan.registry.graphql.arguments import AFTER, FIRST, After, First, court_argument
from ankuan.registry.graphql.mutation import RegistryMutation
from ankuan.registry.graphql.nodes import NODES
from ankuan.registry.graphql.query import RegistryQuery
from ankuan.registry.graphql.types import (
    CaseType,
    CourtType,
    DepartmentType,
    PartyType,
    RoleType,
    StaffType,
    case_type,
    court_type,
    department_type,
    load_case,
    load_court,
    load_department,
    load_party,
    load_staff,
    party_type,
    role_type,
    staff_type,
)

__all__ = [
    "AFTER",
    "FIRST",
    "NODES",
    "After",
    "CaseType",
    "CourtType",
    "DepartmentType",
    "First",
    "PartyType",
    "RegistryMutation",
    "RegistryQuery",
    "RoleType",
    "StaffType",
    "case_type",
    "court_argument",
    "court_type",
    "department_type",
    "load_case",
    "load_court",
    "load_department",
    "load_party",
    "load_staff",
    "party_type",
    "role_type",
    "staff_type",
]
