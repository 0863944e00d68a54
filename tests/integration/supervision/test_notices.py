"""Notices of arrivals: written with the receipt, sent once, never again when nobody knows."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ankuan.kernel.clock import FixedClock
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from ankuan.plugin_api.sms import SmsAnswer, SmsMessage, SmsPlugin, SmsState
from ankuan.registry.staff_queries import StaffNotFound
from ankuan.supervision.jobs import JOBS
from ankuan.supervision.set_staff_contact import InvalidPhone, set_staff_contact
from ankuan_sms_console.console import ConsoleSms
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import SYSTEM, World

PHONE = "13800001208"
STATE = "select state, attempts from notice"


@dataclass
class SlowGateway:
    """A provider that answers what it is told to, and keeps what it got."""

    answers: list[SmsAnswer | Exception]
    id: str = "slow"
    display_name: str = "网关"
    got: list[SmsMessage] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: SmsMessage) -> SmsAnswer:
        self.got.append(message)
        self.called.set()
        await asyncio.sleep(0.05)
        answer = self.answers[min(len(self.got), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def context_of(world: World, cipher: FieldCipher) -> Callable[[SmsPlugin | None], JobContext]:
    def make(provider: SmsPlugin | None) -> JobContext:
        return JobContext(
            database=world.database,
            clock=FixedClock(NOW),
            plugins=PluginHost(sms={provider.id: provider} if provider else {}),
            settings=Settings(data_dir=Path("unused")),
            cipher=cipher,
            actor=SYSTEM,
        )

    return make


async def work(context: JobContext, *, workers: int = 1) -> None:
    """One turn of the worker, or of several at once."""
    run = {job.name: job.run for job in JOBS.jobs}
    calls = [call for finder in JOBS.finders for call in await finder.find(context)]
    await asyncio.gather(*(run[call.name](context, call.arguments) for call in calls for _ in range(workers)))


def later(context: JobContext, **delta: float) -> None:
    assert isinstance(context.clock, FixedClock)
    context.clock.advance(timedelta(**delta))


async def arrived(world: World, *, handler: str | None = "chengban.0102") -> None:
    await world.case(1, handler=handler)
    await world.arrive(1_234_50, remark="（2026）鲁0102执1号")


async def test_an_arrival_is_told_to_the_handler_once(
    world: World, context_of: Callable[[SmsPlugin | None], JobContext], tmp_path: Path
) -> None:
    await arrived(world)
    path = tmp_path / "sms.jsonl"
    context = context_of(ConsoleSms(path))
    await work(context, workers=8)
    await work(context)
    [line] = path.read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert told["text"] == "（2026）鲁0102执1号 到账 1,234.50 元，到账编号 R2026-000001。"
    assert told["phone"] == "138****1208"
    assert await world.rows("select state, attempts, provider, about from notice") == [
        ("sent", 1, "sms_console", await world.one("select id from receipt"))
    ]
    assert PHONE not in str(await world.rows("select notice::text, staff_contact::text from notice, staff_contact"))


async def test_nobody_is_told_of_what_is_nobodys_or_without_a_phone(world: World) -> None:
    await world.arrive(1)
    await world.case(1, handler=None)
    await world.arrive(1, remark="（2026）鲁0102执1号")
    await world.case(2, handler="chengban2.0102")
    await world.arrive(1, remark="（2026）鲁0102执2号")
    assert await world.rows("select 1 from notice") == []
    assert await world.one("select count(*) from receipt") == 3


@pytest.mark.parametrize("answer", [SmsAnswer(SmsState.UNKNOWN), RuntimeError("x"), "nonsense"])
async def test_what_may_have_gone_out_is_never_sent_again(
    world: World, context_of: Callable[[SmsPlugin | None], JobContext], answer: SmsAnswer | Exception
) -> None:
    await arrived(world)
    gateway = SlowGateway([answer])
    context = context_of(gateway)
    for _ in range(3):
        await work(context, workers=3)
        later(context, days=1)
    assert len(gateway.got) == 1
    assert await world.rows(STATE) == [("unknown", 1)]


async def test_a_clear_no_is_tried_again_with_the_same_id_and_then_given_up(
    world: World, context_of: Callable[[SmsPlugin | None], JobContext]
) -> None:
    await arrived(world)
    gateway = SlowGateway([SmsAnswer(SmsState.REFUSED, message="忙")])
    context = context_of(gateway)
    await work(context)
    await work(context)
    assert (len(gateway.got), await world.rows(STATE)) == (1, [("waiting", 1)])
    for _ in range(6):
        later(context, hours=1)
        await work(context)
    assert len(gateway.got) == 4
    assert len({message.message_id for message in gateway.got}) == 1
    assert {message.phone for message in gateway.got} == {PHONE}
    assert await world.rows("select state, attempts, answer from notice") == [("refused", 4, "忙")]


async def test_a_worker_that_dies_while_sending_leaves_it_unknown(
    world: World, context_of: Callable[[SmsPlugin | None], JobContext]
) -> None:
    await arrived(world)
    gateway = SlowGateway([SmsAnswer(SmsState.SENT)])
    context = context_of(gateway)
    task = asyncio.create_task(work(context))
    await gateway.called.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await world.rows(STATE) == [("sending", 1)]
    await work(context)
    later(context, minutes=3)
    await work(context)
    await work(context)
    assert (len(gateway.got), await world.rows(STATE)) == (1, [("unknown", 1)])


async def test_without_a_provider_notices_wait(
    world: World, context_of: Callable[[SmsPlugin | None], JobContext]
) -> None:
    await arrived(world)
    await work(context_of(None))
    assert await world.rows(STATE) == [("waiting", 0)]
    gateway = SlowGateway([SmsAnswer(SmsState.SENT, provider_ref="r1")])
    await work(context_of(gateway))
    assert await world.rows("select state, provider_ref from notice") == [("sent", "r1")]


async def test_the_database_lets_no_sent_notice_go_out_again(
    world: World, context_of: Callable[[SmsPlugin | None], JobContext]
) -> None:
    await arrived(world)
    await work(context_of(SlowGateway([SmsAnswer(SmsState.SENT)])))
    for change in (
        "state = 'waiting', next_at = now(), ended_at = null",
        "state = 'sending', taken_until = now(), ended_at = null",
        "body = 'x'",
    ):
        with pytest.raises(DBAPIError):
            async with world.database.write(SYSTEM) as session:
                await session.execute(text(f"update notice set {change}"))
    assert await world.rows(STATE) == [("sent", 1)]


@pytest.mark.parametrize(
    "phone", ["", "1380000120", "23800001208", "138000012080", "１３８００００１２０８", "12800001208"]
)
async def test_what_is_no_mobile_number_is_refused(world: World, cipher: FieldCipher, phone: str) -> None:
    with pytest.raises(InvalidPhone):
        async with world.database.write(SYSTEM) as session:
            await set_staff_contact(
                session,
                court_id=world.court,
                staff_id=world.province.staff_id("chuna.0102"),
                phone=phone,
                cipher=cipher,
                now=NOW,
            )
    with pytest.raises(StaffNotFound):
        async with world.database.write(SYSTEM) as session:
            await set_staff_contact(
                session, court_id=world.court, staff_id=world.fund, phone=PHONE, cipher=cipher, now=NOW
            )
    assert await world.one("select count(*) from staff_contact") == 1
