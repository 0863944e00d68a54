"""The limits of a document: what is refused, and that refusing it costs nothing."""

import time

import pytest
from graphql import build_schema, parse, validate

from ankuan.api.limits import MAX_ALIASES, MAX_COST, MAX_DEPTH, LimitsRule

SCHEMA = build_schema(
    """
    type Query { self: Query items(first: Int = 50): ItemConnection plain: [Item!]! name: String }
    type ItemConnection { edges: [Edge!]! totalCount: Int }
    type Edge { node: Item }
    type Item { name: String children(first: Int): ItemConnection parent: Item }
    type Mutation { a: Int b: Int }
    """
)


def codes(document: str) -> set[str]:
    return {(e.extensions or {}).get("code", "") for e in validate(SCHEMA, parse(document), [LimitsRule])}


def nested(depth: int) -> str:
    return "{" + "self {" * (depth - 1) + "name" + "}" * (depth - 1) + "}"


def test_depth_is_bounded() -> None:
    assert codes(nested(MAX_DEPTH)) == set()
    assert codes(nested(MAX_DEPTH + 1)) == {"query_depth_exceeded"}


def test_aliases_are_bounded() -> None:
    assert codes("{" + " ".join(f"a{i}: name" for i in range(MAX_ALIASES)) + "}") == set()
    assert codes("{" + " ".join(f"a{i}: name" for i in range(MAX_ALIASES + 1)) + "}") == {"query_aliases_exceeded"}


def test_cost_multiplies_lists() -> None:
    page = "{ items(first: 100) { edges { node { name } } } }"
    assert codes(page) == set()
    assert codes("{ items(first: 100) { edges { node { children(first: 100) { edges { node { name } } } } } } }") == {
        "query_cost_exceeded"
    }
    # A variable or a default may stand for a full page.
    assert codes(
        "query ($n: Int) { items(first: $n) { edges { node { children { edges { node { name } } } } } } }"
    ) == {"query_cost_exceeded"}


def test_a_list_without_paging_counts_as_several() -> None:
    once = "plain { parent { name } }"
    assert codes("{" + once + "}") == set()
    assert MAX_COST > 20


def test_one_mutation_a_request() -> None:
    assert codes("mutation { a }") == set()
    assert codes("mutation { a b }") == {"one_mutation_per_request"}


@pytest.mark.parametrize("levels", [20, 40, 60])
def test_a_fragment_bomb_is_refused_at_once(levels: int) -> None:
    parts = [
        f"fragment F{i} on Query {{ self {{ ...F{i + 1} }} other: self {{ ...F{i + 1} }} }}" for i in range(levels)
    ]
    document = "query { ...F0 } " + " ".join(parts) + f" fragment F{levels} on Query {{ name }}"
    parsed = parse(document)
    started = time.process_time()
    found = validate(SCHEMA, parsed, [LimitsRule])
    spent = time.process_time() - started
    assert {(e.extensions or {}).get("code") for e in found} >= {"query_depth_exceeded", "query_cost_exceeded"}
    assert spent < 2, "a walk without memory needs minutes for the smallest of these"


def test_circular_and_unknown_fragments_end() -> None:
    assert codes("{ ...A } fragment A on Query { self { ...A } ...Missing }") == set()
