"""Money in through the schema: who may do what, typed errors that change nothing, dry runs that answer the same."""

from typing import Any

import pytest
from sqlalchemy import event

from ankuan.collection.store_pool import store_pool
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.graphql.ids import decode_id, global_id
from ankuan.platform.plugins import load_plugins
from ankuan.plugin_api.bank import OpenedSubAccount
from ankuan.registry.case_facts import NewParty
from ankuan.registry.register_case import register_case
from ankuan.registry.rules import PartyRole
from tests.fixtures.asking import Asking
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import SYSTEM, World, told

HANDLER, FINANCE, ADMIN, CASHIER, FOREIGN = "chengban.0102", "caiwu.0102", "guanli.0102", "chuna.0102", "caiwu.01"
ERRORS = "... on UserError { code message field }"
RECEIPT = """id number amount unallocated status matchRule matchTitle payerName payerAccountMasked
  allocations { id amount reason allocatedBy undoneAt case { id number } viewerCanUndo { allowed code reason } }
  viewerCanClaim { allowed code reason } court { code }"""
CLAIM = f"""mutation($input: ClaimReceiptInput!) {{ claimReceipt(input: $input) {{ __typename {ERRORS}
  ... on ClaimReceiptSuccess {{ dryRun receipt {{ {RECEIPT} }} }} }} }}"""
UNDO = f"""mutation($input: UndoAllocationInput!) {{ undoAllocation(input: $input) {{ __typename {ERRORS}
  ... on UndoAllocationSuccess {{ dryRun receipt {{ {RECEIPT} }} }} }} }}"""
LIST = """query($filter: ReceiptFilter) { receipts(filter: $filter) { totalCount edges { node {
  id number amount status suggestions { score evidence case { number } } viewerCanClaim { allowed code } } } } }"""
ONE = f"query($id: ID!) {{ receipt(id: $id) {{ {RECEIPT} fundAccount {{ name }} }} }}"


@pytest.fixture
def ask(world: World) -> Asking:
    return Asking(world.database, FieldCipher(bytes(32)), load_plugins())


def claim_input(receipt: str, *parts: tuple[str, str], key: str = "k1", **more: Any) -> dict[str, Any]:
    return {
        "idempotencyKey": key,
        "receiptId": receipt,
        "allocations": [{"caseId": case, "amount": amount} for case, amount in parts],
        "reason": "执行款",
        **more,
    }


async def numbers(ask: Asking, world: World, login: str, **given: Any) -> list[str]:
    found = await ask(world.actor(login), LIST, filter=given)
    assert "error" not in found, found
    return [edge["node"]["number"] for edge in found["receipts"]["edges"]]


async def test_a_dry_run_answers_the_same_and_changes_nothing(ask: Asking, world: World) -> None:
    case = global_id("Case", world.court, await world.case(1))
    receipt = global_id("Receipt", world.court, await world.arrive(123_45))
    before = await world.dump()
    given = claim_input(receipt, (case, "100.45"))
    trial = (await ask(world.actor(HANDLER), CLAIM, input={**given, "dryRun": True}))["claimReceipt"]
    assert await world.dump() == before
    real = (await ask(world.actor(HANDLER), CLAIM, input=given))["claimReceipt"]
    assert (trial["dryRun"], real["dryRun"]) == (True, False)
    for answer in (trial, real):
        assert answer["__typename"] == "ClaimReceiptSuccess"
        receipt_told = answer["receipt"]
        assert (receipt_told["unallocated"], receipt_told["status"]) == ("23.00", "PARTLY_ALLOCATED")
        [allocation] = receipt_told["allocations"]
        assert (allocation["amount"], allocation["case"]["number"]) == ("100.45", "（2026）鲁0102执1号")
        assert receipt_told["court"] == {"code": "鲁0102"}
    again = (await ask(world.actor(HANDLER), CLAIM, input=given))["claimReceipt"]
    assert again["receipt"]["allocations"] == real["receipt"]["allocations"]
    assert await world.one("select count(*) from allocation") == 1
    other = (await ask(world.actor(HANDLER), CLAIM, input={**given, "reason": "其他"}))["claimReceipt"]
    assert (other["__typename"], other["code"]) == ("Conflict", "idempotency_key_reused")


async def test_a_handler_claims_into_own_cases_and_finance_into_any(ask: Asking, world: World) -> None:
    mine = global_id("Case", world.court, await world.case(1))
    theirs = global_id("Case", world.court, await world.case(2, handler="chengban2.0102"))
    receipt = global_id("Receipt", world.court, await world.arrive(500))
    before = await world.dump()
    expected = {
        (HANDLER, theirs): ("NotAllowed", "claim_not_yours"),
        (CASHIER, mine): ("NotAllowed", "not_allowed"),
        (ADMIN, mine): ("NotAllowed", "not_allowed"),
        (FOREIGN, mine): ("NotFound", "not_found"),
        ("gaoyuan", mine): ("NotAllowed", "not_allowed"),
    }
    for (login, case), (kind, code) in expected.items():
        actor = world.actor(login)
        answer = (await ask(actor, CLAIM, input=claim_input(receipt, (case, "1.00"))))["claimReceipt"]
        if login == "gaoyuan":
            assert answer["__typename"] in {"NotAllowed", "NotFound"}
            continue
        assert (answer["__typename"], answer["code"]) == (kind, code), login
    both = await ask(world.actor(HANDLER), CLAIM, input=claim_input(receipt, (mine, "1.00"), (theirs, "1.00")))
    assert both["claimReceipt"]["code"] == "claim_not_yours"
    assert await world.dump() == before
    given = claim_input(receipt, (mine, "1.00"), (theirs, "1.00"))
    done = (await ask(world.actor(FINANCE), CLAIM, input=given))["claimReceipt"]
    assert done["__typename"] == "ClaimReceiptSuccess"
    shown = (await ask(world.actor(HANDLER), ONE, id=receipt))["receipt"]
    allowed = {
        a["case"]["id"]: (a["viewerCanUndo"]["allowed"], a["viewerCanUndo"]["code"]) for a in shown["allocations"]
    }
    assert allowed == {mine: (True, None), theirs: (False, "claim_not_yours")}


BAD_CLAIMS: list[tuple[dict[str, Any], tuple[str, str, str | None]]] = [
    ({"amount": "0.00"}, ("InvalidInput", "invalid_amount", "allocations.0.amount")),
    ({"amount": "-5"}, ("InvalidInput", "invalid_amount", "allocations.0.amount")),
    ({"amount": "1.234"}, ("InvalidInput", "invalid_amount", "allocations.0.amount")),
    ({"amount": 5}, ("InvalidInput", "invalid_amount", "allocations.0.amount")),
    ({"amount": "壹"}, ("InvalidInput", "invalid_amount", "allocations.0.amount")),
    ({"amount": "99999999999999999"}, ("InvalidInput", "invalid_amount", "allocations.0.amount")),
    ({"amount": "5.01"}, ("Conflict", "over_allocated", "allocations")),
    ({"case": "unknown"}, ("NotFound", "case_not_found", "allocations.0.caseId")),
    ({"case": "foreign"}, ("NotFound", "case_not_found", "allocations.0.caseId")),
    ({"case": "garbage"}, ("NotFound", "not_found", "allocations.0.caseId")),
    ({"case": "receipt"}, ("NotFound", "not_found", "allocations.0.caseId")),
    ({"receipt": "unknown"}, ("NotFound", "receipt_not_found", "receiptId")),
    ({"receipt": "garbage"}, ("NotFound", "not_found", "receiptId")),
    ({"reason": " "}, ("InvalidInput", "reason_required", "reason")),
    ({"none": True}, ("InvalidInput", "invalid_allocations", "allocations")),
    ({"key": ""}, ("InvalidInput", "invalid_idempotency_key", "idempotencyKey")),
]


async def test_bad_input_is_a_typed_error_and_changes_nothing(ask: Asking, world: World) -> None:
    case_id, receipt_id = await world.case(1), await world.arrive(500)
    async with world.database.write(SYSTEM) as session:
        other = world.province.court("chengban.01")
        foreign = await register_case(session, court_id=other, number="（2026）鲁01执1号", now=NOW)
    ids = {
        "case": global_id("Case", world.court, case_id),
        "receipt": global_id("Receipt", world.court, receipt_id),
        "foreign": global_id("Case", other, foreign.case_id),
        "garbage": "æøå",
    }
    unknown = {kind: global_id(kind, world.court, world.fund) for kind in ("Case", "Receipt")}
    before = await world.dump()
    for bad, (kind, code, field) in BAD_CLAIMS:
        case = unknown["Case"] if bad.get("case") == "unknown" else ids[bad.get("case", "case")]
        receipt = unknown["Receipt"] if bad.get("receipt") == "unknown" else ids[bad.get("receipt", "receipt")]
        given = claim_input(receipt, (case, bad.get("amount", "1.00")), key=bad.get("key", "k"))
        given |= {"reason": bad.get("reason", "款")} | ({"allocations": []} if bad.get("none") else {})
        answer = (await ask(world.actor(FINANCE), CLAIM, input=given))["claimReceipt"]
        assert (answer["__typename"], answer.get("code"), answer.get("field")) == (kind, code, field), bad
        assert answer["message"]
        assert await world.dump() == before, bad
    nobody = await ask(None, CLAIM, input=claim_input(ids["receipt"], (ids["case"], "1.00")))
    assert nobody["claimReceipt"]["code"] == "unauthenticated"


async def test_undo_and_its_refusals(ask: Asking, world: World) -> None:
    case = global_id("Case", world.court, await world.case(1))
    receipt = global_id("Receipt", world.court, await world.arrive(500))
    claimed = (await ask(world.actor(HANDLER), CLAIM, input=claim_input(receipt, (case, "5.00"))))["claimReceipt"]
    [allocation] = claimed["receipt"]["allocations"]
    assert allocation["viewerCanUndo"] == {"allowed": True, "code": None, "reason": None}
    assert claimed["receipt"]["viewerCanClaim"]["code"] == "over_allocated"
    given = {"idempotencyKey": "u1", "allocationId": allocation["id"], "reason": "认领有误"}
    for login, code in (("chengban2.0102", "claim_not_yours"), (CASHIER, "not_allowed"), (FOREIGN, "not_found")):
        refused = (await ask(world.actor(login), UNDO, input=given))["undoAllocation"]
        assert refused["code"] == code
    trial = (await ask(world.actor(HANDLER), UNDO, input={**given, "dryRun": True}))["undoAllocation"]
    done = (await ask(world.actor(HANDLER), UNDO, input=given))["undoAllocation"]
    assert trial["receipt"]["status"] == done["receipt"]["status"] == "UNIDENTIFIED"
    assert trial["receipt"]["allocations"][0]["undoneAt"] == done["receipt"]["allocations"][0]["undoneAt"] is not None
    assert done["receipt"]["allocations"][0]["viewerCanUndo"]["code"] == "allocation_already_undone"
    english = await ask(world.actor(HANDLER), UNDO, language="en", input={**given, "idempotencyKey": "u2"})
    assert english["undoAllocation"]["message"] == "The allocation has been undone already"


async def test_receipts_are_found_by_every_filter(ask: Asking, world: World) -> None:
    await world.fill(2)
    mine, other = await world.case(1), await world.case(2, handler="chengban2.0102")
    await world.arrive(100_00, to=await world.bind(mine))
    await world.arrive(200_00, to=await world.bind(other))
    await world.tell([told(123_456, key="x", payer="示例商贸有限公司", remark="货款 100%_A")])
    case = global_id("Case", world.court, mine)
    everything = ["R2026-000003", "R2026-000002", "R2026-000001"]
    assert await numbers(ask, world, HANDLER) == everything
    assert await numbers(ask, world, HANDLER, mine=True) == ["R2026-000001"]
    assert await numbers(ask, world, "chengban2.0102", mine=True) == ["R2026-000002"]
    assert await numbers(ask, world, HANDLER, caseId=case) == ["R2026-000001"]
    assert await numbers(ask, world, HANDLER, status=["UNIDENTIFIED", "PARTLY_ALLOCATED"]) == ["R2026-000003"]
    assert await numbers(ask, world, HANDLER, status=["ALLOCATED"]) == everything[1:]
    for search in ("商贸", "示例商贸有限", "货款", "100%_a", "R2026-000003", "2026-3", "1,234.56", "1234.56"):
        assert await numbers(ask, world, HANDLER, search=search) == ["R2026-000003"], search
    for search in ("100%A", "_", "R2026-000004", "1234.57", "没有"):
        assert await numbers(ask, world, HANDLER, search=search) == (["R2026-000003"] if search == "_" else []), search
    assert await numbers(ask, world, HANDLER, amountFrom="100.01", amountTo="200.00") == ["R2026-000002"]
    assert await numbers(ask, world, HANDLER, **{"from": "2026-11-20", "to": "2026-11-20"}) == everything
    assert await numbers(ask, world, HANDLER, **{"from": "2026-11-21"}) == []
    assert await numbers(ask, world, FOREIGN) == []
    court = global_id("Court", world.court, world.court)
    assert await ask(world.actor(FOREIGN), LIST, filter={"courtId": court}) == {"error": "not_found"}
    assert await ask(world.actor(HANDLER), LIST, filter={"amountFrom": "1.234"}) == {"error": "invalid_amount"}


async def test_suggestions_name_their_evidence(ask: Asking, world: World) -> None:
    async with world.database.write(SYSTEM) as session:
        await register_case(
            session,
            court_id=world.court,
            number="（2026）鲁0102执7号",
            parties=[NewParty(name="示例商贸有限公司", role=PartyRole.RESPONDENT)],
            now=NOW,
        )
    await world.case(8)
    await world.tell([told(1, key="a", payer="示例商贸有限公司", remark="2026执8号"), told(2, key="b", remark="x")])
    found = (await ask(world.actor(FINANCE), LIST))["receipts"]["edges"]
    assert found[0]["node"]["suggestions"] == []
    assert {s["case"]["number"]: s["score"] for s in found[1]["node"]["suggestions"]} == {
        "（2026）鲁0102执8号": 69,
        "（2026）鲁0102执7号": 60,
    }
    evidence = found[1]["node"]["suggestions"][0]["evidence"]
    assert evidence[0] == "附言案号，把握 69"
    assert "法院按收款法院推定" in evidence


async def test_sub_accounts_are_bound_listed_and_ordered(ask: Asking, world: World) -> None:
    case = global_id("Case", world.court, await world.case(1, prefix="民初"))
    fund = global_id("FundAccount", world.court, world.fund)
    bind = f"""mutation($input: BindSubAccountInput!) {{ bindSubAccount(input: $input) {{ __typename {ERRORS}
      ... on BindSubAccountSuccess {{ subAccount {{ id number status case {{ id }} }} }} }} }}"""
    empty = (await ask(world.actor(HANDLER), bind, input={"idempotencyKey": "b0", "caseId": case}))["bindSubAccount"]
    assert (empty["__typename"], empty["code"]) == ("Refused", "sub_account_pool_empty")
    async with world.database.write(SYSTEM) as session:
        await store_pool(
            session, court_id=world.court, fund_account_id=world.fund, accounts=[OpenedSubAccount("8112", "x")], now=NOW
        )
    denied = (await ask(world.actor(CASHIER), bind, input={"idempotencyKey": "b1", "caseId": case}))["bindSubAccount"]
    assert denied["code"] == "not_allowed"
    first = (await ask(world.actor(HANDLER), bind, input={"idempotencyKey": "b1", "caseId": case}))["bindSubAccount"]
    again = (await ask(world.actor(ADMIN), bind, input={"idempotencyKey": "b2", "caseId": case}))["bindSubAccount"]
    assert first["subAccount"] == again["subAccount"]
    assert first["subAccount"]["case"] == {"id": case}
    listed = await ask(
        world.actor(HANDLER),
        """query($case: ID, $fund: ID!) { subAccounts(caseId: $case, status: BOUND) { totalCount edges { node {
          number fundAccount { id } } } } subAccountPool(fundAccountId: $fund) { free bound total low } }""",
        case=case,
        fund=fund,
    )
    assert listed["subAccounts"] == {
        "totalCount": 1,
        "edges": [{"node": {"number": "8112", "fundAccount": {"id": fund}}}],
    }
    assert listed["subAccountPool"] == {"free": 0, "bound": 1, "total": 1, "low": True}
    refill = f"""mutation($input: RefillSubAccountsInput!) {{ refillSubAccounts(input: $input) {{ __typename {ERRORS}
      ... on RefillSubAccountsSuccess {{ dryRun requested }} }} }}"""
    given = {"idempotencyKey": "r1", "fundAccountId": fund, "count": 30}
    assert (await ask(world.actor(HANDLER), refill, input=given))["refillSubAccounts"]["code"] == "not_allowed"
    wrong = (await ask(world.actor(ADMIN), refill, input={**given, "count": 0}))["refillSubAccounts"]
    assert (wrong["code"], wrong["field"]) == ("invalid_sub_account_count", "count")
    assert (await ask(world.actor(ADMIN), refill, input=given))["refillSubAccounts"]["requested"] == 30
    assert await world.rows("select wanted, opened from pool_request") == [(30, 0)]


async def test_nodes_answer_null_for_what_the_viewer_may_not_see(ask: Asking, world: World) -> None:
    case_id = await world.case(1)
    receipt_id = await world.arrive(500, remark="（2026）鲁0102执1号")
    allocation_id = await world.one("select id from allocation where case_id = :case", case=case_id)
    await world.fill(1, first=9)
    sub_account = await world.one("select id from sub_account")
    ids = [
        global_id("Receipt", world.court, receipt_id),
        global_id("Allocation", world.court, allocation_id),  # type: ignore[arg-type]  # a uuid
        global_id("SubAccount", world.court, sub_account),  # type: ignore[arg-type]  # a uuid
    ]
    query = "query($id: ID!) { node(id: $id) { __typename id } }"
    for given in ids:
        assert (await ask(world.actor(HANDLER), query, id=given))["node"]["id"] == given
        assert (await ask(world.actor(FOREIGN), query, id=given))["node"] is None
        moved = global_id(decode_id(given).type_name, world.province.court(FOREIGN), receipt_id)
        assert (await ask(world.actor(FOREIGN), query, id=moved))["node"] is None


async def test_a_page_of_receipts_asks_the_database_a_fixed_number_of_times(ask: Asking, world: World) -> None:
    cases = [await world.case(n) for n in range(1, 4)]
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(str(given[2]))

    async def count_for_page() -> int:
        statements.clear()
        full = LIST.replace("(filter: $filter)", "(filter: $filter, first: 44)").replace(
            "viewerCanClaim", "allocations { case { number } viewerCanUndo { allowed } } viewerCanClaim"
        )
        assert "error" not in await ask(world.actor(FINANCE), full)
        return len(statements)

    event.listen(world.database.engine.sync_engine, "before_cursor_execute", note)
    for number in (1, 2):
        await world.arrive(10, remark=f"（2026）鲁0102执{number}号")
        await world.arrive(10, remark=f"执{number}号")
    few = await count_for_page()
    for number in range(20):
        await world.arrive(10, remark=f"（2026）鲁0102执{1 + number % 3}号")
        await world.arrive(10, remark=f"2026执{1 + number % 3}号")
    assert await count_for_page() == few
    assert len(cases) == 3
