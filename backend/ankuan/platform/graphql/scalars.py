"""The ``Money`` scalar: yuan as decimal text. Numbers are refused, since a float has already lost the cents."""

from dataclasses import dataclass

import strawberry
from graphql import GraphQLError, StringValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

from ankuan.kernel.money import Money, MoneyFormatError


@dataclass(frozen=True, slots=True)
class UnreadableAmount:
    """What stands where an amount could not be read; the mutation edge turns it into a typed error with its field."""

    given: str
    error: MoneyFormatError


def _serialize(value: Money) -> str:
    return value.yuan


def _parse(value: object) -> Money | UnreadableAmount:
    try:
        return Money.parse(value)  # type: ignore[arg-type]  # anything but text is refused inside
    except MoneyFormatError as error:
        return UnreadableAmount(repr(value)[:64], error)


def _parse_literal(node: ValueNode, _variables: object = None) -> Money | UnreadableAmount:
    if isinstance(node, StringValueNode):
        return _parse(node.value)
    return UnreadableAmount("literal", MoneyFormatError("金额须以文本给出", "An amount is given as text"))


MONEY_SCALAR: ScalarDefinition = strawberry.scalar(
    name="Money",
    description='Amount in yuan as decimal text with two decimals, e.g. "1234.50". CNY. Never a JSON number.',
    serialize=_serialize,
    parse_value=_parse,
    parse_literal=_parse_literal,
)


def readable(value: Money | None, field: str) -> Money | None:
    """For query arguments: the amount, or a GraphQL error naming the field."""
    if isinstance(value, UnreadableAmount):
        raise GraphQLError(value.error.zh, extensions={"code": value.error.code, "field": field})
    return value
