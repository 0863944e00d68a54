"""How banks are reached, as people see it: who sees what, the worst first, settings without secrets, switches."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from ankuan.banking.endpoint_health import slot_of
from ankuan.banking.keep_messages import keep_messages
from ankuan.banking.open_fund_account import open_fund_account
from ankuan.banking.switch_plugin import refresh_switches
from ankuan.banking.tables import BankEndpoint, BankEndpointCalls, FundAccount, RawMessage
from ankuan.banking.watch_certificates import EXPIRING
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.graphql.context import Context
from ankuan.platform.graphql.ids import global_id
from ankuan.platform.plugins import PluginHost, load_plugins
from ankuan.platform.plugins.host import LeftOut
from ankuan.platform.settings import Settings
from ankuan.platform.tables import EventRow
from ankuan.plugin_api.signing import KeyInfo, SignatureAlgorithm
from ankuan.plugin_api.testing.certificate import Certificate, Figure, IndicatorResult, Verdict, write_certificate
from ankuan.plugin_api.wire import RawExchange
from tests.fixtures.asking import Asking
from tests.fixtures.province import NOW
from tests.integration.banking.conftest import ACCOUNT_NO, SYSTEM, Bench

CIPHER = FieldCipher(bytes(range(32)))
SECRET = "canary-secret-7Q"
ROW = """condition bank { id capabilities { adjustments } } pluginVersion pluginStatus
  circuit { state retryAt lastError } lastOkAt latencyP50Ms latencyP99Ms
  callsLastHour failuresLastHour queue { ready unknown oldestSince }
  pollFailures certificateDaysLeft certificateSubject plugin { enabled changedBy reason }
  certificate { passed failed notDeclared isPassed } court { id } fundAccount { id accountNoMasked }"""
LIST = "query ($first: Int, $after: String) { integrations(first: $first, after: $after) { totalCount"
LIST += " pageInfo { endCursor hasNextPage } edges { node { " + ROW + " } } } }"
ONE = "query ($id: ID!) { integration(fundAccountId: $id) { " + ROW + " lastMessages { %s } } }"
FACTS = "id operation milliseconds answered note instructionNumber"
FORM = """query ($id: ID!) { pluginSettings(fundAccountId: $id) {
  name label kind required default choices least most value set } }"""
CHANGE = """mutation ($input: ChangeFundAccountSettingsInput!) { changeFundAccountSettings(input: $input) {
  __typename ... on ChangeFundAccountSettingsSuccess { changed settings { name value set } }
  ... on UserError { code field } } }"""
SWITCH = """mutation ($input: SwitchPluginInput!) { switchPlugin(input: $input) { __typename
  ... on SwitchPluginSuccess { plugin switch { enabled changedBy reason } }
  ... on UserError { code field } } }"""
PLUGINS = """query ($id: ID) { plugins(id: $id) { id kind name version status isUsed abilities document
  assumptions { mark text } viewerCanSwitch { allowed reason } switch { enabled }
  certificate { isOfInstalledFiles summary { passed } indicators { number id title verdict verdictTitle figures } } }
  leftOutPlugins { name reason detail } }"""


@dataclass(slots=True)
class AskingIn(Asking):
    """With a data folder of its own."""

    folder: Path = Path()

    def context(self, viewer: Any, *, language: str = "zh-CN") -> Context:
        made = Asking.context(self, viewer, language=language)
        made.settings = Settings(data_dir=self.folder)
        return made


@pytest.fixture
def plugins() -> PluginHost:
    return load_plugins()


@pytest.fixture
def asking(bench: Bench, plugins: PluginHost, tmp_path: Path) -> AskingIn:
    return AskingIn(bench.database, CIPHER, plugins, folder=tmp_path)


def account_id(bench: Bench) -> str:
    return global_id("FundAccount", bench.court_id, bench.fund_account_id)


async def seen(bench: Bench, **given: Any) -> None:
    """What a worker has seen of the endpoint."""
    row = {
        "state": "closed",
        "failures": 0,
        "last_error": "",
        "p50_ms": 12,
        "p99_ms": 80,
        "calls": 9,
        "updated_at": NOW,
    }
    async with bench.database.write(SYSTEM) as session:
        session.add(BankEndpoint(court_id=bench.court_id, fund_account_id=bench.fund_account_id, **(row | given)))


async def open_more(bench: Bench, plugins: PluginHost, login: str, bank_id: str, number: str) -> None:
    async with bench.database.write(SYSTEM) as session:
        await open_fund_account(
            session,
            court_id=bench.province.court(login),
            bank_id=bank_id,
            account_no=number,
            name="示例专户",
            adjustment_account_no=None,
            settings={"bank_name": "示例银行", "branch": "示例网点"}
            if bank_id == "bank_paper"
            else {"endpoint": "http://127.0.0.1:9/", "user_name": "court"},
            plugins=plugins,
        )


async def only(asking: Asking, viewer: Any) -> dict[str, Any]:
    [edge] = (await asking(viewer, LIST))["integrations"]["edges"]
    node: dict[str, Any] = edge["node"]
    return node


async def test_an_account_that_never_answered_says_so(bench: Bench, asking: Asking) -> None:
    row = await only(asking, bench.province.actor("guanli.0102"))
    assert (row["condition"], row["lastOkAt"], row["latencyP50Ms"]) == ("NEVER_REACHED", None, None)
    assert row["pluginStatus"] == "SIMULATOR"
    assert row["plugin"] == {"enabled": True, "changedBy": None, "reason": None}
    assert ACCOUNT_NO not in str(row)


async def test_figures_of_the_way_to_the_bank(bench: Bench, asking: Asking) -> None:
    issued = await bench.issue()
    await seen(bench, state="open", retry_at=NOW + timedelta(minutes=1), last_ok_at=NOW, last_error="连接失败")
    keys = {"court_id": bench.court_id, "fund_account_id": bench.fund_account_id}
    async with bench.database.write(SYSTEM) as session:
        for minutes, calls, failures in ((0, 5, 2), (50, 7, 1), (65, 100, 100)):
            slot = slot_of(NOW - timedelta(minutes=minutes))
            session.add(BankEndpointCalls(**keys, place=slot.minute // 5, slot=slot, calls=calls, failures=failures))
    row = await only(asking, bench.province.actor("caiwu.0102"))
    assert row["condition"] == "CIRCUIT_OPEN"
    assert row["circuit"] == {"state": "OPEN", "retryAt": "2026-11-20T02:31:00+00:00", "lastError": "连接失败"}
    assert (row["latencyP50Ms"], row["latencyP99Ms"]) == (12, 80)
    assert (row["callsLastHour"], row["failuresLastHour"]) == (12, 3)
    assert (row["queue"]["ready"], row["queue"]["unknown"]) == (1, 0)
    assert row["queue"]["oldestSince"] is not None
    assert issued.client_ref


async def test_the_worst_comes_first_and_pages_join(bench: Bench, asking: Asking, plugins: PluginHost) -> None:
    await open_more(bench, plugins, "caiwu.01", "bank_paper", "8112501012300099999")
    await open_more(bench, plugins, "caiwu.01", "bank_citic", "8112501012300088888")
    await seen(bench, last_ok_at=NOW)
    viewer = bench.province.actor("gaoyuan")
    found = (await asking(viewer, LIST))["integrations"]
    conditions = [edge["node"]["condition"] for edge in found["edges"]]
    assert (found["totalCount"], conditions) == (3, ["NEVER_REACHED", "NORMAL", "BY_FILE"])
    walked, after = [], None
    for _ in range(3):
        page = (await asking(viewer, LIST, first=1, after=after))["integrations"]
        walked += [edge["node"]["condition"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert walked == conditions
    async with bench.database.write(SYSTEM) as session:
        await raise_alarm(
            session,
            court_id=bench.court_id,
            kind=EXPIRING,
            subject_key=f"{bench.fund_account_id}:k:7",
            message="",
            now=NOW,
        )
    found = (await asking(viewer, LIST))["integrations"]["edges"]
    assert [edge["node"]["condition"] for edge in found] == ["NEVER_REACHED", "CERTIFICATE_ENDING", "BY_FILE"]
    plugins.state.switch({"bank_citic": "停机"})
    found = (await asking(viewer, LIST))["integrations"]["edges"]
    assert [edge["node"]["condition"] for edge in found] == ["SWITCHED_OFF", "SWITCHED_OFF", "BY_FILE"]


@pytest.mark.parametrize("login", ["chengban.0102", "chuna.0102", "tingzhang.0102"])
async def test_others_see_neither_integrations_nor_plugins(bench: Bench, asking: Asking, login: str) -> None:
    viewer = bench.province.actor(login)
    assert await asking(viewer, LIST) == {"error": "not_allowed"}
    assert await asking(viewer, ONE % FACTS, id=account_id(bench)) == {"error": "not_allowed"}
    assert await asking(viewer, FORM, id=account_id(bench)) == {"error": "not_allowed"}
    assert await asking(viewer, PLUGINS) == {"error": "not_allowed"}


async def test_an_administrator_sees_his_court_only(bench: Bench, asking: Asking) -> None:
    viewer = bench.province.actor("guanli.01")
    assert (await asking(viewer, LIST))["integrations"]["totalCount"] == 0
    assert await asking(viewer, ONE % FACTS, id=account_id(bench)) == {"error": "fund_account_not_found"}


async def test_messages_are_masked_and_each_look_is_written_down(bench: Bench, asking: Asking) -> None:
    issued = await bench.issue()
    said = "<payeeName>申请执行人甲</payeeName><acctNo>6217000000000000018</acctNo><m>申请执行人甲</m><amt>100.00</amt>"
    exchanges = (
        RawExchange("DLCTNSUB", said.encode("gb18030"), b"<status>AAAAAAA</status>", NOW, NOW + timedelta(seconds=1.5)),
        RawExchange("DLBALQRY", b"<userName>court</userName>", None, NOW, NOW, "no answer"),
    )
    async with bench.database.write(SYSTEM) as session:
        await keep_messages(
            session,
            court_id=bench.court_id,
            fund_account_id=bench.fund_account_id,
            instruction_id=issued.instruction_id,
            exchanges=exchanges,
            cipher=CIPHER,
        )
    viewer = bench.province.actor("guanli.0102")
    query = ONE % (FACTS + " texts { request response }")
    with capture_logs() as logs:
        last, first = (await asking(viewer, query, id=account_id(bench)))["integration"]["lastMessages"]
    assert (first["operation"], first["milliseconds"], first["instructionNumber"]) == (
        "DLCTNSUB",
        1500,
        issued.client_ref,
    )
    assert first["texts"]["response"] == "<status>AAAAAAA</status>"
    assert "申请执行人甲" not in str(first)
    assert "6217000000000000018" not in str(first)
    assert "100.00" in first["texts"]["request"]
    assert (last["answered"], last["texts"]["response"]) == (False, None)
    looks = [log for log in logs if log["event"] == "bank_message.looked_at"]
    assert {log["staff"] for log in looks} == {str(viewer.id)}
    assert len(looks) == 2
    node = "query ($id: ID!) { node(id: $id) { ... on BankMessage { operation texts { request } } } }"
    same = await asking(viewer, node, id=first["id"])
    assert same["node"]["texts"]["request"] == first["texts"]["request"]
    for login in ("caiwu.0102", "gaoyuan"):
        reader = bench.province.actor(login)
        facts = await asking(reader, ONE % FACTS, id=account_id(bench))
        assert len(facts["integration"]["lastMessages"]) == 2
        assert await asking(reader, query, id=account_id(bench)) == {"error": "not_allowed"}
    assert await asking(bench.province.actor("guanli.01"), node, id=first["id"]) == {"node": None}
    assert await asking(
        viewer, ONE.replace("lastMessages", "lastMessages(first: 51)") % FACTS, id=account_id(bench)
    ) == {"error": "invalid_page"}
    async with bench.database.read(SYSTEM) as session:
        assert len((await session.scalars(select(RawMessage))).all()) == 2


def change(bench: Bench, *, key: str = "c1", reason: str = "前置机迁移", **settings: str) -> dict[str, Any]:
    given = {"endpoint": "http://127.0.0.1:9/", "user_name": "court0102", **settings}
    return {
        "idempotencyKey": key,
        "fundAccountId": account_id(bench),
        "settings": [{"name": name, "value": value} for name, value in given.items()],
        "reason": reason,
    }


async def test_the_form_is_the_plugins_and_a_change_is_told_with_its_reason(bench: Bench, asking: Asking) -> None:
    admin = bench.province.actor("guanli.0102")
    form = {row["name"]: row for row in (await asking(admin, FORM, id=account_id(bench)))["pluginSettings"]}
    assert (form["endpoint"]["kind"], form["endpoint"]["value"]) == ("URL", "http://127.0.0.1:9/")
    done = (await asking(admin, CHANGE, input=change(bench, user_name="court0103")))["changeFundAccountSettings"]
    assert done["changed"] == ["user_name"]
    assert {row["name"]: row["value"] for row in done["settings"]}["user_name"] == "court0103"
    async with bench.database.read(SYSTEM) as session:
        [event] = await session.scalars(select(EventRow).where(EventRow.kind == "fund_account.changed"))
    assert event.payload == {"what": "settings", "names": "user_name", "reason": "前置机迁移"}


async def test_a_secret_is_never_shown(bench: Bench, asking: AskingIn, plugins: PluginHost) -> None:
    schema = plugins.banks["bank_citic"].settings
    form = replace(schema[0], name="password", label="密码", kind=type(schema[0].kind).SECRET, required=False)

    class Sealing:
        settings = (*schema, form)

        def validate_settings(self, settings: dict[str, str]) -> None:
            assert settings["password"] == SECRET

        def __getattr__(self, name: str) -> Any:
            return getattr(plugins.banks["bank_citic"], name)

    asking.plugins = replace(plugins, banks={"bank_citic": Sealing()})  # type: ignore[dict-item]
    admin = bench.province.actor("guanli.0102")
    done = await asking(admin, CHANGE, input=change(bench, password=SECRET))
    assert done["changeFundAccountSettings"]["changed"] == ["password"]
    shown = await asking(admin, FORM, id=account_id(bench))
    [row] = [row for row in shown["pluginSettings"] if row["name"] == "password"]
    assert (row["set"], row["value"], row["kind"]) == (True, None, "SECRET")
    kept = await asking(admin, CHANGE, input=change(bench, key="c2", password=""))
    assert kept["changeFundAccountSettings"]["changed"] == []
    assert SECRET not in json.dumps([done, shown, kept])


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"endpoint": "nonsense"}, "invalid_fund_account_settings", "settings.endpoint"),
        ({"colour": "red"}, "invalid_fund_account_settings", "settings.colour"),
        ({"reason": " "}, "switch_reason_required", "reason"),
    ],
)
async def test_wrong_settings_name_their_field(
    bench: Bench, asking: Asking, given: dict[str, str], code: str, field: str
) -> None:
    told = await asking(bench.province.actor("guanli.0102"), CHANGE, input=change(bench, **given))
    assert (told["changeFundAccountSettings"]["code"], told["changeFundAccountSettings"]["field"]) == (code, field)


@pytest.mark.parametrize("login", ["caiwu.0102", "gaoyuan", "guanli"])
async def test_only_the_courts_own_administrator_changes_settings(bench: Bench, asking: Asking, login: str) -> None:
    told = await asking(bench.province.actor(login), CHANGE, input=change(bench))
    assert told["changeFundAccountSettings"]["__typename"] in {"NotAllowed", "NotFound"}


async def test_the_high_courts_administrator_switches_a_plugin(
    bench: Bench, asking: Asking, plugins: PluginHost
) -> None:
    given = {"idempotencyKey": "s1", "plugin": "bank_citic", "enabled": False, "reason": "银行通知停机"}
    for login in ("guanli.0102", "gaoyuan", "guanli.01"):
        told = (await asking(bench.province.actor(login), SWITCH, input=given))["switchPlugin"]
        assert (told["__typename"], told["code"]) == ("NotAllowed", "not_allowed")
    top = bench.province.actor("guanli")
    done = (await asking(top, SWITCH, input=given))["switchPlugin"]
    assert done["plugin"] == "bank_citic"
    assert done["switch"] == {"enabled": False, "changedBy": top.name, "reason": "银行通知停机"}
    again = (await asking(top, SWITCH, input=given | {"idempotencyKey": "s2"}))["switchPlugin"]
    assert again["code"] == "plugin_state_unchanged"
    await refresh_switches(bench.database, plugins)
    row = await only(asking, bench.province.actor("guanli.0102"))
    assert (row["condition"], row["plugin"]["reason"]) == ("SWITCHED_OFF", "银行通知停机")
    assert len((await asking(bench.province.actor("guanli.0102"), FORM, id=account_id(bench)))["pluginSettings"]) > 1


async def test_plugins_tell_what_they_are(bench: Bench, asking: AskingIn, plugins: PluginHost) -> None:
    rows = (
        IndicatorResult(0, "contract.shape", "插件契约", "Plugin contract", Verdict.PASS, 12),
        IndicatorResult(
            12, "payments.lost_answer", "应答丢失", "Lost answer", Verdict.PASS, 37, (Figure("p99", 3.5, "ms"),)
        ),
        IndicatorResult(
            23, "security.signatures", "签名", "Signatures", Verdict.NOT_DECLARED, 0, note="front-end signs"
        ),
    )
    write_certificate(
        asking.folder,
        Certificate("bank_citic", "中信银行", "1.0", "1.0", "0" * 64, "simulator", NOW, 1.0, rows),
    )
    asking.plugins = replace(plugins, left_out=(LeftOut("bank_broken", "raised", "ImportError"),))
    viewer = bench.province.actor("guanli")
    found = await asking(viewer, PLUGINS, id="bank_citic")
    [citic] = found["plugins"]
    assert (citic["kind"], citic["name"], citic["status"], citic["isUsed"]) == ("bank", "中信银行", "SIMULATOR", True)
    assert "adjustments" in citic["abilities"]
    assert {one["mark"] for one in citic["assumptions"]} <= {"C", "P", "K", "A"}
    assert len(citic["assumptions"]) >= 8
    assert citic["viewerCanSwitch"]["allowed"]
    assert [row["verdictTitle"] for row in citic["certificate"]["indicators"]] == ["合格", "合格", "未声明"]
    assert citic["certificate"]["indicators"][1]["figures"] == ["p99 3.5 ms"]
    assert citic["certificate"]["isOfInstalledFiles"] is False
    assert found["leftOutPlugins"] == [{"name": "bank_broken", "reason": "raised", "detail": "ImportError"}]
    english = await asking(viewer, PLUGINS, language="en", id="bank_citic")
    assert english["plugins"][0]["certificate"]["indicators"][1]["title"] == "Lost answer"
    everything = (await asking(bench.province.actor("guanli.0102"), PLUGINS))["plugins"]
    assert {one["kind"] for one in everything} >= {"bank", "signer", "matcher", "report"}
    assert not any(one["viewerCanSwitch"]["allowed"] for one in everything)
    row = await only(asking, bench.province.actor("guanli.0102"))
    assert row["certificate"] == {"passed": 2, "failed": 0, "notDeclared": 1, "isPassed": True}


async def test_days_left_of_the_keys_certificate(bench: Bench, asking: AskingIn, plugins: PluginHost) -> None:
    schema = plugins.banks["bank_citic"].settings
    named = replace(schema[0], name="key", label="密钥", kind=type(schema[0].kind).KEY, required=False)

    class Keyed:
        settings = (*schema, named)

        def __getattr__(self, name: str) -> Any:
            return getattr(plugins.banks["bank_citic"], name)

    class Signer:
        id = "signer_test"

        async def keys(self) -> tuple[KeyInfo, ...]:
            ends = NOW + timedelta(days=7, hours=1)
            return (KeyInfo(name="court-key", algorithm=SignatureAlgorithm.RSA_SHA256, public_key="", not_after=ends),)

    asking.plugins = replace(plugins, banks={"bank_citic": Keyed()}, signers={"signer_test": Signer()})  # type: ignore[dict-item]
    async with bench.database.write(SYSTEM) as session:
        await session.execute(update(FundAccount).values(settings={"endpoint": "http://x/", "key": "court-key"}))
    row = await only(asking, bench.province.actor("guanli.0102"))
    assert (row["certificateDaysLeft"], row["certificateSubject"]) == (7, "court-key")
