"""Enums of the rules as GraphQL shows them, each value described; the rules themselves know nothing of GraphQL."""

from collections.abc import Mapping
from enum import Enum

import strawberry


def describe_enum(cls: type[Enum], description: str, values: Mapping[str, str], *, name: str | None = None) -> None:
    """Register an enum for GraphQL, under its own name unless another is given.

    ``values`` describes each member by its name; KeyError when one is missing.
    """
    shown = strawberry.enum(cls, name=name, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined]  # set by strawberry
        value.description = values[value.name]
