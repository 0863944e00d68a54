"""What every part of the schema must be: described, without money in numbers, paged, with mutations of one form."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_list_type,
    is_specified_scalar_type,
    parse,
    print_type,
    specified_rules,
    validate,
)

from ankuan.api.limits import LimitsRule
from ankuan.api.schema import schema

SCHEMA = schema._schema
ROOT = Path(__file__).parents[3]
TYPES = {
    name: kind
    for name, kind in SCHEMA.type_map.items()
    if not name.startswith("__") and not is_specified_scalar_type(kind)
}
ERRORS = {"InvalidInput", "NotFound", "NotAllowed", "Conflict", "Refused"}
SMALL = {
    "CaseSuggestion", "Allocation", "DisbursementLine", "DisbursementAct", "ReviewCheck", "ApprovalStep", "Role",
    "CaseTypeCode", "EventRecord", "CaseImportRow", "Disbursement", "CourtFigures", "DayFigures", "String", "Report",
    "ReportColumn", "BankMessage", "CertificateIndicator", "PluginSetting", "Plugin", "LeftOutPlugin", "Assumption",
}  # fmt: skip
"""What plain lists may hold: parts of one object, each with a bound, and pages that carry their own cursors."""
COUNTS = re.compile(
    r"(count|times|rows?|no|level|version|score|free|bound|total|requested|created|existing|rejected|recorded"
    r"|duplicates|instructions|alarms|batchlimit|approval|audit|release|first|attempts?|waiting"
    r"|(ms|milliseconds|lasthour|failures|daysleft|checks|number)|queue\.[a-z]+|summary\.(passed|failed|notdeclared)"
    r"|setting\.(least|most))$",
    re.IGNORECASE,
)


def described() -> Iterator[tuple[str, str | None]]:
    for name, kind in TYPES.items():
        yield name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{value}", found.description) for value, found in kind.values.items())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, found in kind.fields.items():
                yield f"{name}.{field}", found.description
                for argument, one in getattr(found, "args", {}).items():
                    yield f"{name}.{field}({argument})", one.description


def output_fields() -> Iterator[tuple[str, Any]]:
    for name, kind in TYPES.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from ((f"{name}.{field}", found) for field, found in kind.fields.items())


def bare(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def test_everything_is_described() -> None:
    found = dict(described())
    assert len(found) > 500
    assert [name for name, text in found.items() if not (text or "").strip()] == []


def test_no_number_carries_money() -> None:
    numbers = [name for name, field in output_fields() if get_named_type(field.type).name in {"Int", "Float"}]
    assert [name for name in numbers if not COUNTS.search(name)] == []
    assert not any(get_named_type(field.type).name == "Float" for _, field in output_fields())
    money = [name for name, field in output_fields() if re.search(r"amount|balance", name.rpartition(".")[2], re.I)]
    assert len(money) > 5
    plain = [n for n, f in output_fields() if n in money and get_named_type(f.type).name in {"Int", "Float", "String"}]
    assert plain == []


def test_every_list_is_a_page_or_known_to_be_small() -> None:
    for name, field in output_fields():
        if not is_list_type(bare(field.type)):
            continue
        owner, _, what = name.partition(".")
        if owner.endswith("Connection"):
            assert what == "edges"
            continue
        assert get_named_type(field.type).name in SMALL, name
    for name, kind in TYPES.items():
        if name.endswith("Connection"):
            assert isinstance(kind, GraphQLObjectType)
            assert set(kind.fields) == {"edges", "pageInfo", "totalCount"}
    for name, field in output_fields():
        if get_named_type(field.type).name.endswith("Connection"):
            assert {"first", "after"} <= set(field.args), name


def test_every_mutation_has_the_same_form() -> None:
    root = SCHEMA.mutation_type
    assert root is not None
    for name, field in root.fields.items():
        assert set(field.args) == {"input"}, name
        given = get_named_type(field.args["input"].type)
        assert isinstance(given, GraphQLInputObjectType)
        assert isinstance(field.args["input"].type, GraphQLNonNull)
        assert str(given.fields["idempotencyKey"].type) == "String!", name
        assert "dryRun: Boolean! = false" in print_type(given), name
        union = get_named_type(field.type)
        assert isinstance(union, GraphQLUnionType), name
        members = {kind.name for kind in union.types}
        [success] = members - ERRORS
        assert members == ERRORS | {success}
        assert success == f"{name[0].upper()}{name[1:]}Success"


def operations() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "schema" / "operations").glob("*.graphql")):
        yield file.stem, file.read_text(encoding="utf-8")
    for number, text in enumerate(re.findall(r"```graphql\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.S)):
        yield f"docs-api-{number}", text


@pytest.mark.parametrize(("name", "text"), list(operations()), ids=lambda value: value if len(value) < 30 else "")
def test_the_examples_are_valid_and_within_the_limits(name: str, text: str) -> None:
    assert validate(SCHEMA, parse(text), [*specified_rules, LimitsRule]) == [], name


def test_there_are_examples() -> None:
    names = [name for name, _ in operations()]
    assert {"arrivals", "register", "docs-api-0", "docs-api-1"} <= set(names)


def test_the_exported_schema_is_what_the_code_says() -> None:
    """In a process of its own: the catalogue lists the errors that are imported."""
    command = [sys.executable, "-m", "ankuan.cli.main", "schema", "export", "--check"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
