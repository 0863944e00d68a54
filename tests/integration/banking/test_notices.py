"""Banks that call back (failures E): a notice is proved, kept once, and never more than a hint."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.hear_notice import NoticeEars
from ankuan.banking.issue_instruction import Issued, issue_instruction
from ankuan.banking.open_fund_account import open_fund_account
from ankuan.kernel.clock import FixedClock
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from ankuan.plugin_api.bank import AnswerState, BankNotice, IncomingNotice
from tests.fixtures.plain_bank import KEY, PlainBank, calling_bank, signed
from tests.fixtures.province import load_province
from tests.integration.banking.conftest import SYSTEM

T0 = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = T0 + timedelta(minutes=1)
ACCOUNT_NO = "3200000000000001"


@dataclass
class Desk:
    """A court whose bank calls back."""

    context: JobContext
    bank: PlainBank
    ears: NoticeEars
    court_id: int
    fund: UUID

    async def sent(self) -> Issued:
        """An order that the bank has taken; its next query is an hour off."""
        async with self.context.database.write(SYSTEM) as session:
            issued = await issue_instruction(
                session,
                court_id=self.court_id,
                fund_account_id=self.fund,
                purpose="payment",
                origin_id=new_id(),
                amount=Money(10_000),
                pay_from_sub_account=None,
                payee_account="6217000000000000018",
                payee_name="申请执行人甲",
                payee_bank_name="示例银行",
                reason_text="案款",
                now=T0,
            )
        await self.execute(issued)
        await self.rows("update instruction set next_try_at = :at where id = :i", at=LATER, i=issued.instruction_id)
        return issued

    async def execute(self, issued: Issued) -> None:
        await execute_instruction(self.context, court_id=self.court_id, instruction_id=issued.instruction_id)

    async def hear(self, notice: IncomingNotice, *, account: str | None = None) -> BankNotice | None:
        return await self.ears.hear(bank_id=self.bank.id, account_no=account, notice=notice)

    async def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        async with self.context.database.write(SYSTEM) as session:
            found = await session.execute(text(sql), values)
            return [tuple(row) for row in found] if found.returns_rows else []  # type: ignore[attr-defined]

    async def one(self, sql: str, **values: Any) -> Any:
        [[value]] = await self.rows(sql, **values)
        return value

    async def state(self, issued: Issued) -> tuple[str, bool]:
        """The state, and whether the order is due now."""
        [row] = await self.rows("select state, next_try_at from instruction where id = :i", i=issued.instruction_id)
        return str(row[0]), row[1] is not None and row[1] <= self.context.clock.now()


@pytest.fixture
async def desk(database: Database, owner_database_url: str) -> AsyncIterator[Desk]:
    province = await load_province(owner_database_url)
    bank = calling_bank()
    clock = FixedClock(T0)
    plugins = PluginHost(banks={bank.id: bank}, clock=clock)
    context = JobContext(
        database=database,
        clock=clock,
        plugins=plugins,
        settings=Settings(bank_timeout_seconds=2),
        cipher=FieldCipher(bytes(range(32))),
    )
    court_id = province.court("caiwu.0102")
    async with database.write(SYSTEM) as session:
        fund = await open_fund_account(
            session,
            court_id=court_id,
            bank_id=bank.id,
            account_no=ACCOUNT_NO,
            name="示例市历下区人民法院案款专户",
            adjustment_account_no=None,
            settings={"notice_key": KEY},
            plugins=plugins,
        )
    ears = NoticeEars(context)
    made = Desk(context, bank, ears, court_id, fund)
    await made.rows("update fund_account set poll_after = :at", at=LATER)
    yield made
    await ears.close()
    plugins.close()


async def test_a_notice_about_an_order_asks_now_and_only_the_query_settles(desk: Desk) -> None:
    issued = await desk.sent()
    desk.bank.book.states[issued.client_ref] = AnswerState.SETTLED
    told = await desk.hear(signed({"id": "n1", "kind": "order", "ref": issued.client_ref}, T0))
    assert told is not None
    assert told.reply == b"SUCCESS"
    assert await desk.state(issued) == ("accepted", True), "a hint, no more"
    await desk.execute(issued)
    assert await desk.state(issued) == ("settled", False)
    [row] = await desk.rows("select kind, client_ref, instruction_id, verdict, times from bank_notice")
    assert row == ("order", issued.client_ref, issued.instruction_id, "query", 1)
    body = await desk.one("select body from bank_notice")
    assert issued.client_ref.encode() not in bytes(body), "kept encrypted"


async def test_e1_told_a_hundred_times_is_one_effect(desk: Desk) -> None:
    issued = await desk.sent()
    notice = signed({"id": "n1", "kind": "order", "ref": issued.client_ref}, T0)
    replies = await asyncio.gather(*(desk.hear(notice) for _ in range(100)))
    assert {reply.reply for reply in replies if reply} == {b"SUCCESS"}
    assert await desk.rows("select times, verdict from bank_notice") == [(100, "query")]
    assert (
        await desk.one("select count(*) from instruction_fact where instruction_id = :i", i=issued.instruction_id) == 2
    )


async def test_e2_in_any_order(desk: Desk) -> None:
    """'Paid' overtakes 'processing': both only make the bank be asked."""
    issued = await desk.sent()
    desk.bank.book.states[issued.client_ref] = AnswerState.SETTLED
    for number, word in enumerate(("paid", "processing")):
        await desk.hear(signed({"id": f"n{number}", "kind": "order", "ref": issued.client_ref, "word": word}, T0))
    await desk.execute(issued)
    await desk.hear(signed({"id": "n9", "kind": "order", "ref": issued.client_ref, "word": "processing"}, T0))
    assert await desk.state(issued) == ("settled", False)
    verdicts = await desk.rows("select verdict from bank_notice order by notice_id")
    assert verdicts[0] == ("query",)
    assert verdicts[2] == ("no_need",)


async def test_e3_ten_thousand_forged(desk: Desk) -> None:
    issued = await desk.sent()
    good = signed({"id": "n1", "kind": "order", "ref": issued.client_ref}, T0)
    draw = random.Random(3)
    for number in range(10_000):
        assert await desk.hear(_mutated(good, draw, number), account=ACCOUNT_NO) is None
    assert await desk.rows("select 1 from bank_notice") == []
    assert await desk.state(issued) == ("accepted", False)
    assert await desk.rows("select kind, times from alarm where cleared_at is null") == [("bank_notice_refused", 1)]
    assert await desk.hear(good, account=ACCOUNT_NO) is not None, "the genuine one still counts"


def _mutated(good: IncomingNotice, draw: random.Random, number: int) -> IncomingNotice:
    body, headers = bytearray(good.body), dict(good.headers)
    match number % 5:
        case 0:
            body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)
        case 1:
            del body[draw.randrange(len(body)) :]
        case 2:
            sign = list(headers["x-sign"])
            at = draw.randrange(len(sign))
            sign[at] = "0123456789abcdef"[("0123456789abcdef".index(sign[at]) + draw.randrange(1, 16)) % 16]
            headers["x-sign"] = "".join(sign)
        case 3:
            headers["x-time"] = draw.choice(["", "-1", "9" * 30, str(int(headers["x-time"]) + draw.randrange(1, 900))])
        case _:
            headers.pop(draw.choice(["x-sign", "x-time"]))
    return replace(good, body=bytes(body), headers=headers)


async def test_e4_replayed(desk: Desk) -> None:
    issued = await desk.sent()
    notice = signed({"id": "n1", "kind": "order", "ref": issued.client_ref}, T0)
    await desk.hear(notice)
    await desk.execute(issued)
    await desk.rows("update instruction set next_try_at = :at where id = :i", at=LATER, i=issued.instruction_id)
    assert await desk.hear(notice) is not None
    assert await desk.state(issued) == ("accepted", False), "known already: nothing is brought forward"
    desk.context.clock.advance(timedelta(minutes=6))  # type: ignore[attr-defined]
    assert await desk.hear(notice) is None, "a stale stamp is no stamp"


async def test_e5_about_an_order_that_nobody_knows(desk: Desk) -> None:
    assert await desk.hear(signed({"id": "n1", "kind": "order", "ref": "2611200000000001"}, T0)) is not None
    assert await desk.rows("select verdict, instruction_id from bank_notice") == [("unknown_order", None)]
    assert await desk.rows("select kind from alarm where cleared_at is null") == [("bank_notice_unknown_order",)]
    assert await desk.one("select poll_after from fund_account") == T0, "and the account is read at once"


async def test_e6_another_amount_has_no_effect(desk: Desk) -> None:
    issued = await desk.sent()
    told = {"id": "n1", "kind": "order", "ref": issued.client_ref, "fen": 1, "state": "paid"}
    await desk.hear(signed(told, T0))
    await desk.execute(issued)
    assert (await desk.state(issued))[0] == "accepted", "the bank, when asked, has not paid"


async def test_e7_before_our_own_send_is_committed(desk: Desk) -> None:
    """The bank calls while the submission is still on the wire: the notice waits for nobody, the answers merge."""
    issued = await desk.sent()
    await desk.rows(
        "update instruction set lease_token = gen_random_uuid(), lease_until = clock_timestamp() + interval '1 minute'"
    )
    desk.bank.book.states[issued.client_ref] = AnswerState.SETTLED
    began = time.monotonic()
    assert await desk.hear(signed({"id": "n1", "kind": "order", "ref": issued.client_ref}, T0)) is not None
    assert time.monotonic() - began < 2
    await desk.rows("update instruction set lease_token = null, lease_until = null, next_try_at = :at", at=T0)
    await desk.execute(issued)
    assert (await desk.state(issued))[0] == "settled"


async def test_e7_the_row_is_locked_by_whoever_commits_the_answer(desk: Desk) -> None:
    issued = await desk.sent()
    async with desk.context.database.write(SYSTEM) as session:
        await session.execute(text("select 1 from instruction for update"))
        await session.execute(text("select 1 from fund_account for no key update"))
        async with asyncio.timeout(2):
            await desk.hear(signed({"id": "n2", "kind": "order", "ref": issued.client_ref}, T0))
            await desk.hear(signed({"id": "n3", "kind": "movement"}, T0))
    assert await desk.rows("select verdict from bank_notice") == [("no_need",), ("no_need",)]


async def test_a_movement_reads_the_account_now_but_not_without_end(desk: Desk) -> None:
    await desk.rows("update fund_account set polled_at = :at", at=T0 - timedelta(seconds=1))
    await desk.hear(signed({"id": "n1", "kind": "movement"}, T0))
    assert await desk.one("select poll_after from fund_account") == T0 + timedelta(seconds=1)
    await desk.hear(signed({"id": "n2", "kind": "movement"}, T0))
    assert await desk.rows("select verdict from bank_notice order by notice_id") == [("poll",), ("no_need",)]


async def test_the_bank_is_not_asked_sooner_than_it_wants(desk: Desk) -> None:
    issued = await desk.sent()
    patient = replace(desk.bank.capabilities, query_after=timedelta(minutes=30))
    desk.bank.capabilities = patient
    await desk.rows("update instruction set next_try_at = :at", at=T0 + timedelta(hours=1))
    await desk.hear(signed({"id": "n1", "kind": "order", "ref": issued.client_ref}, T0))
    sent_at = await desk.one("select last_sent_at from instruction")
    assert await desk.one("select next_try_at from instruction") == sent_at + timedelta(minutes=30)


async def test_e8_a_burst_is_answered_fast(desk: Desk) -> None:
    issued = await desk.sent()
    notices = [signed({"id": f"n{n}", "kind": "order", "ref": issued.client_ref}, T0) for n in range(1_000)]
    turns = asyncio.Semaphore(4)

    async def one(notice: IncomingNotice) -> bool:
        async with turns:
            return await desk.hear(notice) is not None

    began = time.monotonic()
    assert all(await asyncio.gather(*(one(notice) for notice in notices)))
    seconds = time.monotonic() - began
    print(f"E8: 1,000 notices in {seconds:.1f} s")
    assert seconds < 60
    assert await desk.one("select count(*) from bank_notice") == 1_000
    assert await desk.rows("select count(*) from bank_notice where verdict = 'query'") == [(1,)], "one hint was enough"


async def test_what_was_called_is_never_edited(desk: Desk) -> None:
    await desk.hear(signed({"id": "n1", "kind": "other"}, T0))
    for wrong in (
        "update bank_notice set verdict = 'poll'",
        "update bank_notice set times = 0",
        "delete from bank_notice",
    ):
        with pytest.raises(Exception, match=r"AK001|fixed|permission|ck_bank"):
            await desk.rows(wrong)
    assert await desk.rows("select verdict, times from bank_notice") == [("other", 1)]
