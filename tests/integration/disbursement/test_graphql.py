"""Disbursements through GraphQL: typed answers, one permission decision, dry runs, live events of one's own court."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast
from uuid import UUID

import pytest
import strawberry
from sqlalchemy import event
from strawberry.schema.config import StrawberryConfig

from ankuan.api.feed import EventFeed
from ankuan.disbursement.graphql import NODES, DisbursementMutation, DisbursementQuery, DisbursementSubscription
from ankuan.identity.permission import PermissionGate
from ankuan.kernel.clock import FixedClock
from ankuan.kernel.errors import NotFound
from ankuan.kernel.money import Money
from ankuan.platform.graphql.context import Context
from ankuan.platform.graphql.ids import decode_id, global_id
from ankuan.platform.graphql.scalars import MONEY_SCALAR
from ankuan.platform.settings import Settings
from ankuan.plugin_api.bank import AnswerState
from tests.fixtures.payouts import AUDITOR, CASHIER, CHIEF, HANDLER, HANDLER_2, HEAD, Payouts, pay

schema = strawberry.Schema(
    query=DisbursementQuery,
    mutation=DisbursementMutation,
    subscription=DisbursementSubscription,
    config=StrawberryConfig(scalar_map={Money: MONEY_SCALAR}),
)
SHOWN = """id number kind kindTitle status statusTitle version digest total totalCapitals purpose submittedAt
  court { name } case { id number } fundAccount { name } requestedBy { name }
  lines { id lineNo payeeName payeeAccount payeeAccountMasked amount party { name } receiptUrl instruction { state } }
  checks { check title outcome reason stage } acts { act actTitle by role level comment version digest }
  approvalPlan { level role title doneBy doneAt }
  viewerCan { edit { allowed code reason } submit { allowed code } withdraw { allowed code } approve { allowed code }
    sendBack { allowed code } reject { allowed code } audit { allowed code } release { allowed code }
    reissue { allowed code } }"""
ONE = f"query($id: ID!) {{ disbursement(id: $id) {{ {SHOWN} }} }}"
LIST = f"""query($filter: DisbursementFilter, $first: Int = 50) {{ disbursements(filter: $filter, first: $first) {{
  totalCount edges {{ node {{ {SHOWN} }} }} }} }}"""
_keys = itertools.count(1)


def mutation(name: str, shown: str = SHOWN) -> str:
    kind = name[0].upper() + name[1:]
    given = {"createDisbursement": "Create", "editDisbursement": "Edit", "releaseDisbursements": "Release"}
    suffix = "Disbursements" if name.startswith("release") else "Disbursement"
    typed = f"{given[name]}{suffix}Input" if name in given else "DisbursementActInput"
    body = (
        f"disbursements {{ {shown} }} total totalCapitals"
        if name.startswith("release")
        else (f"disbursement {{ {shown} }}")
    )
    return f"""mutation($input: {typed}!) {{ {name}(input: $input) {{ __typename
      ... on UserError {{ code message field }} ... on {kind}Success {{ dryRun {body} }} }} }}"""


Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def feed(payouts: Payouts) -> AsyncIterator[EventFeed]:
    started = EventFeed(payouts.database)
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
def context(payouts: Payouts, feed: EventFeed) -> Callable[[str | None, str], Context]:
    def make(login: str | None, language: str = "zh-CN") -> Context:
        return Context(
            database=payouts.database,
            clock=FixedClock(payouts.now),
            settings=Settings(),
            plugins=payouts.plugins,
            gate=PermissionGate(),
            feed=feed,
            cipher=payouts.cipher,
            viewer=payouts.actor(login) if login else None,
            language=language,
        )

    return make


@pytest.fixture
def ask(context: Callable[[str | None, str], Context]) -> Ask:
    """Run a document and give its only field; a top-level error as its code."""

    async def run(login: str | None, document: str, language: str = "zh-CN", **variables: Any) -> Any:
        result = await schema.execute(document, variable_values=variables, context_value=context(login, language))
        if result.errors:
            original = result.errors[0].original_error
            return getattr(original, "code", None) or repr(result.errors[0])
        assert result.data is not None
        [value] = result.data.values()
        return value

    return run


def case_id(payouts: Payouts, case: UUID) -> str:
    return global_id("Case", payouts.court, case)


def draft_input(payouts: Payouts, case: UUID, **given: Any) -> dict[str, Any]:
    line = {
        "payeeName": "申请执行人甲",
        "payeeAccount": "6217 0000 0000 0006",
        "payeeBankName": "示例银行示例支行",
        "amount": "600.00",
    }
    return {
        "idempotencyKey": f"k{next(_keys)}",
        "caseId": case_id(payouts, case),
        "kind": "PAY_PARTY",
        "purpose": "发放执行款",
        "lines": [line],
    } | given


def act_input(node: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"idempotencyKey": f"k{next(_keys)}", "disbursementId": node["id"], "digest": node["digest"]} | given


def may(node: dict[str, Any]) -> set[str]:
    return {name for name, answer in node["viewerCan"].items() if answer["allowed"]}


async def test_the_whole_way(ask: Ask, payouts: Payouts) -> None:
    case = await payouts.case("1000.00")
    made = await ask(HANDLER, mutation("createDisbursement"), input=draft_input(payouts, case))
    node = made["disbursement"]
    assert (made["__typename"], made["dryRun"]) == ("CreateDisbursementSuccess", False)
    assert (node["number"], node["status"], node["statusTitle"], node["version"]) == (
        "PD-2026-000001", "DRAFT", "草稿", 1,
    )  # fmt: skip
    assert (node["total"], node["totalCapitals"]) == ("600.00", "陆佰元整")
    assert node["approvalPlan"] == [
        {"level": 1, "role": "department_head", "title": "庭长", "doneBy": None, "doneAt": None}
    ]
    assert {c["outcome"] for c in node["checks"]} == {"PASS"}
    assert may(node) == {"edit", "submit", "withdraw"}

    for name, login, status, able in (
        ("submitDisbursement", HANDLER, "IN_APPROVAL", {"withdraw"}),
        ("approveDisbursement", HEAD, "APPROVED", set()),
        ("auditDisbursement", AUDITOR, "AUDITED", set()),
    ):
        answer = await ask(login, mutation(name), input=act_input(node, comment="同意"))
        node = answer["disbursement"]
        assert (node["status"], may(node)) == (status, able), name
    seen = await ask(CASHIER, ONE, id=node["id"])
    assert may(seen) == {"release", "sendBack"}
    assert seen["approvalPlan"][0]["doneBy"] == "庭长甲"
    released = await ask(
        CASHIER,
        mutation("releaseDisbursements"),
        input={"idempotencyKey": "r", "items": [{"disbursementId": node["id"], "digest": node["digest"]}]},
    )
    assert (released["__typename"], released["total"]) == ("ReleaseDisbursementsSuccess", "600.00")
    assert released["disbursements"][0]["lines"][0]["instruction"] == {"state": "READY"}

    [line] = await payouts.lines(decode_id(node["id"]).uuid)
    await payouts.answer(line, AnswerState.SETTLED)
    paid = await ask(HANDLER, ONE, id=node["id"])
    assert (paid["status"], paid["lines"][0]["instruction"]["state"]) == ("SETTLED", "SETTLED")
    assert paid["lines"][0]["receiptUrl"] == f"/payment-receipts/{paid['lines'][0]['id']}.pdf"
    assert [(a["act"], a["actTitle"], a["role"]) for a in paid["acts"]] == [
        ("CREATE", "起草", "承办人"),
        ("SUBMIT", "提交", "承办人"),
        ("APPROVE", "同意", "庭长"),
        ("AUDIT", "稽核通过", "财务主管"),
        ("RELEASE", "付款释放", "出纳"),
    ]
    english = await ask(HANDLER, ONE, "en", id=node["id"])
    assert (english["statusTitle"], english["kindTitle"]) == ("Paid", "Pay a party")


async def test_a_dry_run_answers_the_same_and_changes_nothing(ask: Ask, payouts: Payouts) -> None:
    case = await payouts.case("1000.00")
    before = await payouts.dump()
    trial = await ask(HANDLER, mutation("createDisbursement"), input=draft_input(payouts, case, dryRun=True))
    node = trial["disbursement"]
    assert trial["dryRun"] is True
    assert (node["number"], node["total"], len(node["lines"]), len(node["checks"])) == (
        "PD-2026-000001",
        "600.00",
        1,
        9,
    )
    assert node["lines"][0]["payeeAccount"] == "6217000000000006"
    assert await payouts.dump() == before

    made = await payouts.to("audited", case, pay("5.00"))
    seen = await ask(CASHIER, ONE, id=global_id("Disbursement", payouts.court, made))
    before = await payouts.dump()
    item = {"disbursementId": seen["id"], "digest": seen["digest"]}
    trial = await ask(
        CASHIER, mutation("releaseDisbursements"), input={"idempotencyKey": "x", "dryRun": True, "items": [item]}
    )
    assert trial["disbursements"][0]["status"] == "RELEASED"
    assert {c["stage"] for c in trial["disbursements"][0]["checks"]} == {"submit", "release"}
    assert await payouts.dump() == before
    stale = await ask(
        CASHIER,
        mutation("releaseDisbursements"),
        input={"idempotencyKey": "x", "dryRun": True, "items": [{**item, "digest": "0" * 64}]},
    )
    assert (stale["code"], stale["field"]) == ("stale_digest", "items.0")


@pytest.mark.parametrize(
    ("change", "typename", "code", "field"),
    [
        ({"lines": []}, "InvalidInput", "no_lines", "lines"),
        ({"purpose": " "}, "InvalidInput", "purpose_required", "purpose"),
        ({"amount": "0.00"}, "InvalidInput", "invalid_amount", "lines.0.amount"),
        ({"amount": "-1.00"}, "InvalidInput", "invalid_amount", "lines.0.amount"),
        ({"amount": "1.001"}, "InvalidInput", "invalid_amount", "lines.0.amount"),
        ({"amount": 100}, "InvalidInput", "invalid_amount", "lines.0.amount"),
        ({"amount": 1.5}, "InvalidInput", "invalid_amount", "lines.0.amount"),
        ({"amount": "abc"}, "InvalidInput", "invalid_amount", "lines.0.amount"),
        ({"payeeAccount": "1"}, "InvalidInput", "payee_account_invalid", "lines.0.payeeAccount"),
        ({"partyId": "nonsense"}, "NotFound", "not_found", "lines.0.partyId"),
        ({"caseId": "nonsense"}, "NotFound", "not_found", "caseId"),
    ],
)
async def test_bad_input(
    ask: Ask, payouts: Payouts, *, change: dict[str, Any], typename: str, code: str, field: str
) -> None:
    given = draft_input(payouts, await payouts.case("10.00"))
    for name, value in change.items():
        (given if name in given else given["lines"][0])[name] = value
    before = await payouts.dump()
    answer = await ask(HANDLER, mutation("createDisbursement"), input=given)
    assert (answer["__typename"], answer["code"], answer["field"]) == (typename, code, field)
    assert await payouts.dump() == before


async def test_wrong_types_never_reach_the_use_case(ask: Ask, payouts: Payouts) -> None:
    given = draft_input(payouts, await payouts.case("10.00"))
    before = await payouts.dump()
    for change in ({"kind": "NOTHING"}, {"purpose": 5}, {"lines": "x"}, {"lines": [5]}, {"caseId": None}):
        answer = await ask(HANDLER, mutation("createDisbursement"), input={**given, **change})
        assert "Variable '$input'" in answer, answer
    assert await payouts.dump() == before


async def test_only_people_with_the_right_and_the_reach(ask: Ask, payouts: Payouts) -> None:
    case = await payouts.case("1000.00")
    made = global_id("Disbursement", payouts.court, await payouts.to("in_approval", case, pay("5.00")))
    node = await ask(HANDLER, ONE, id=made)
    before = await payouts.dump()
    for login, expected in (
        (HANDLER_2, "not_allowed"),  # another handler's case
        (HEAD, "not_allowed"),
        (CASHIER, "not_allowed"),
        ("chengban.01", "case_not_found"),  # another court
        ("gaoyuan", "not_allowed"),  # a higher court sees it and may not act
    ):
        answer = await ask(login, mutation("createDisbursement"), input=draft_input(payouts, case))
        assert answer["code"] == expected, login
    for name, login, expected in (
        ("approveDisbursement", HANDLER, "not_allowed"),
        ("approveDisbursement", CHIEF, "not_your_turn"),
        ("approveDisbursement", "juzhang.01", "disbursement_not_found"),
        ("approveDisbursement", "gaoyuan", "not_allowed"),
        ("auditDisbursement", HEAD, "not_allowed"),
        ("rejectDisbursement", AUDITOR, "not_allowed"),
        ("sendBackDisbursement", CASHIER, "not_allowed"),
        ("withdrawDisbursement", HANDLER_2, "not_allowed"),
    ):
        answer = await ask(login, mutation(name), input=act_input(node, comment="x"))
        assert answer["code"] == expected, (name, login)
    item = {"disbursementId": node["id"], "digest": node["digest"]}
    answer = await ask(HEAD, mutation("releaseDisbursements"), input={"idempotencyKey": "q", "items": [item]})
    assert (answer["__typename"], answer["code"], answer["field"]) == ("NotAllowed", "not_allowed", "items.0")
    assert await ask(None, ONE, id=made) == "unauthenticated"
    assert await payouts.dump() == before


async def test_a_key_used_again(ask: Ask, payouts: Payouts) -> None:
    case = await payouts.case("1000.00")
    given = draft_input(payouts, case)
    first = await ask(HANDLER, mutation("createDisbursement"), input=given)
    again = await ask(HANDLER, mutation("createDisbursement"), input=given)
    assert again["disbursement"]["id"] == first["disbursement"]["id"]
    before = await payouts.dump()
    other = await ask(HANDLER, mutation("createDisbursement"), input={**given, "purpose": "另一用途"})
    assert (other["__typename"], other["code"]) == ("Conflict", "idempotency_key_reused")
    assert await payouts.dump() == before


async def test_a_double_click_releases_once(ask: Ask, payouts: Payouts) -> None:
    """A1: the same key at once gets the same answer."""
    made = await payouts.to("audited", await payouts.case("10.00"), pay("5.00"))
    node = await ask(CASHIER, ONE, id=global_id("Disbursement", payouts.court, made))
    given = {"idempotencyKey": "click", "items": [{"disbursementId": node["id"], "digest": node["digest"]}]}
    answers = await asyncio.gather(*[ask(CASHIER, mutation("releaseDisbursements"), input=given) for _ in range(5)])
    assert {answer["__typename"] for answer in answers} == {"ReleaseDisbursementsSuccess"}
    assert len(await payouts.fetch("select 1 from instruction")) == 1


async def test_full_accounts_only_for_those_who_act(ask: Ask, payouts: Payouts) -> None:
    made = await payouts.to("in_approval", await payouts.case("10.00"), pay("5.00"))
    node = global_id("Disbursement", payouts.court, made)
    for login in (HANDLER, HEAD, AUDITOR, CASHIER):
        assert (await ask(login, ONE, id=node))["lines"][0]["payeeAccount"] == "6217000000000006", login
    for login in ("guanli.0102", HANDLER_2, "gaoyuan"):
        seen = await ask(login, ONE, id=node)
        assert seen["lines"][0]["payeeAccount"] == seen["lines"][0]["payeeAccountMasked"] == "6217****0006", login
    assert await ask("juzhang.01", ONE, id=node) is None
    stored = await payouts.fetch("select payee_account_cipher from disbursement_line")
    assert b"6217000000000006" not in stored[0]["payee_account_cipher"]


async def test_lists_by_what_waits(ask: Ask, payouts: Payouts) -> None:
    case = await payouts.case("1000.00")
    made = {
        state: await payouts.to(state, case, pay(f"{n}.00"))
        for n, state in enumerate(("draft", "in_approval", "approved", "audited"), start=1)
    }
    ids = {state: global_id("Disbursement", payouts.court, one) for state, one in made.items()}

    async def listed(login: str, **wanted: Any) -> set[str]:
        page = await ask(login, LIST, filter=wanted)
        assert page["totalCount"] == len(page["edges"])
        return {edge["node"]["id"] for edge in page["edges"]}

    assert await listed(HEAD, awaitingMe="APPROVAL") == {ids["in_approval"]}
    assert await listed(CHIEF, awaitingMe="APPROVAL") == set()
    assert await listed(AUDITOR, awaitingMe="AUDIT") == {ids["approved"]}
    assert await listed(AUDITOR, awaitingMe="RELEASE") == set()
    assert await listed(CASHIER, awaitingMe="RELEASE") == {ids["audited"]}
    assert await listed(HANDLER, mine=True) == set(ids.values())
    assert await listed(HANDLER_2, mine=True) == set()
    assert await listed(HANDLER_2) == set(ids.values())
    assert await listed(HEAD, status=["DRAFT", "AUDITED"]) == {ids["draft"], ids["audited"]}
    assert await listed(HEAD, search="PD-2026-000002") == {ids["in_approval"]}
    assert await listed(HEAD, search="申请执行") == set(ids.values())
    assert await listed(HEAD, search="没有") == set()
    assert await listed(HEAD, caseId=case_id(payouts, await payouts.case())) == set()
    assert await listed("gaoyuan") == set(ids.values())
    assert await listed("chengban.01") == set()
    foreign = await ask("chengban.01", LIST, filter={"courtId": global_id("Court", payouts.court, payouts.court)})
    assert foreign == "not_found"


async def test_a_page_costs_the_same_whatever_its_length(ask: Ask, payouts: Payouts) -> None:
    case = await payouts.case("1000.00")
    for n in range(1, 9):
        await payouts.to("in_approval", case, pay(f"{n}.00"))
    counts = []
    for first in (2, 8):
        seen: list[str] = []
        engine = payouts.database.engine.sync_engine

        def note(_c: Any, _u: Any, statement: str, *_: Any, seen: list[str] = seen) -> None:
            # Every other second the process looks which plugins are switched off, whoever asks for what.
            if "plugin_state" not in statement and "set_config" not in statement:
                seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        page = await ask(HEAD, LIST, first=first)
        event.remove(engine, "before_cursor_execute", note)
        assert len(page["edges"]) == first
        counts.append(len(seen))
    assert counts[0] == counts[1], counts


async def test_look_up_by_global_id(payouts: Payouts, context: Callable[..., Context]) -> None:
    made = await payouts.to("in_approval", await payouts.case("10.00"), pay("5.00"))
    [line] = await payouts.lines(made)

    class Info:
        def __init__(self, login: str) -> None:
            self.context = context(login)

    for name, key in (("Disbursement", made), ("DisbursementLine", line.id)):
        ref = decode_id(global_id(name, payouts.court, key))
        found = await NODES[name](cast("Any", Info(HANDLER)), ref)
        assert found is not None
        assert found.id == global_id(name, payouts.court, key)
        try:
            hidden = await NODES[name](cast("Any", Info("juzhang.01")), ref)
        except NotFound:
            hidden = None
        assert hidden is None


CHANGES = """subscription($after: String, $id: ID) { disbursementChanged(after: $after, disbursementId: $id) {
  cursor kind disbursement { id status viewerCan { approve { allowed } } lines { payeeAccount } } } }"""


async def follow(context: Context, count: int, **variables: Any) -> "asyncio.Task[list[dict[str, Any]]]":
    """Collect that many events in the background; returns once the subscription is listening."""
    stream = await schema.subscribe(CHANGES, variable_values=variables, context_value=context)

    async def collect() -> list[dict[str, Any]]:
        events = []
        async for result in cast("AsyncIterator[Any]", stream):
            assert result.errors is None, result.errors
            events.append(result.data["disbursementChanged"])
            if len(events) == count:
                break
        return events

    task = asyncio.create_task(collect())
    await asyncio.sleep(0.05)
    return task


async def test_changes_are_pushed_to_those_who_may_see_them(payouts: Payouts, context: Callable[..., Context]) -> None:
    case = await payouts.case("100.00")
    head = await follow(context(HEAD), 3)
    auditor = await follow(context(AUDITOR), 3)
    stranger = await follow(context("juzhang.01"), 1)
    admin = await follow(context("guanli.0102"), 3)
    made = await payouts.to("approved", case, pay("5.00"))
    async with asyncio.timeout(10):
        by_head, by_auditor, by_admin = await head, await auditor, await admin
    assert [e["disbursement"]["status"] for e in by_head] == [e["disbursement"]["status"] for e in by_auditor]
    assert by_head[-1]["disbursement"]["id"] == global_id("Disbursement", payouts.court, made)
    assert by_head[-1]["disbursement"]["lines"][0]["payeeAccount"] == "6217000000000006"
    # The same event, shared by all: what depends on the viewer still does.
    assert by_admin[-1]["disbursement"]["lines"][0]["payeeAccount"] == "6217****0006"
    assert not stranger.done()
    stranger.cancel()


async def test_events_can_be_resumed_after_a_cursor(payouts: Payouts, context: Callable[..., Context]) -> None:
    case = await payouts.case("100.00")
    live = await follow(context(HEAD), 4)
    made = await payouts.to("audited", case, pay("5.00"))
    other = await payouts.draft(case, pay("6.00"))
    async with asyncio.timeout(10):
        first = await live
        resumed = await (await follow(context(HEAD), 4, after=first[0]["cursor"]))
        only = await (
            await follow(context(HEAD), 1, after=first[0]["cursor"], id=global_id("Disbursement", payouts.court, other))
        )
    assert [e["cursor"] for e in resumed[:3]] == [e["cursor"] for e in first[1:]]
    assert resumed[3]["disbursement"]["id"] == only[0]["disbursement"]["id"]
    assert (await payouts.load(made)).status == "audited"
