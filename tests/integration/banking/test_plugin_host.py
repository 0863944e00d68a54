"""The host's memory in the database: health, switches, settings, certificates, the end of raw messages."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from ankuan.banking.change_settings import change_fund_account_settings
from ankuan.banking.check_settings import FundAccountSettings
from ankuan.banking.connect_bank import account_ref, connect_fund_account
from ankuan.banking.endpoint_health import STUCK, health_of, store_health
from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.host_metrics import exposition, host_figures
from ankuan.banking.jobs import find_due_instructions, find_due_polls
from ankuan.banking.keep_messages import About, keep_failure, keep_messages
from ankuan.banking.purge_messages import purge_messages, purged_messages
from ankuan.banking.queries import get_fund_account
from ankuan.banking.sealed_settings import MASK, shown_settings
from ankuan.banking.switch_plugin import (
    PluginStateUnchanged,
    SwitchReason,
    follow_switches,
    refresh_switches,
    switch_plugin,
    switched_off,
)
from ankuan.banking.tables import FundAccount, Instruction, InstructionAttempt, PluginCall, RawMessage
from ankuan.banking.watch_certificates import EXPIRING, step_of, watch_certificates
from ankuan.kernel.clock import SystemClock
from ankuan.platform.crypto import CannotDecrypt, FieldCipher
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import HostState, PluginDisabled, PluginHost, UnknownPlugin, load_plugins
from ankuan.platform.plugins.circuit import FAILURES
from ankuan.platform.settings import Settings
from ankuan.platform.tables import Alarm, EventRow
from ankuan.plugin_api.bank import AnswerState, BankAnswer, OpenedSubAccount, OpenedSubAccounts, Setting, SettingKind
from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.signing import KeyInfo, SignatureAlgorithm
from ankuan.plugin_api.wire import RawExchange
from tests.integration.banking.conftest import SYSTEM, Bench
from tests.unit.platform.plugins.bad_bank import BadBank, always

CIPHER = FieldCipher(bytes(range(32)))
BANK = "bank_citic"
SECRET = "canary-secret-7Q"
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
UNANSWERED = RawExchange("OP", b"asked", None, AT, AT)
FORM = (
    Setting(name="endpoint", label="地址", kind=SettingKind.URL),
    Setting(name="user_name", label="登录名"),
    Setting(name="password", label="密码", kind=SettingKind.SECRET, required=False),
    Setting(name="key", label="密钥", kind=SettingKind.KEY, required=False),
    Setting(name="signer", label="签名", required=False),
)


@dataclass
class StrictBank(BadBank):
    """Refuses one login name, and slips over another."""

    id: str = BANK
    settings: tuple[Setting, ...] = FORM

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        if settings["user_name"] == "nobody":
            raise InvalidSettings("登录名不存在", "user_name")
        if settings["user_name"] == "slip":
            raise KeyError(settings["password"])


@pytest.fixture
async def bank() -> StrictBank:
    return StrictBank(always(BankAnswer(AnswerState.SETTLED, exchanges=(replace(UNANSWERED, response=b"ok"),))))


@pytest.fixture
async def context(bench: Bench, bank: StrictBank) -> AsyncIterator[JobContext]:
    plugins = PluginHost(banks={BANK: bank}, versions={BANK: "3.1.4"})
    yield JobContext(bench.database, SystemClock(), plugins, Settings(bank_timeout_seconds=1), CIPHER)
    plugins.close()


async def account(bench: Bench) -> FundAccount:
    async with bench.database.read(SYSTEM) as session:
        return await get_fund_account(session, court_id=bench.court_id, fund_account_id=bench.fund_account_id)


async def alarms(bench: Bench, kind: str) -> list[str]:
    async with bench.database.read(SYSTEM) as session:
        found = await session.scalars(select(Alarm.message).where(Alarm.kind == kind, Alarm.cleared_at.is_(None)))
        return list(found)


async def change(bench: Bench, context: JobContext, **settings: str) -> tuple[str, ...]:
    async with bench.database.write(SYSTEM) as session:
        return await change_fund_account_settings(
            session,
            court_id=bench.court_id,
            fund_account_id=bench.fund_account_id,
            settings={"endpoint": "http://bank.test/", "user_name": "court", **settings},
            plugins=context.plugins,
            cipher=CIPHER,
            now=AT,
        )


# ---------------------------------------------------------------- settings


async def test_a_secret_is_sealed_kept_when_not_entered_anew_and_never_shown(bench: Bench, context: JobContext) -> None:
    assert await change(bench, context, password=SECRET) == ("endpoint", "password", "user_name")
    stored = await account(bench)
    assert SECRET not in json.dumps(stored.settings)
    assert account_ref(stored, CIPHER).settings["password"] == SECRET
    assert shown_settings(stored, FORM) == {"endpoint": "http://bank.test/", "user_name": "court", "password": MASK}
    for again in ({}, {"password": ""}, {"password": MASK}):
        assert await change(bench, context, **again) == ()
        assert account_ref(await account(bench), CIPHER).settings["password"] == SECRET
    sealed = (await account(bench)).settings["password"]
    assert await change(bench, context, user_name="another") == ("user_name",)
    assert (await account(bench)).settings["password"] == sealed, "what did not change is not sealed anew"
    assert await change(bench, context, user_name="another", password="new") == ("password",)
    assert account_ref(await account(bench), CIPHER).settings["password"] == "new"


async def test_a_change_is_told_with_names_and_the_actor_and_no_value(bench: Bench, context: JobContext) -> None:
    await change(bench, context, password=SECRET)
    async with bench.database.read(SYSTEM) as session:
        [event] = await session.scalars(select(EventRow).where(EventRow.kind == "fund_account.changed"))
    assert event.payload == {"what": "settings", "names": "endpoint,password,user_name", "reason": ""}
    assert event.actor == "system:test"


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"user_name": ""}, "settings.user_name"),
        ({"user_name": "nobody"}, "settings.user_name"),
        ({"user_name": "slip", "password": SECRET}, "settings"),
        ({"endpoint": "file:///etc/passwd"}, "settings.endpoint"),
        ({"colour": "red"}, "settings.colour"),
    ],
)
async def test_settings_that_do_not_fit_name_their_field_and_change_nothing(
    bench: Bench, context: JobContext, given: dict[str, str], at: str
) -> None:
    before = (await account(bench)).settings
    with pytest.raises(FundAccountSettings) as wrong:
        await change(bench, context, **given)
    assert wrong.value.field == at
    assert SECRET not in str(wrong.value)
    assert (await account(bench)).settings == before


async def test_a_secret_moved_to_another_account_or_name_can_not_be_opened(bench: Bench, context: JobContext) -> None:
    await change(bench, context, password=SECRET)
    stored = await account(bench)
    for moved in (
        FundAccount(id=bench.province.staff_id("caiwu.0102"), settings=stored.settings),
        FundAccount(id=stored.id, settings={"other": stored.settings["password"]}),
        FundAccount(id=stored.id, settings={"password": {"enc": "?"}}),
    ):
        moved.account_no, moved.name, moved.adjustment_account_no = "1", "x", None
        with pytest.raises(CannotDecrypt):
            account_ref(moved, CIPHER)


# ---------------------------------------------------------------- switching off and on


async def switch(bench: Bench, context: JobContext, enabled: bool, reason: str = "银行升级") -> int:
    async with bench.database.write(SYSTEM) as session:
        return await switch_plugin(
            session, plugin_id=BANK, enabled=enabled, reason=reason, plugins=context.plugins, now=AT
        )


async def test_a_plugin_that_is_switched_off_is_used_by_nobody_and_its_orders_wait(
    bench: Bench, context: JobContext, bank: StrictBank
) -> None:
    issued = await bench.issue()
    assert len(await find_due_instructions(context)) == len(await find_due_polls(context)) == 1
    assert await switch(bench, context, enabled=False) == 1
    await execute_instruction(context, court_id=bench.court_id, instruction_id=issued.instruction_id)
    assert bank.asked == ["pay"], "this process has not looked yet"
    second = await bench.issue()
    await refresh_switches(bench.database, context.plugins)
    with pytest.raises(PluginDisabled):
        context.plugins.bank(BANK)
    assert await find_due_instructions(context) == []
    assert await find_due_polls(context) == []
    await execute_instruction(context, court_id=bench.court_id, instruction_id=second.instruction_id)
    async with bench.database.read(SYSTEM) as session:
        row = await session.get_one(Instruction, (bench.court_id, second.instruction_id))
    assert (row.state, row.sent, bank.asked) == ("ready", 0, ["pay"])
    assert await switch(bench, context, enabled=True) == 2
    await refresh_switches(bench.database, context.plugins)
    assert context.plugins.bank(BANK) is bank


async def test_switching_is_kept_with_who_and_why_and_can_not_be_rewritten(
    bench: Bench, context: JobContext, superuser_database_url: str
) -> None:
    for wrong in ("", "  ", "x" * 501, "a\x00"):
        with pytest.raises(SwitchReason):
            await switch(bench, context, enabled=False, reason=wrong)
    with pytest.raises(PluginStateUnchanged):
        await switch(bench, context, enabled=True)
    await switch(bench, context, enabled=False)
    with pytest.raises(PluginStateUnchanged):
        await switch(bench, context, enabled=False)
    async with bench.database.write(SYSTEM) as session:
        with pytest.raises(UnknownPlugin):
            await switch_plugin(
                session, plugin_id="bank_none", enabled=False, reason="x", plugins=context.plugins, now=AT
            )
    async with bench.database.read(SYSTEM) as session:
        assert await switched_off(session) == {BANK: "银行升级"}
    connection = await asyncpg.connect(superuser_database_url.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await connection.execute("update plugin_state set changed_by = 'x'")
    finally:
        await connection.close()


async def test_a_process_that_follows_notices_within_seconds(
    bench: Bench, context: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ankuan.banking.switch_plugin.LOOK_SECONDS", 0.05)
    other = PluginHost(banks=context.plugins.banks)
    following = asyncio.create_task(follow_switches(bench.database, other))
    await switch(bench, context, enabled=False)
    async with asyncio.timeout(5):
        while not other.state.switched_off:  # noqa: ASYNC110 - exactly this is the question
            await asyncio.sleep(0.02)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


# ---------------------------------------------------------------- health and figures


async def test_health_is_stored_for_screens_and_counts_add_up(
    bench: Bench, context: JobContext, bank: StrictBank
) -> None:
    connected = connect_fund_account(context, await account(bench))
    for _ in range(3):
        await connected.query(None)  # type: ignore[arg-type]  # this bank looks at nothing
    await store_health(context)
    async with bench.database.read(SYSTEM) as session:
        [row] = (await health_of(session, court_id=bench.court_id)).values()
        counted = await session.get_one(PluginCall, (BANK, "query"))
    assert (row.state, row.calls, row.failures, row.last_error) == ("closed", 3, 0, "")
    assert row.last_ok_at is not None
    assert row.p99_ms >= row.p50_ms >= 0
    assert (counted.calls, counted.failures, sum(counted.buckets)) == (3, 0, 3)
    bank.act = always(BankAnswer(AnswerState.UNKNOWN, exchanges=(UNANSWERED,)))
    for _ in range(FAILURES):
        await connected.query(None)  # type: ignore[arg-type]  # as above
    await store_health(context)
    async with bench.database.read(SYSTEM) as session:
        [row] = (await health_of(session, court_id=bench.court_id)).values()
        figures = exposition(await host_figures(session, context.plugins)).decode()
    assert (row.state, row.calls, row.last_error) == ("open", 3 + FAILURES, "unreachable")
    assert row.retry_at is not None
    assert row.since is not None
    assert f'ankuan_plugin_calls_total{{operation="query",plugin="{BANK}"}} 8.0' in figures
    assert f'ankuan_plugin_failures_total{{operation="query",plugin="{BANK}"}} 5.0' in figures
    assert f'ankuan_plugin_call_seconds_count{{operation="query",plugin="{BANK}"}} 8.0' in figures
    assert f'ankuan_bank_circuit{{plugin="{BANK}",state="open"}} 1.0' in figures
    assert (await account(bench)).account_no not in figures


async def test_orders_of_an_endpoint_that_rests_are_not_even_looked_at_and_none_is_lost(
    bench: Bench, context: JobContext, bank: StrictBank
) -> None:
    bank.act = always(BankAnswer(AnswerState.UNKNOWN, exchanges=(UNANSWERED,)))
    issued = [await bench.issue() for _ in range(FAILURES + 2)]
    for one in issued[:FAILURES]:
        await execute_instruction(context, court_id=bench.court_id, instruction_id=one.instruction_id)
    sixth, seventh = issued[FAILURES:]
    await execute_instruction(context, court_id=bench.court_id, instruction_id=sixth.instruction_id)
    async with bench.database.read(SYSTEM) as session:
        row = await session.get_one(Instruction, (bench.court_id, sixth.instruction_id))
        fact = await session.scalar(
            text(
                "select kind || ' ' || code from instruction_fact where instruction_id = :id order by id desc limit 1"
            ),
            {"id": sixth.instruction_id},
        )
    assert (row.state, row.sends, row.sent, fact) == ("ready", 1, 0, "NotSent not_sent")
    assert row.next_try_at is not None
    assert bank.asked == ["pay"] * FAILURES
    due = await find_due_instructions(context)
    assert str(seventh.instruction_id) not in {call.arguments["instruction"] for call in due}
    rested = replace(context, plugins=replace(context.plugins, state=HostState()))
    due = await find_due_instructions(rested)
    assert str(seventh.instruction_id) in {call.arguments["instruction"] for call in due}


async def test_d27_an_attempt_names_the_plugin_and_its_version(bench: Bench, context: JobContext) -> None:
    issued = await bench.issue()
    await execute_instruction(context, court_id=bench.court_id, instruction_id=issued.instruction_id)
    async with bench.database.read(SYSTEM) as session:
        assert await session.scalar(select(InstructionAttempt.plugin)) == f"{BANK} 3.1.4"


async def test_a_plugin_without_threads_raises_one_alarm_and_takes_it_back(bench: Bench, context: JobContext) -> None:
    bulkhead = context.plugins.state.bulkhead(BANK)
    bulkhead.abandoned = 3
    for _ in range(3):
        await store_health(context)
    assert len(await alarms(bench, STUCK)) == 1
    bulkhead.forgive()
    await store_health(context)
    assert await alarms(bench, STUCK) == []


# ---------------------------------------------------------------- certificates


@dataclass
class Keys:
    """A signer with the keys a test gives it. Only ``keys`` is asked."""

    found: Any
    id: str = "signer_test"
    display_name: str = "x"
    asked: list[str] = field(default_factory=list)

    async def keys(self) -> Any:
        return self.found


def key(name: str, days: float | None, now: datetime) -> KeyInfo:
    ends = None if days is None else now + timedelta(days=days)
    return KeyInfo(name, SignatureAlgorithm.SM2_SM3, "", not_after=ends)


async def test_g12_a_certificate_is_told_at_thirty_seven_one_and_no_days(bench: Bench, context: JobContext) -> None:
    await change(bench, context, key="court-key", signer="signer_test")
    now = context.clock.now()
    signer = Keys(())
    signers: Any = {"signer_test": signer}  # of a signer only its keys are asked
    context = replace(context, plugins=replace(context.plugins, signers=signers))
    told = []
    for days in (31.0, 29.0, 20.0, 6.5, 0.5, -1.0, 400.0, None):
        signer.found = (key("court-key", days, now), key("somebody-elses", 1, now))
        await watch_certificates(context)
        open_alarms = await alarms(bench, EXPIRING)
        told.append(["".join(open_alarms).count(word) for word in ("30 天内", "7 天内", "1 天内", "已过期")])
    thirty, seven, last, over, nothing = [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]
    assert told == [nothing, thirty, thirty, seven, last, over, nothing, nothing]
    async with bench.database.read(SYSTEM) as session:
        assert await session.scalar(select(func.count()).where(EventRow.kind == "alarm.raised")) == 4
        assert await session.scalar(select(func.max(Alarm.times)).where(Alarm.kind == EXPIRING)) == 1
    for nonsense in (None, "keys", (None, 3)):
        signer.found = nonsense
        assert await watch_certificates(context) == 0
    context.plugins.close()


def test_the_step_is_the_nearest_that_is_reached() -> None:
    days = {31: None, 30: 30, 8: 30, 7: 7, 2: 7, 1: 1, 0: 0, -5: 0}
    assert {left: step_of(AT + timedelta(days=left), AT) for left in days} == days


# ---------------------------------------------------------------- raw messages


async def keep(bench: Bench, *, days: float, about: About, instruction: Any = None) -> None:
    at = datetime.now(UTC) - timedelta(days=days)
    async with bench.database.write(SYSTEM) as session:
        await keep_messages(
            session,
            court_id=bench.court_id,
            fund_account_id=bench.fund_account_id,
            instruction_id=instruction,
            exchanges=[RawExchange("OP", b"asked", b"answered", at, at)],
            cipher=CIPHER,
            about=about,
        )


async def kept(bench: Bench) -> int:
    async with bench.database.read(SYSTEM) as session:
        return int(await session.scalar(select(func.count()).select_from(RawMessage)) or 0)


async def test_messages_end_after_their_time_in_batches_and_are_counted(
    bench: Bench, context: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ankuan.banking.purge_messages.BATCH", 2)
    for days in (1, 29, 31, 400, 1_000, 1_096, 2_000):
        for about in About:
            await keep(bench, days=days, about=about)
    assert await purge_messages(context, court_id=bench.court_id) == 5 + 2
    assert await kept(bench) == 2 + 5
    assert await purge_messages(context, court_id=bench.court_id) == 0
    async with bench.database.read(SYSTEM) as session:
        assert await purged_messages(session, court_id=bench.court_id) == 7


async def test_messages_about_an_open_order_stay_however_old(bench: Bench, context: JobContext) -> None:
    issued = await bench.issue()
    await keep(bench, days=5_000, about=About.LASTING, instruction=issued.instruction_id)
    assert await purge_messages(context, court_id=bench.court_id) == 0
    await execute_instruction(context, court_id=bench.court_id, instruction_id=issued.instruction_id)
    async with bench.database.read(SYSTEM) as session:
        row = await session.get_one(Instruction, (bench.court_id, issued.instruction_id))
    if row.state != "settled":  # this bank books later: a query brings its word
        async with bench.database.write(SYSTEM) as session:
            await session.execute(update(Instruction).values(next_try_at=AT))
        await execute_instruction(context, court_id=bench.court_id, instruction_id=issued.instruction_id)
    before = await kept(bench)
    assert await purge_messages(context, court_id=bench.court_id) == 1
    assert await kept(bench) == before - 1


@pytest.mark.parametrize(
    "statement",
    [
        "delete from raw_message",
        "update raw_message set note = 'x'",
        "truncate raw_message",
        "select purge_raw_messages(2, 1, 100)",
    ],
)
async def test_nobody_ends_them_sooner_not_even_the_owner(
    bench: Bench, superuser_database_url: str, statement: str
) -> None:
    await keep(bench, days=29, about=About.PASSING)
    await keep(bench, days=364, about=About.LASTING)
    connection = await asyncpg.connect(superuser_database_url.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute(statement)
    finally:
        await connection.close()
    assert await kept(bench) == 2


async def test_the_application_has_no_other_way_than_the_function(bench: Bench) -> None:
    await keep(bench, days=5_000, about=About.PASSING)
    async with bench.database.write(SYSTEM) as session:
        with pytest.raises(DBAPIError):
            await session.execute(text("delete from raw_message"))


async def test_a_failed_poll_keeps_one_message_an_hour_for_each_error(bench: Bench) -> None:
    now = datetime.now(UTC)

    async def fail(why: str, at: datetime) -> bool:
        async with bench.database.write(SYSTEM) as session:
            return await keep_failure(
                session,
                court_id=bench.court_id,
                fund_account_id=bench.fund_account_id,
                why=why,
                exchanges=[replace(UNANSWERED, started_at=at, ended_at=at)],
                cipher=CIPHER,
                now=at,
            )

    assert [await fail("a", now + timedelta(minutes=minute)) for minute in (0, 5, 59, 61)] == [True, False, False, True]
    assert await fail("b", now)
    assert await kept(bench) == 3


async def test_messages_of_openings_are_kept_by_the_connection_itself(
    bench: Bench, context: JobContext, bank: StrictBank
) -> None:
    exchange = replace(UNANSWERED, response=b"ok")
    bank.act = always(OpenedSubAccounts((OpenedSubAccount("1", "案款"),), (exchange,)))
    await connect_fund_account(context, await account(bench)).open_sub_accounts(("案款",))
    async with bench.database.read(SYSTEM) as session:
        [row] = await session.scalars(select(RawMessage))
    assert (row.about, row.instruction_id) == ("lasting", None)


def test_the_folder_of_installed_plugins_is_probed_once(tmp_path: Path) -> None:
    first, second = load_plugins(data_dir=tmp_path), load_plugins(data_dir=tmp_path)
    assert set(first.banks) == set(second.banks)
    assert first.left_out == second.left_out
    assert (tmp_path / "plugins" / "probed.json").exists()
