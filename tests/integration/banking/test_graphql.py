"""Fund accounts, orders and imports through the schema: who sees what, and importing a file as finance does."""

from pathlib import Path
from typing import Any

import pytest

from ankuan.banking.graphql import InstructionPurpose
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.files import store_file
from ankuan.platform.graphql.ids import global_id
from ankuan.platform.plugins import load_plugins
from tests.fixtures.asking import Asking
from tests.fixtures.province import NOW
from tests.integration.banking.conftest import ACCOUNT_NO, SYSTEM, Bench

FILES = Path(__file__).parents[2] / "fixtures" / "statements"
IMPORT = """
mutation ($input: ImportStatementInput!) { importStatement(input: $input) {
  __typename
  ... on ImportStatementSuccess { dryRun statementImport {
    id format rowCount recorded duplicates rejected fundAccount { name }
    rows(outcome: "rejected") { totalCount edges { node { rowNo outcome reason amount text } } } } }
  ... on UserError { code field } } }
"""


@pytest.fixture
def asking(bench: Bench) -> Asking:
    return Asking(bench.database, FieldCipher(bytes(range(32))), load_plugins())


async def uploaded(bench: Bench, name: str = "court_account.sta", court_id: int | None = None) -> str:
    court = court_id or bench.court_id
    async with bench.database.write(SYSTEM) as session:
        key = await store_file(session, court_id=court, name=name, content=(FILES / name).read_bytes(), now=NOW)
    return global_id("File", court, key)


def given(bench: Bench, file_id: str, *, key: str = "k1", form: str = "MT940", dry_run: bool = False) -> dict[str, Any]:
    account = global_id("FundAccount", bench.court_id, bench.fund_account_id)
    return {"idempotencyKey": key, "dryRun": dry_run, "fundAccountId": account, "fileId": file_id, "format": form}


async def test_fund_accounts_are_masked_and_stay_in_their_court(bench: Bench, asking: Asking) -> None:
    query = """{ fundAccounts { totalCount edges { node {
        id bankId bankName accountNoMasked name active balance unidentified lastPolledAt court { name } } } } }"""
    found = await asking(bench.province.actor("caiwu.0102"), query)
    [edge] = found["fundAccounts"]["edges"]
    assert edge["node"]["bankName"] == "中信银行"
    assert ACCOUNT_NO not in str(found)
    assert (edge["node"]["balance"], edge["node"]["unidentified"]) == ("0.00", "0.00")
    other = await asking(bench.province.actor("caiwu.01"), query)
    assert other["fundAccounts"]["totalCount"] == 0
    node = "query ($id: ID!) { node(id: $id) { id __typename } }"
    same = await asking(bench.province.actor("caiwu.0102"), node, id=edge["node"]["id"])
    assert same["node"]["__typename"] == "FundAccount"
    foreign = await asking(bench.province.actor("caiwu.01"), node, id=edge["node"]["id"])
    assert foreign.get("node") is None


async def test_orders_are_listed_by_state_and_purpose(bench: Bench, asking: Asking) -> None:
    issued = await bench.issue()
    query = """query ($filter: InstructionFilter) { instructions(filter: $filter) { edges { node {
        clientRef purpose amount state stateTitle attempts payeeName fundAccount { name } nextTryAt } } } }"""
    actor = bench.province.actor("chuna.0102")
    for wanted, count in (
        ({"state": ["READY"], "purpose": InstructionPurpose.PAYMENT.name}, 1),
        ({"state": ["SETTLED", "UNKNOWN"]}, 0),
        ({"purpose": "ADJUSTMENT"}, 0),
    ):
        found = (await asking(actor, query, filter=wanted))["instructions"]["edges"]
        assert len(found) == count
        for edge in found:
            assert edge["node"]["clientRef"] == issued.client_ref
            assert (edge["node"]["amount"], edge["node"]["stateTitle"]) == ("100.00", "待发送")
    assert (await asking(None, query, filter=None)) == {"error": "unauthenticated"}


async def test_finance_imports_a_statement(bench: Bench, asking: Asking) -> None:
    caiwu, file_id = bench.province.actor("caiwu.0102"), await uploaded(bench)
    trial = (await asking(caiwu, IMPORT, input=given(bench, file_id, dry_run=True)))["importStatement"]
    real = (await asking(caiwu, IMPORT, input=given(bench, file_id)))["importStatement"]
    replayed = (await asking(caiwu, IMPORT, input=given(bench, file_id)))["importStatement"]
    again = (await asking(caiwu, IMPORT, input=given(bench, file_id, key="k2")))["importStatement"]
    assert real["__typename"] == "ImportStatementSuccess"
    counts = ("rowCount", "recorded", "duplicates", "rejected")
    assert [trial["statementImport"][name] for name in counts] == [7, 5, 0, 2]
    assert [real["statementImport"][name] for name in counts] == [7, 5, 0, 2]
    assert [again["statementImport"][name] for name in counts] == [7, 0, 5, 2]
    assert replayed["statementImport"]["id"] == real["statementImport"]["id"]
    first, second = (edge["node"] for edge in real["statementImport"]["rows"]["edges"])
    assert (first["rowNo"], first["reason"], first["amount"]) == (4, "支出，不是到账", "-9029.00")
    assert second["reason"] == "冲正，须人工处理"
    listed = await asking(caiwu, "{ statementImports { totalCount edges { node { fileName recorded } } } }")
    assert listed["statementImports"]["totalCount"] == 2, "the trial left nothing"


@pytest.mark.parametrize("login", ["chengban.0102", "chuna.0102", "juzhang.0102"])
async def test_others_may_not_import(bench: Bench, asking: Asking, login: str) -> None:
    told = await asking(bench.province.actor(login), IMPORT, input=given(bench, await uploaded(bench)))
    assert told["importStatement"]["__typename"] == "NotAllowed"


async def test_bad_imports_have_typed_errors(bench: Bench, asking: Asking) -> None:
    caiwu = bench.province.actor("caiwu.0102")
    own = await uploaded(bench)
    foreign_file = await uploaded(bench, court_id=bench.province.court("caiwu.01"))
    cases = [
        (caiwu, given(bench, own, form="CAMT053"), "statement_unreadable", "fileId"),
        (caiwu, given(bench, foreign_file), "not_found", "fileId"),
        (caiwu, given(bench, "nonsense"), "not_found", "fileId"),
        (caiwu, given(bench, own) | {"fundAccountId": own}, "not_found", "fundAccountId"),
        (bench.province.actor("caiwu.01"), given(bench, foreign_file), "not_found", None),
    ]
    for number, (actor, bad, code, field) in enumerate(cases):
        told = (await asking(actor, IMPORT, input=bad | {"idempotencyKey": f"b{number}"}))["importStatement"]
        assert (told["code"], told["field"]) == (code, field)
    listed = await asking(caiwu, "{ statementImports { totalCount } }")
    assert listed["statementImports"]["totalCount"] == 0
