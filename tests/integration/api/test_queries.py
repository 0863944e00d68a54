"""Queries and subscriptions: nothing without a sign-in, and nothing of a court out of sight."""

from typing import Any

import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type

from ankuan.platform.graphql.ids import decode_id, global_id
from tests.fixtures.mutations import SCHEMA
from tests.fixtures.stage import Court, changed
from tests.fixtures.stages import Play

ROOT = SCHEMA.query_type
assert ROOT is not None
OPEN = {"viewer"}
"""Answers null when nobody is signed in: this is how a client finds out."""
SUBJECTS = {
    "node": "Case", "case": "Case", "parties": "Case", "caseBalance": "Case", "caseLedger": "Case",
    "receipt": "Receipt", "disbursement": "Disbursement", "statementImport": "StatementImport",
    "subAccountPool": "FundAccount", "paperProposals": "FundAccount",
    "integration": "FundAccount", "pluginSettings": "FundAccount",
}  # fmt: skip
"""What the required id of a query names."""


def document(name: str) -> str:
    """A query for one field that passes its required arguments as variables."""
    assert ROOT is not None
    field = ROOT.fields[name]
    required = {n: a for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull) and str(a.type) == "ID!"}
    named = get_named_type(field.type)
    inner = "" if is_leaf_type(named) else " { __typename }"
    if isinstance(named, GraphQLObjectType) and named.name.endswith("Connection"):
        inner = " { totalCount edges { cursor } }"
    head = "(" + ", ".join(f"${n}: ID!" for n in required) + ")" if required else ""
    given = "(" + ", ".join(f"{n}: ${n}" for n in required) + ")" if required else ""
    return f"query{head} {{ {name}{given}{inner} }}"


def ids_of(court: Court) -> dict[str, str]:
    return {
        "Case": court.case,
        "Receipt": court.receipt,
        "Disbursement": court.disbursements["DRAFT"][0],
        "FundAccount": court.fund_account,
        "StatementImport": global_id("StatementImport", court.number, decode_id(court.case).key),
    }


def variables(name: str, court: Court) -> dict[str, str]:
    assert ROOT is not None
    names = [n for n, a in ROOT.fields[name].args.items() if str(a.type) == "ID!"]
    return {n: ids_of(court)[SUBJECTS[name]] for n in names}


async def test_nothing_is_answered_without_a_sign_in(play: Play) -> None:
    assert ROOT is not None
    answers: dict[str, Any] = {}
    for name in set(ROOT.fields) - OPEN:
        codes = await play.served.code(None, document(name), **variables(name, play.stage.ours))
        answers[name] = codes
    assert {name: codes for name, codes in answers.items() if codes != {"unauthenticated"}} == {}


async def test_every_query_is_answered_to_who_may(play: Play) -> None:
    assert ROOT is not None
    before = await play.eye.see()
    for name in ROOT.fields:
        answer = await play.served.raw("gaoyuan", document(name), **variables(name, play.stage.ours))
        assert "errors" not in answer, (name, answer)
    assert not changed(before, await play.eye.see())


@pytest.mark.parametrize("name", sorted(SUBJECTS))
async def test_a_foreign_object_sounds_like_none(play: Play, name: str) -> None:
    foreign = variables(name, play.stage.foreign)
    [(argument, value)] = foreign.items()
    ref = decode_id(value)
    absent = global_id(ref.type_name, ref.court_id, decode_id(play.stage.ours.receipt).key)
    smuggled = global_id(ref.type_name, play.stage.ours.number, ref.key)
    answers = [
        await play.served.raw("chengban.0102", document(name), **{argument: one}) for one in (value, absent, smuggled)
    ]
    assert answers[0] == answers[1]
    for answer in answers:
        data = answer.get("data")
        assert data is None or set(data.values()) == {None}, answer
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        assert all("not_found" in code for code in codes), codes


@pytest.mark.parametrize("kind", ["Case", "Party", "Receipt", "Allocation", "Disbursement", "DisbursementLine",
                                  "FundAccount", "SubAccount", "Instruction", "Alarm", "Staff", "Department", "Court",
                                  "Integration", "BankMessage", "LedgerEntry", "StatementImport", "File",
                                  "Nonsense"])  # fmt: skip
async def test_odd_ids_of_every_kind_are_null(play: Play, kind: str) -> None:
    text = "query($id: ID!) { node(id: $id) { id } }"
    for court, key in ((2, decode_id(play.stage.foreign.case).key), (4, 7), (0, 0), (2**31 - 1, 2**63 - 1), (99, 1)):
        answer = await play.served.raw("chengban.0102", text, id=global_id(kind, court, key))
        if answer.get("data") is None:
            assert {e["extensions"]["code"] for e in answer["errors"]} <= {"not_allowed"}, (kind, answer)
        else:
            assert answer["data"] == {"node": None}, (kind, court, key)
