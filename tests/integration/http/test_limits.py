"""What the door does not let in: by size, form, nesting, cost, number of operations, and who may look at the schema."""

import json
import logging
import time
from typing import Any

import pytest
from graphql import get_introspection_query

from ankuan.kernel.money import Money
from tests.fixtures.mutations import MUTATIONS, document
from tests.fixtures.stage import changed, key
from tests.fixtures.stages import Play

ME = "chengban.0102"
VIEWER = b'{"query": "{ viewer { name } }"}'


async def refused(play: Play, body: bytes, status: int, *codes: str, login: str | None = ME) -> None:
    response = await play.served.post("/graphql", body, login)
    assert response.status_code == status, (body[:80], response.status_code, response.text[:200])
    if codes:
        told = response.json()
        code = told["code"] if "code" in told else told["errors"][0]["extensions"]["code"]
        assert code in codes, told


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{'query': 1}", "not_json"),
        ('{"query": "{ viewer { name } }", "x": "é"}'.encode("latin-1"), "not_utf8"),
        ("{}".encode("utf-16"), "not_utf8"),
        (b"[" * 41 + b"]" * 41, "nested_too_deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested_too_deeply"),
        (b'{"query": "{ viewer { name } }", "variables": {"n": ' + b"9" * 5_000 + b"}}", "not_json"),
        (b"[" + VIEWER + b"," + VIEWER + b"]", "one_operation_per_request"),
        (b"[]", "one_operation_per_request"),
        (b"7", "one_operation_per_request"),
        (b"null", "one_operation_per_request"),
        (b'"{ viewer { name } }"', "one_operation_per_request"),
        (b"{}", "bad_request"),
        (b'{"query": null}', "bad_request"),
        (b'{"query": 7}', "bad_request"),
        (b'{"query": "{ viewer { name } }", "variables": []}', "bad_request"),
        (b'{"query": "{ viewer { name } }", "operationName": {}}', "bad_request"),
        (b'{"query": "{ viewer { name } }", "extensions": "x"}', "bad_request"),
    ],
)
async def test_bodies_that_are_no_operation(play: Play, body: bytes, code: str) -> None:
    await refused(play, body, 400, code)
    await refused(play, body, 400, code, login=None)


async def test_no_body_is_read_beyond_a_megabyte(play: Play) -> None:
    text = b'{"query": "{ viewer { name } }", "variables": {"a": "' + b"x" * 1_100_000 + b'"}}'
    await refused(play, text, 413, "request_too_large")

    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 100_000

    sent = await play.served.http.post(
        play.served.address + "/graphql",
        content=endless(),
        headers={"Content-Type": "application/json", **play.served.bearer(ME)},
    )
    assert sent.status_code == 413
    almost = b'{"query": "{ viewer { name } }", "operationName": null, "padding": "' + b"x" * 1_000_000 + b'"}'
    assert (await play.served.post("/graphql", almost, ME)).json()["data"]["viewer"]["name"] == "承办人甲"


async def test_queries_come_by_post_only(play: Play) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD"):
        response = await play.served.http.request(
            method, play.served.address + "/graphql?query={viewer{name}}", headers=play.served.bearer(ME)
        )
        assert response.status_code == 405, method
        assert "承办人甲" not in response.text


async def test_only_json_is_taken(play: Play) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        response = await play.served.post("/graphql", VIEWER, ME, Content_Type=content_type)
        assert (response.status_code, response.json()["code"]) == (415, "json_required"), content_type


def bomb(levels: int) -> str:
    spreads = " ".join(
        f"fragment F{i} on Court {{ parent {{ ...F{i + 1} }} again: parent {{ ...F{i + 1} }} }}" for i in range(levels)
    )
    return f"{{ viewer {{ court {{ ...F0 }} }} }} {spreads} fragment F{levels} on Court {{ name }}"


BOMBS = {
    "nesting": "{ viewer { court {" + " parent {" * 300 + " name" + " }" * 300 + " } } }",
    "fragments": bomb(60),
    "circle": "{ viewer { court { ...A } } } fragment A on Court { parent { ...B } }"
    " fragment B on Court { parent { ...A } }",
    "aliases": "{ viewer { " + " ".join(f"a{i}: name" for i in range(400)) + " } }",
    "tokens": "{ viewer { " + "name " * 5_000 + "} }",
    "overlap": "{ " + " ".join("viewer { court { name } }" for _ in range(250)) + " }",
    "lists": "{ cases(first: 100) { edges { node { court { id } } } } courts(first: 100) { edges { node { parent {"
    " parent { id } } } } } receipts(first: 100) { edges { node { suggestions { case { court { parent { id } } } } } }"
    " } }",
    "directives": "{ viewer { name " + "@include(if: true) " * 600 + "} }",
    "brackets": "{" * 50_000,
    "introspection": "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } }"
    " } } }",
    "arguments": "{ node(id: " + "[" * 900 + "]" * 900 + ") { id } }",
}


@pytest.mark.parametrize("name", BOMBS)
async def test_bombs_are_refused_at_once(play: Play, name: str) -> None:
    started = time.monotonic()
    response = await play.served.post("/graphql", {"query": BOMBS[name]}, ME)
    spent = time.monotonic() - started
    told = response.json()
    assert told.get("errors") or name == "overlap", told
    assert all(error["extensions"]["code"] != "internal_error" for error in told.get("errors", []))
    assert spent < 2, f"{spent:.1f} s"


async def test_one_mutation_a_request_however_it_is_written(play: Play) -> None:
    kind = "$input: ClearAlarmInput!"
    field = "clearAlarm(input: $input) { __typename }"
    before = await play.eye.see()
    for text in (
        f"mutation({kind}) {{ a: {field} b: {field} }}",
        f"mutation({kind}) {{ ...F }} fragment F on Mutation {{ a: {field} b: {field} }}",
        f"mutation({kind}) {{ ... on Mutation {{ a: {field} }} ... {{ b: {field} }} }}",
        f"mutation({kind}) {{ ...F ...G }} fragment F on Mutation {{ a: {field} }}"
        f" fragment G on Mutation {{ b: {field} }}",
    ):
        given = MUTATIONS["clearAlarm"].make(play.stage.ours) | {"idempotencyKey": key()}
        assert "one_mutation_per_request" in await play.served.code("caiwu.0102", text, input=given), text
    assert not changed(before, await play.eye.see())


async def test_the_schema_is_shown_to_those_who_are_signed_in(play: Play) -> None:
    for text in ("{ __schema { types { name } } }", '{ __type(name: "Case") { name } }', get_introspection_query()):
        response = await play.served.post("/graphql", {"query": text}, None)
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (401, "unauthenticated")
    answer = await play.served.raw(ME, get_introspection_query())
    assert "errors" not in answer, answer["errors"][:2]
    assert {"Case", "Disbursement"} <= {kind["name"] for kind in answer["data"]["__schema"]["types"]}
    assert (await play.served.raw(None, "{ __typename }"))["data"] == {"__typename": "Query"}


async def test_a_defect_shows_a_reference_and_nothing_else(
    play: Play, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("password=hunter2 of 承办人甲")

    monkeypatch.setattr("ankuan.registry.graphql.set_case_status.set_case_status", broken)
    given = MUTATIONS["setCaseStatus"].make(play.stage.ours) | {"idempotencyKey": key()}
    before = await play.eye.see()
    with caplog.at_level(logging.DEBUG):
        response = await play.served.post(
            "/graphql", {"query": document("setCaseStatus"), "variables": {"input": given}}, "guanli.0102"
        )
    assert "hunter2" not in response.text
    assert "RuntimeError" not in response.text
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "internal_error"
    assert error["extensions"]["reference"] in capsys.readouterr().out + caplog.text
    assert not changed(before, await play.eye.see())


async def test_inputs_do_not_reach_the_log(
    play: Play, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = "金丝雀一号"
    with caplog.at_level(logging.INFO):
        given = MUTATIONS["registerCase"].make(play.stage.ours) | {"idempotencyKey": key(), "colour": canary}
        given["parties"][0]["name"] = canary
        assert "bad_request" in await play.served.code("guanli.0102", document("registerCase"), input=given)
        await play.served.post("/graphql", {"query": f'{{ node(id: "{canary}", name: 7) {{ id }} }}'}, ME)
        await play.served.post("/graphql", f'{{"query": "{canary}'.encode(), ME)
        search = "query($s: String) { cases(filter: {search: $s}) { totalCount } }"
        await play.served.raw(ME, search, s=canary + "\x00")
    assert canary not in caplog.text
    assert canary not in "".join(capsys.readouterr())


LISTS = [
    ("cases", "CaseFilter", {"search": "\x00"}),
    ("cases", "CaseFilter", {"search": "\ud800"}),
    ("cases", "CaseFilter", {"search": "%_\\" * 1_000}),
    ("receipts", "ReceiptFilter", {"search": "a\x00"}),
    ("receipts", "ReceiptFilter", {"amountFrom": "1.234"}),
    ("receipts", "ReceiptFilter", {"amountTo": 5}),
    ("receipts", "ReceiptFilter", {"from": "2026-02-30"}),
    ("receipts", "ReceiptFilter", {"from": "0001-01-01", "to": "9999-12-31"}),
    ("disbursements", "DisbursementFilter", {"search": "\ud800"}),
    ("disbursements", "DisbursementFilter", {"caseId": ""}),
    ("instructions", "InstructionFilter", {"caseId": "x"}),
]


@pytest.mark.parametrize(("name", "kind", "given"), LISTS)
async def test_odd_filters_are_no_defects(play: Play, name: str, kind: str, given: dict[str, Any]) -> None:
    text = f"query($f: {kind}) {{ {name}(filter: $f) {{ totalCount }} }}"
    assert "internal_error" not in await play.served.code(ME, text, f=given)


@pytest.mark.parametrize("name", ["cases", "receipts", "disbursements", "courts", "staff", "alarms", "fundAccounts"])
@pytest.mark.parametrize(
    ("first", "after"),
    [
        (-1, None),
        (101, None),
        (2**31 - 1, None),
        (1, "x"),
        (1, ""),
        (1, "\x00"),
        (1, "\ud800"),
        (1, "W10"),
    ],
)
async def test_odd_pages_are_refused_with_a_code(play: Play, name: str, first: int, after: str | None) -> None:
    text = f"query($n: Int!, $a: String) {{ {name}(first: $n, after: $a) {{ totalCount }} }}"
    codes = await play.served.code(ME, text, n=first, a=after)
    assert codes, "it was answered"
    assert codes <= {"invalid_page", "invalid_cursor", "bad_request", "invalid_text"}, codes


async def test_odd_cursors_of_events(play: Play) -> None:
    for after in ("x", "1-", "-1", "99999999999999999999999-1", "1-99999999999999999999", "\x00", "\ud800", "١-١"):
        text = "query($a: String) { events(after: $a) { cursor } }"
        assert await play.served.code(ME, text, a=after) == {"invalid_cursor"}, after


def test_money_is_never_a_number() -> None:
    assert json.loads(json.dumps(Money(12_345).yuan)) == "123.45"
