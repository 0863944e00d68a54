"""The registry through GraphQL: typed answers, one permission decision, nothing of other courts."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
import strawberry
from sqlalchemy import event, text
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from ankuan.identity.graphql import IdentityQuery
from ankuan.identity.permission import PermissionGate
from ankuan.kernel.clock import FixedClock
from ankuan.kernel.money import Money
from ankuan.platform.actor import system_actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.platform.files import store_file
from ankuan.platform.graphql.context import Context, Feed
from ankuan.platform.graphql.ids import global_id
from ankuan.platform.graphql.scalars import MONEY_SCALAR
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from ankuan.registry.graphql import RegistryMutation, RegistryQuery
from tests.fixtures.province import NOW, Province

HANDLER, CLERK, FOREIGN = "chengban.0102", "guanli.0102", "chengban.01"
Ask = Callable[..., Awaitable[dict[str, Any]]]

schema = strawberry.Schema(
    query=merge_types("Query", (RegistryQuery, IdentityQuery)),
    mutation=RegistryMutation,
    config=StrawberryConfig(scalar_map={Money: MONEY_SCALAR}),
)
ERRORS = "... on UserError { code message field }"
REGISTER = f"""mutation($input: RegisterCaseInput!) {{ registerCase(input: $input) {{ __typename {ERRORS}
  ... on RegisterCaseSuccess {{ dryRun warnings case {{ id number typeName knownType subjectAmount status registeredOn
    court {{ code level parent {{ code }} }} department {{ name }}
    handler {{ name roles {{ name title }} }} }} }} }} }}"""


@pytest.fixture
def ask(database: Database, province: Province, cipher: FieldCipher) -> Ask:
    async def run(login: str | None, query: str, *, language: str = "zh-CN", **variables: Any) -> dict[str, Any]:
        context = Context(
            database=database,
            clock=FixedClock(NOW),
            settings=Settings(),
            plugins=cast("PluginHost", None),
            gate=PermissionGate(),
            feed=cast("Feed", None),
            cipher=cipher,
            viewer=province.actor(login) if login else None,
            language=language,
        )
        result = await schema.execute(query, variable_values=variables, context_value=context)
        if result.errors:
            original = result.errors[0].original_error
            return {"error": getattr(original, "code", repr(original)), "data": result.data}
        assert result.data is not None
        return result.data

    return run


def _input(key: str = "k1", **given: Any) -> dict[str, Any]:
    return {"idempotencyKey": key, "number": "2026鲁0102执88", **given}


async def _cases(database: Database) -> int:
    async with database.read(system_actor("test")) as session:
        return int((await session.execute(text("select count(*) from court_case"))).scalar_one())


async def test_a_handler_registers_a_case_for_himself(ask: Ask, database: Database) -> None:
    given = _input(
        subjectAmount="1234.50", parties=[{"name": "申请执行人甲", "role": "APPLICANT", "phone": "13800001208"}]
    )
    trial = (await ask(HANDLER, REGISTER, input={**given, "dryRun": True}))["registerCase"]
    assert (trial["__typename"], trial["dryRun"], await _cases(database)) == ("RegisterCaseSuccess", True, 0)
    first = (await ask(HANDLER, REGISTER, input=given))["registerCase"]
    assert first["case"] == {
        "id": first["case"]["id"],
        "number": "（2026）鲁0102执88号",
        "typeName": "首次执行",
        "knownType": True,
        "subjectAmount": "1234.50",
        "status": "OPEN",
        "registeredOn": "2026-11-20",
        "court": {"code": "鲁0102", "level": "BASIC", "parent": {"code": "鲁01"}},
        "department": {"name": "执行局"},
        "handler": {"name": "承办人甲", "roles": [{"name": "handler", "title": "承办人"}]},
    }
    again = (await ask(HANDLER, REGISTER, input=given))["registerCase"]
    assert again["case"]["id"] == first["case"]["id"]
    other = (await ask(HANDLER, REGISTER, input={**given, "cause": "x"}))["registerCase"]
    assert (other["__typename"], other["code"]) == ("Conflict", "idempotency_key_reused")
    assert await _cases(database) == 1
    parties = await ask(
        HANDLER,
        "query($id: ID!) { parties(caseId: $id) { totalCount edges { node { name role kind phoneMasked } } } }",
        id=first["case"]["id"],
    )
    node = {"name": "申请执行人甲", "role": "APPLICANT", "kind": "NATURAL", "phoneMasked": "138****1208"}
    assert parties["parties"] == {"totalCount": 1, "edges": [{"node": node}]}


@pytest.mark.parametrize(
    ("login", "given", "told"),
    [
        (HANDLER, {"number": "八十八号"}, ("InvalidInput", "invalid_case_number", "number")),
        (HANDLER, {"number": "（2026）鲁0103执1号"}, ("InvalidInput", "court_mismatch", "number")),
        (HANDLER, {"subjectAmount": "1.234"}, ("InvalidInput", "invalid_amount", "subjectAmount")),
        (HANDLER, {"subjectAmount": 12.5}, ("InvalidInput", "invalid_amount", "subjectAmount")),
        (HANDLER, {"subjectAmount": "0"}, ("InvalidInput", "invalid_subject_amount", "subjectAmount")),
        (HANDLER, {"subjectAmount": "-1"}, ("InvalidInput", "invalid_subject_amount", "subjectAmount")),
        (HANDLER, {"parties": [{"name": "", "role": "OTHER"}]}, ("InvalidInput", "invalid_party", "parties.0.name")),
        (HANDLER, {"handlerId": "nonsense"}, ("NotFound", "not_found", "handlerId")),
        (HANDLER, {"courtId": global_id("Court", 5, 5)}, ("NotFound", "not_found", None)),
        (HANDLER, {"idempotencyKey": ""}, ("InvalidInput", "invalid_idempotency_key", "idempotencyKey")),
        ("chuna.0102", {}, ("NotAllowed", "not_allowed", None)),
        ("gaoyuan", {"courtId": global_id("Court", 4, 4)}, ("NotAllowed", "not_allowed", None)),
        (None, {}, ("NotAllowed", "unauthenticated", None)),
    ],
)
async def test_a_refusal_is_typed_and_changes_nothing(
    ask: Ask, database: Database, login: str | None, given: dict[str, Any], told: tuple[str, str, str | None]
) -> None:
    answer = (await ask(login, REGISTER, input=_input() | given))["registerCase"]
    assert (answer["__typename"], answer["code"], answer["field"]) == told
    assert await _cases(database) == 0


async def test_a_person_of_another_court_cannot_handle_the_case(ask: Ask, province: Province) -> None:
    stranger = global_id("Staff", province.court(FOREIGN), province.staff_id(FOREIGN))
    answer = (await ask(HANDLER, REGISTER, input=_input(handlerId=stranger)))["registerCase"]
    assert (answer["__typename"], answer["code"]) == ("NotFound", "handler_not_found")


async def test_messages_follow_the_language(ask: Ask) -> None:
    for language, message in (("en", "Not a case number: x"), ("zh-CN", "案号格式错误：x")):
        answer = await ask(HANDLER, REGISTER, language=language, input=_input(number="x"))
        assert answer["registerCase"]["message"] == message


async def test_nothing_of_another_court_is_in_sight(ask: Ask) -> None:
    case = (await ask(HANDLER, REGISTER, input=_input()))["registerCase"]["case"]["id"]
    by_id, listed = "query($id: ID!) { case(id: $id) { number } }", "{ cases { totalCount } }"
    parties = "query($id: ID!) { parties(caseId: $id) { totalCount } }"
    in_court = "query($court: ID!) { cases(filter: {courtId: $court}) { totalCount } }"
    court = global_id("Court", 4, 4)
    assert (await ask(HANDLER, by_id, id=case))["case"] == {"number": "（2026）鲁0102执88号"}
    assert (await ask(HANDLER, listed))["cases"] == {"totalCount": 1}
    assert (await ask("gaoyuan", by_id, id=case))["case"] is not None
    assert (await ask("gaoyuan", in_court, court=court))["cases"] == {"totalCount": 1}
    assert (await ask(FOREIGN, by_id, id=case))["case"] is None
    assert (await ask(FOREIGN, listed))["cases"] == {"totalCount": 0}
    assert (await ask(FOREIGN, parties, id=case))["error"] == "not_found"
    assert (await ask(FOREIGN, in_court, court=court))["error"] == "not_found"
    assert (await ask(None, listed))["error"] == "unauthenticated"
    assert (await ask(HANDLER, by_id, id=global_id("Staff", 4, 4)))["error"] == "not_found"


async def test_lists_filter_and_nested_objects_are_loaded_together(
    ask: Ask, database: Database, province: Province
) -> None:
    for number in range(1, 7):
        login = HANDLER if number % 2 else "chengban2.0102"
        handler = global_id("Staff", province.court(login), province.staff_id(login))
        await ask(CLERK, REGISTER, input=_input(f"k{number}", number=f"（2026）鲁0102执{number}号", handlerId=handler))
    mine = await ask(HANDLER, "{ cases(filter: {mine: true}) { edges { node { number } } } }")
    assert [edge["node"]["number"][-2] for edge in mine["cases"]["edges"]] == ["5", "3", "1"]
    found = await ask(HANDLER, '{ cases(filter: {search: "执4", status: OPEN}) { totalCount } }')
    assert found["cases"]["totalCount"] == 1
    statements: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    nested = "{ cases { edges { node { court { name } handler { name roles { title } department { name } } } } } }"
    answer = await ask(HANDLER, nested)
    assert len(answer["cases"]["edges"]) == 6
    queries = [statement for statement in statements if "set_config" not in statement]
    assert len(queries) == 6, "one for the page, one for its total, one for each kind of thing in it"


async def test_status_is_for_those_who_manage_cases(ask: Ask) -> None:
    case = (await ask(HANDLER, REGISTER, input=_input()))["registerCase"]["case"]["id"]
    change = f"""mutation($input: SetCaseStatusInput!) {{ setCaseStatus(input: $input) {{ __typename {ERRORS}
      ... on SetCaseStatusSuccess {{ case {{ status closedOn }} }} }} }}"""
    given = {"idempotencyKey": "s1", "caseId": case, "status": "CLOSED", "reason": "执行完毕"}
    refused = (await ask(HANDLER, change, input=given))["setCaseStatus"]
    assert (refused["__typename"], refused["code"]) == ("NotAllowed", "not_allowed")
    unknown = (await ask("guanli.01", change, input=given))["setCaseStatus"]
    assert (unknown["__typename"], unknown["code"]) == ("NotFound", "case_not_found")
    done = (await ask(CLERK, change, input=given))["setCaseStatus"]
    assert done["case"] == {"status": "CLOSED", "closedOn": "2026-11-20"}
    twice = (await ask(CLERK, change, input={**given, "idempotencyKey": "s2"}))["setCaseStatus"]
    assert (twice["__typename"], twice["code"]) == ("Conflict", "case_status_unchanged")


async def test_an_uploaded_table_is_imported_row_by_row(ask: Ask, database: Database, province: Province) -> None:
    court = province.court(CLERK)
    async with database.write(province.actor(CLERK)) as session:
        table = "案号,标的额\n（2026）鲁0102执1号,1\n（2026）鲁0102执2号,x\n（2026）鲁0102执1号,\n"
        file_id = await store_file(session, court_id=court, name="a.csv", content=table.encode("gb18030"), now=NOW)
        bad_id = await store_file(session, court_id=court, name="b.csv", content=b"PK\x03\x04", now=NOW)
    mutation = f"""mutation($input: ImportCasesInput!) {{ importCases(input: $input) {{ __typename {ERRORS}
      ... on ImportCasesSuccess {{ dryRun created existing rejected
        rows {{ rowNo number outcome code reason }} }} }} }}"""
    given = {"idempotencyKey": "i1", "fileId": global_id("File", court, file_id)}
    trial = (await ask(CLERK, mutation, input={**given, "dryRun": True}))["importCases"]
    assert (trial["created"], trial["dryRun"], await _cases(database)) == (1, True, 0)
    done = (await ask(CLERK, mutation, input=given))["importCases"]
    assert (done["created"], done["existing"], done["rejected"], await _cases(database)) == (1, 0, 2, 1)
    assert {**trial, "dryRun": False} == done, "a trial answers what the real run answers"
    assert done["rows"][1] == {
        "rowNo": 3,
        "number": "（2026）鲁0102执2号",
        "outcome": "rejected",
        "code": "invalid_amount",
        "reason": "金额格式错误，应为元，最多两位小数",
    }
    again = (await ask(CLERK, mutation, input={**given, "idempotencyKey": "i2"}))["importCases"]
    assert (again["created"], again["existing"], again["rejected"], await _cases(database)) == (0, 1, 2, 1)
    for login, file, code in (
        (CLERK, bad_id, "unreadable_table"),
        ("chuna.0102", file_id, "not_allowed"),
        (FOREIGN, file_id, "not_found"),
    ):
        answer = await ask(login, mutation, input={"idempotencyKey": "i3", "fileId": global_id("File", court, file)})
        assert answer["importCases"]["code"] == code


async def test_the_viewer_courts_and_people(ask: Ask, province: Province) -> None:
    viewer = "{ viewer { name login court { code } department { name } roles { title } permissions } }"
    assert (await ask(None, viewer))["viewer"] is None
    told = (await ask("gaoyuan", viewer, language="en"))["viewer"]
    assert (told["court"], told["roles"]) == ({"code": "鲁"}, [{"title": "Supervisor of a higher court"}])
    assert (await ask(HANDLER, "{ courts(first: 1) { totalCount } }"))["courts"]["totalCount"] == 174
    below = "query($id: ID!) { courts(parentId: $id, first: 100) { edges { node { code } } } }"
    codes = (await ask(HANDLER, below, id=global_id("Court", 1, 1)))["courts"]["edges"]
    assert len(codes) == 18
    staff = '{ staff(role: "handler") { edges { node { name court { code } } } } }'
    names = [edge["node"]["name"] for edge in (await ask(HANDLER, staff))["staff"]["edges"]]
    assert names == ["承办人甲", "承办人乙"]
    elsewhere = "query($id: ID!) { staff(courtId: $id) { totalCount } }"
    assert (await ask(HANDLER, elsewhere, id=global_id("Court", 2, 2)))["error"] == "not_found"
    assert (await ask("gaoyuan", elsewhere, id=global_id("Court", 2, 2)))["staff"]["totalCount"] == 8
    assert {"code": "执恢", "name": "恢复执行"} in (await ask(HANDLER, "{ caseTypes { code name } }"))["caseTypes"]
    assert (await ask(HANDLER, "{ courts(first: 101) { totalCount } }"))["error"] == "invalid_page"
