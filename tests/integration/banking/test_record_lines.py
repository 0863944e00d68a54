"""One booking is one line, however many feeds tell it; two equal bookings are two (I16, F2, F13)."""

import asyncio
from dataclasses import replace
from datetime import date

from sqlalchemy import func, select

from ankuan.banking.queries import instructions_by_id
from ankuan.banking.record_lines import Feed, RecordedLines, record_lines
from ankuan.banking.tables import BankLine as Line
from ankuan.kernel.money import Money
from ankuan.platform.tables import Alarm, EventRow
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from tests.fixtures.province import NOW
from tests.integration.banking.conftest import SYSTEM, Bench


def credit(key: str, fen: int = 12_345, remark: str = "（2026）鲁0102执1号 案款") -> BankLine:
    return BankLine(
        bank_key=key,
        direction=LineDirection.CREDIT,
        kind=LineKind.EXTERNAL,
        amount=Money(fen),
        booked_on=date(2026, 11, 20),
        booked_at=NOW,
        sub_account_no=None,
        counter_name="被执行人乙",
        counter_account="6217000000000000018",
        counter_bank="",
        remark=remark,
    )


def debit(key: str, client_ref: str | None, fen: int = 10_000, account: str = "6217000000000000018") -> BankLine:
    return replace(
        credit(key, fen), direction=LineDirection.DEBIT, client_ref=client_ref, counter_account=account, bank_ref="F1"
    )


async def tell(bench: Bench, *lines: BankLine, source: Feed = "poll") -> RecordedLines:
    async with bench.database.write(SYSTEM) as session:
        return await record_lines(
            session,
            court_id=bench.court_id,
            fund_account_id=bench.fund_account_id,
            lines=lines,
            source=source,
            now=NOW,
        )


async def count(bench: Bench) -> tuple[int, int]:
    """Lines, and events telling of lines."""
    async with bench.database.read(SYSTEM) as session:
        lines = await session.scalar(select(func.count()).select_from(Line))
        events = await session.scalar(select(func.count()).where(EventRow.kind == "bank_line.seen"))
    return int(lines or 0), int(events or 0)


async def alarms(bench: Bench) -> list[str]:
    async with bench.database.read(SYSTEM) as session:
        return sorted(await session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))))


async def state_of(bench: Bench, key: object) -> str:
    async with bench.database.read(SYSTEM) as session:
        return (await instructions_by_id(session, [(bench.court_id, key)]))[bench.court_id, key].state  # type: ignore[list-item,index]


async def test_the_same_key_is_one_line(bench: Bench) -> None:
    first = await tell(bench, credit("a"), credit("a"))
    again = await tell(bench, credit("a"))
    assert (len(first.new_ids), first.known) == (1, 1)
    assert (len(again.new_ids), again.known) == (0, 1)
    assert first.line_ids == again.line_ids
    assert await count(bench) == (1, 1)


async def test_two_equal_bookings_of_one_feed_are_two(bench: Bench) -> None:
    told = await tell(bench, credit("a"), credit("b"))
    assert len(told.new_ids) == 2
    assert await count(bench) == (2, 2)


async def test_another_feed_tells_the_same_bookings(bench: Bench) -> None:
    polled = await tell(bench, credit("a"), credit("b"))
    imported = await tell(bench, credit("x"), credit("y"), credit("z"), source="mt940")
    assert len(imported.new_ids) == 1, "three in the statement, two were told: one is new"
    assert {imported.line_ids["x"], imported.line_ids["y"]} == set(polled.new_ids)
    late = await tell(bench, credit("c"))
    assert late.new_ids == ()
    assert late.line_ids["c"] == imported.line_ids["z"]
    assert await count(bench) == (3, 3)


async def test_three_feeds_and_other_print(bench: Bench) -> None:
    await tell(bench, credit("m", remark="（2026）鲁0102执1号 案款"), source="mt940")
    await tell(bench, credit("c", remark="(2026)鲁0102执1号案款"), source="camt053")
    assert len((await tell(bench, credit("p", remark="（2026） 鲁0102执1号案款"))).new_ids) == 0
    assert await count(bench) == (1, 1)


async def test_other_content_is_another_booking(bench: Bench) -> None:
    await tell(bench, credit("a"))
    changed = [
        credit("b", fen=12_346),
        credit("c", remark="无"),
        replace(credit("d"), booked_on=date(2026, 11, 21)),
        replace(credit("e"), counter_account="1"),
        replace(credit("f"), direction=LineDirection.DEBIT, kind=LineKind.FEE),
    ]
    assert len((await tell(bench, *changed, source="mt940")).new_ids) == 5


async def test_many_polls_at_once_record_once(bench: Bench) -> None:
    lines = [credit(f"k{i}", fen=100 + i % 3) for i in range(30)]
    told = await asyncio.gather(*(tell(bench, *lines) for _ in range(8)))
    assert sum(len(one.new_ids) for one in told) == 30
    assert await count(bench) == (30, 30)


async def test_f3_a_key_that_changes_its_meaning_is_an_alarm(bench: Bench) -> None:
    await tell(bench, credit("a"))
    await tell(bench, credit("a", fen=1))
    assert await alarms(bench) == ["bank_line_changed"]
    assert await count(bench) == (1, 1)


async def test_a_debit_line_settles_its_order_once(bench: Bench) -> None:
    issued = await bench.issue()
    await tell(bench, debit("d1", issued.client_ref))
    assert await state_of(bench, issued.instruction_id) == "settled"
    assert await alarms(bench) == ["instruction_executed_unsent"]
    await tell(bench, debit("d2", issued.client_ref))
    assert await alarms(bench) == ["instruction_executed_unsent", "instruction_paid_twice"]


async def test_a_line_with_another_amount_or_account_settles_nothing(bench: Bench) -> None:
    issued = await bench.issue()
    await tell(bench, debit("d1", issued.client_ref, fen=10_001), debit("d2", issued.client_ref, account="别处"))
    assert await state_of(bench, issued.instruction_id) == "accepted", "the bank has it: never to be sent"
    assert await alarms(bench) == ["instruction_line_differs"]


async def test_money_that_leaves_without_an_order_is_an_alarm(bench: Bench) -> None:
    await tell(bench, debit("d1", None), debit("d2", "01029901010000000000"))
    assert await alarms(bench) == ["unexplained_debit"]


async def test_f7_a_reversal_is_told_and_settles_nothing(bench: Bench) -> None:
    """The bank takes back a booking of its own (冲正): neither a payment of ours nor one that nobody explains."""
    issued = await bench.issue()
    await tell(bench, replace(debit("d1", issued.client_ref), kind=LineKind.REVERSAL))
    await tell(bench, replace(credit("c1"), kind=LineKind.REVERSAL))
    assert await state_of(bench, issued.instruction_id) == "ready"
    assert await alarms(bench) == ["bank_line_reversed"]
