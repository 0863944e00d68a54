"""The guide of the API: its examples fit the schema, and the whole payment runs as written."""

import json
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, get_variable_values, parse, validate

from ankuan.api.limits import MAX_ALIASES, MAX_COST, MAX_DEPTH, MAX_PAGE, MAX_TOKENS
from ankuan.api.schema import schema
from ankuan.api.view import DEADLINE_SECONDS, MAX_BODY_BYTES, MAX_NESTING
from tests.docs.pages import ROOT, Block, blocks, page
from tests.fixtures.installation import ApiClient, Installation, installation

GUIDE = ROOT / "docs" / "api.md"
COMMITTED = ROOT / "schema" / "schema.graphql"
_PLACEHOLDER = re.compile(r'"<([\w.]+)>"')
_PERSON = re.compile(r"^# as (\S+)$", re.MULTILINE)


def schemas() -> list[GraphQLSchema]:
    """The one of the code, and the committed one."""
    committed = [build_schema(COMMITTED.read_text(encoding="utf-8"))] if COMMITTED.exists() else []
    return [schema._schema, *committed]


def operation(block: Block) -> OperationDefinitionNode:
    (found,) = parse(block.text).definitions
    assert isinstance(found, OperationDefinitionNode), str(block)
    return found


def with_variables() -> list[tuple[Block, Block]]:
    """Each operation that is followed by its variables, in the order of the guide."""
    ours = [block for block in blocks("graphql", "json") if block.page == GUIDE]
    return [(one, two) for one, two in pairwise(ours) if (one.language, two.language) == ("graphql", "json")]


@pytest.mark.parametrize("block", blocks("graphql"), ids=str)
def test_every_graphql_example_is_valid(block: Block) -> None:
    operation(block)
    for known in schemas():
        assert validate(known, parse(block.text)) == [], str(block)


@pytest.mark.parametrize(("block", "variables"), with_variables(), ids=str)
def test_every_json_example_fits_its_operation(block: Block, variables: Block) -> None:
    given = json.loads(_PLACEHOLDER.sub('"taken"', variables.text))
    declared = operation(block).variable_definitions or ()
    assert set(given) == {one.variable.name.value for one in declared}
    read = get_variable_values(schema._schema, tuple(declared), given)
    assert not isinstance(read, list), read


def test_every_json_example_belongs_to_an_operation() -> None:
    ours = [block for block in blocks("json") if block.page == GUIDE]
    assert ours == [variables for _, variables in with_variables()]
    assert len(ours) >= 9


def test_the_limits_are_those_of_the_code() -> None:
    text = " ".join(GUIDE.read_text(encoding="utf-8").split())
    assert MAX_BODY_BYTES == 1024 * 1024
    for said in (
        "1 MiB a request",
        f"{MAX_TOKENS:,} tokens",
        f"depth {MAX_DEPTH}",
        f"{MAX_ALIASES} aliases",
        f"{MAX_COST:,} objects",
        f"JSON {MAX_NESTING} levels",
        f"{DEADLINE_SECONDS} seconds",
        f"at most {MAX_PAGE} rows",
    ):
        assert said in text


def test_every_operation_that_the_text_names_exists() -> None:
    fields = {name for root in ("Query", "Mutation", "Subscription") for name in _fields(root)}
    named = {code for code in page(GUIDE).inline_code if re.fullmatch(r"(import|receipt|disbursement)[A-Z]\w+", code)}
    assert {"importCases", "importStatement", "disbursementChanged"} <= named
    assert named - fields == {"receiptUrl"}


def _fields(root: str) -> list[str]:
    found = schema._schema.type_map[root]
    return list(getattr(found, "fields"))  # noqa: B009 - object types only


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with installation() as started:
        yield started


@pytest.mark.slow
def test_the_whole_payment_runs_as_written(running: Installation) -> None:
    known: dict[str, Any] = {}

    def fill(text: str) -> dict[str, Any]:
        filled: dict[str, Any] = json.loads(_PLACEHOLDER.sub(lambda match: json.dumps(_at(known, match[1])), text))
        return filled

    for block, variables in with_variables():
        person = _PERSON.search(block.text)
        assert person, str(block)
        client = running.client(person[1])
        name = operation(block).name
        assert name is not None
        given = fill(variables.text)
        if name.value == "Money":
            number = known["subAccounts"]["edges"][0]["node"]["number"]
            running.bank.credit(number, 12_000_000, payer_name="被执行人乙", remark="案款")
            known |= _until(client, block, given, lambda data: data["receipts"]["totalCount"] == 1)
            assert known["caseBalance"]["available"] == "120000.00"
        elif name.value == "Outcome":
            known |= _until(client, block, given, lambda data: data["disbursement"]["status"] == "SETTLED")
        else:
            answer = client.ask(block.text, **given)
            refused = {field: value for field, value in answer.items() if "code" in value}
            assert refused == {}, str(block)
            known |= answer
    (line,) = known["disbursement"]["lines"]
    assert line["instruction"]["state"] == "SETTLED"
    assert [e["fen"] for e in running.bank.executions(line["instruction"]["clientRef"])] == [4_567_890]
    token = {"Authorization": f"Bearer {running.sign_ins['chuna.0102']['token']}"}
    receipt = httpx.get(running.address + line["receiptUrl"], headers=token)
    assert receipt.content.startswith(b"%PDF-")


def _at(known: dict[str, Any], path: str) -> Any:
    value: Any = known
    for part in path.split("."):
        value = value[part]
    return value


def _until(client: ApiClient, block: Block, given: dict[str, Any], is_done: Any) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        answer = client.ask(block.text, **given)
        if is_done(answer):
            return answer
        assert time.monotonic() < deadline, f"{block}: {answer}"
        time.sleep(0.3)


def test_the_people_of_the_readme_are_those_who_sign_in(running: Installation) -> None:
    walk = [code for code in page(ROOT / "README.md").inline_code if re.fullmatch(r"[a-z]+\.\d{4}", code)]
    assert walk == ["chengban.0102", "tingzhang.0102", "caiwu.0102", "chuna.0102"]
    assert set(walk) <= set(running.sign_ins)
    steps = [found[1] for block, _ in with_variables() if (found := _PERSON.search(block.text))]
    assert list(dict.fromkeys(steps)) == walk


@pytest.mark.slow
def test_the_paths_that_operators_ask_answer(running: Installation) -> None:
    told = {path: httpx.get(running.address + path).status_code for path in ("/healthz", "/readyz", "/metrics")}
    assert told == {"/healthz": 200, "/readyz": 200, "/metrics": 200}
    assert set(told) <= set(page(ROOT / "docs" / "operating.md").inline_code)


@pytest.mark.slow
def test_the_data_folder_holds_what_the_guide_says(running: Installation) -> None:
    rows = re.findall(
        r"^\| `([\w./]+)` \| ", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = {row.split("/")[0] for row in rows if row.endswith(("/", ".json")) or row == "secrets/master.key"}
    there = {path.name for path in running.data.iterdir() if path.suffix != ".lock"}
    assert there <= named
    assert {"postgres", "secrets", "valkey", "log", "run", "simulators", "demonstration.json"} <= named
    assert (running.data / "secrets" / "master.key").stat().st_mode & 0o777 == 0o600
