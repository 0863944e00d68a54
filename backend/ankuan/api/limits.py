"""One validation rule that bounds depth, aliases and cost, in time linear to the document.

Each fragment is measured once. The limiters that come with the library walk a fragment again at each spread, so that
twenty fragments of two spreads each keep them busy for seconds.
"""

from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValidationRule,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

MAX_DEPTH = 12
MAX_ALIASES = 30
MAX_COST = 5_000
MAX_TOKENS = 2_000
MAX_PAGE = 100
INTROSPECTION = frozenset({"__schema", "__type"})
"""Answered from memory, and bounded by the library's own rule; the usual query for all of it is deeper than data."""
PLAIN_LIST = 10
"""Assumed length of a list that takes no ``first``."""
_CEILING = 1_000_000


@dataclass(frozen=True, slots=True)
class Weight:
    """What a selection asks for: nesting, aliases, and objects once lists are multiplied out."""

    depth: int = 0
    aliases: int = 0
    cost: int = 0


class LimitsRule(ValidationRule):
    """Refuse documents beyond the limits, several mutations at once, and unbounded introspection by weight."""

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._fragments: dict[str, Weight] = {}
        self._open: set[str] = set()

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Measure one operation."""
        schema = self.context.schema
        root = schema.get_root_type(node.operation)
        weight = self._measure(node.selection_set, root)
        for name, value, limit in (
            ("depth", weight.depth, MAX_DEPTH),
            ("aliases", weight.aliases, MAX_ALIASES),
            ("cost", weight.cost, MAX_COST),
        ):
            if value > limit:
                self.report_error(
                    GraphQLError(
                        f"Query {name} exceeds the limit of {limit}",
                        node,
                        extensions={"code": f"query_{name}_exceeded", "limit": limit},
                    )
                )
        if node.operation is OperationType.MUTATION and self._root_fields(node.selection_set) > 1:
            self.report_error(
                GraphQLError("One mutation per request", node, extensions={"code": "one_mutation_per_request"})
            )

    def _root_fields(self, selections: SelectionSetNode) -> int:
        """Fields of the root type, those within fragments too. The tokens bound the work."""
        count, pending, seen = 0, [selections], set[str]()
        while pending:
            for selection in pending.pop().selections:
                if isinstance(selection, FieldNode):
                    count += 1
                elif isinstance(selection, InlineFragmentNode):
                    pending.append(selection.selection_set)
                elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                    seen.add(selection.name.value)
                    found = self.context.get_fragment(selection.name.value)
                    if found is not None:
                        pending.append(found.selection_set)
        return count

    def _measure(self, selections: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Weight:
        depth = aliases = cost = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                part = self._field(selection, parent)
            elif isinstance(selection, FragmentSpreadNode):
                part = self._fragment(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                named = selection.type_condition
                target = self.context.schema.get_type(named.name.value) if named else parent
                part = self._measure(selection.selection_set, target)
            else:  # pragma: no cover - the grammar knows no fourth kind
                continue
            depth = max(depth, part.depth)
            aliases += part.aliases
            cost += part.cost
        return Weight(depth, min(aliases, _CEILING), min(cost, _CEILING))

    def _fragment(self, name: str) -> Weight:
        if name in self._fragments:
            return self._fragments[name]
        definition: FragmentDefinitionNode | None = self.context.get_fragment(name)
        if definition is None or name in self._open:  # unknown or circular: other rules say so
            return Weight()
        self._open.add(name)
        target = self.context.schema.get_type(definition.type_condition.name.value)
        weight = self._measure(definition.selection_set, target)
        self._open.discard(name)
        self._fragments[name] = weight
        return weight

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Weight:
        if node.name.value in INTROSPECTION:
            return Weight(depth=1)
        field: GraphQLField | None = None
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            field = parent.fields.get(node.name.value)
        inner = self._measure(node.selection_set, get_named_type(field.type) if field else None)
        own = 1 if node.selection_set else 0
        times = _times(node, field)
        return Weight(
            depth=1 + inner.depth,
            aliases=inner.aliases + (1 if node.alias else 0),
            cost=min((own + inner.cost) * times, _CEILING),
        )


def _times(node: FieldNode, field: GraphQLField | None) -> int:
    """How many objects a field may stand for. A connection counts its page; so do not count its edges again."""
    if field is None or not node.selection_set:
        return 1
    if "first" in field.args:
        for argument in node.arguments or ():
            if argument.name.value == "first" and isinstance(argument.value, IntValueNode):
                return max(1, min(int(argument.value.value), MAX_PAGE))
        return MAX_PAGE
    if node.name.value == "edges":
        return 1
    kind = field.type.of_type if is_non_null_type(field.type) else field.type
    return PLAIN_LIST if is_list_type(kind) else 1
