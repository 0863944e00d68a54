"""caseBalance, caseLedger and the entry as a node: what is answered, and who gets no answer."""

from typing import Any
from uuid import UUID

import pytest

from ankuan.api.schema import schema
from ankuan.identity.permission import PermissionGate
from ankuan.kernel.clock import FixedClock
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.reverse_entry import reverse_entry
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.platform.graphql.context import Context
from ankuan.platform.graphql.ids import global_id
from ankuan.platform.settings import Settings
from ankuan.registry.register_case import register_case
from tests.fixtures.book import DAY, NOW, Book
from tests.fixtures.province import Province, load_province

HANDLER = "chengban.0102"
ELSEWHERE = "chengban.01"
QUERY = """
query Money($case: ID!, $asOf: Date, $knownAt: DateTime) {
  caseBalance(caseId: $case, asOf: $asOf, knownAt: $knownAt) { available held total received paid asOf knownAt }
  caseLedger(caseId: $case, asOf: $asOf, knownAt: $knownAt, first: 2) {
    totalCount
    pageInfo { hasNextPage }
    edges { node {
      id effectiveOn amount direction kind kindTitle counterAccount memo balanceAfter reversesId reversedById sourceRef
    } }
  }
}
"""
NODE = "query Node($id: ID!) { node(id: $id) { id ... on LedgerEntry { amount direction balanceAfter } } }"


@pytest.fixture
async def province(owner_database_url: str) -> Province:
    return await load_province(owner_database_url)


@pytest.fixture
async def case_id(database: Database, province: Province) -> UUID:
    async with database.write(province.actor(HANDLER)) as session:
        case = await register_case(
            session,
            court_id=province.court(HANDLER),
            number="（2026）鲁0102执123号",
            handler_id=province.staff_id(HANDLER),
            now=NOW,
        )
    return case.case_id


async def ask(database: Database, province: Province, login: str, query: str, **values: Any) -> Any:
    unused: Any = None
    context = Context(
        database=database,
        clock=FixedClock(NOW),
        settings=Settings(),
        plugins=unused,
        gate=PermissionGate(),
        feed=unused,
        cipher=FieldCipher(bytes(32)),
        viewer=province.actor(login),
    )
    return await schema.execute(query, variable_values=values, context_value=context)


async def test_a_cases_money_and_entries(database: Database, province: Province, case_id: UUID) -> None:
    court = province.court(HANDLER)
    book = Book(database, court_id=court, actor=province.actor(HANDLER))
    _, case = await book.funded_case(100_050, case_id)
    bank = await book.account(AccountKind.BANK)
    [wrong] = await book.post([book.entry(bank, case, 5, memo="记错")])
    async with database.write(book.actor) as session:
        undone = await reverse_entry(session, court_id=court, entry_id=wrong.id, effective_on=DAY, memo="", now=NOW)
    given = {"case": global_id("Case", court, case_id), "asOf": DAY.isoformat()}
    answer = await ask(database, province, HANDLER, QUERY, **given)
    assert answer.errors is None
    assert answer.data["caseBalance"] == {
        "available": "1000.50",
        "held": "0.00",
        "total": "1000.50",
        "received": "1000.50",
        "paid": "0.00",
        "asOf": DAY.isoformat(),
        "knownAt": None,
    }
    listed = answer.data["caseLedger"]
    assert (listed["totalCount"], listed["pageInfo"]["hasNextPage"]) == (3, True)
    newest, mistaken = [edge["node"] for edge in listed["edges"]]
    assert newest == {
        "id": global_id("LedgerEntry", court, undone.id),
        "effectiveOn": DAY.isoformat(),
        "amount": "0.05",
        "direction": "OUT",
        "kind": "reversal",
        "kindTitle": "冲正",
        "counterAccount": "银行存款",
        "memo": "",
        "balanceAfter": "1000.50",
        "reversesId": mistaken["id"],
        "reversedById": None,
        "sourceRef": f"reversal:{wrong.id}",
    }
    assert (mistaken["direction"], mistaken["balanceAfter"], mistaken["reversedById"]) == (
        "IN",
        "1000.55",
        newest["id"],
    )
    node = await ask(database, province, HANDLER, NODE, id=mistaken["id"])
    assert node.data["node"] == {"id": mistaken["id"], "amount": "0.05", "direction": "IN", "balanceAfter": "1000.55"}
    before = await ask(database, province, HANDLER, QUERY, case=given["case"], knownAt="2026-01-01T00:00:00Z")
    assert before.data["caseBalance"]["total"] == "0.00"
    assert before.data["caseLedger"]["totalCount"] == 0


async def test_another_courts_clerk_gets_the_answer_for_a_case_that_does_not_exist(
    database: Database, province: Province, case_id: UUID
) -> None:
    court = province.court(HANDLER)
    book = Book(database, court_id=court, actor=province.actor(HANDLER))
    await book.funded_case(100_050, case_id)
    real = await ask(database, province, ELSEWHERE, QUERY, case=global_id("Case", court, case_id))
    none = await ask(database, province, ELSEWHERE, QUERY, case=global_id("Case", court, UUID(int=5)))
    assert real.data is None
    assert [(e.message, e.extensions) for e in real.errors] == [(e.message, e.extensions) for e in none.errors]
    assert real.errors[0].extensions["code"] == "not_found"
    node = await ask(database, province, ELSEWHERE, NODE, id=global_id("LedgerEntry", court, 1))
    assert node.data["node"] is None
