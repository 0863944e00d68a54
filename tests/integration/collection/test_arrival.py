"""Money arrives: by sub-account, by remark, or as unidentified money; each booking once."""

from uuid import UUID

import pytest
from sqlalchemy import text

from ankuan.collection.receive_lines import receive_lines
from ankuan.plugin_api.bank import LineDirection, LineKind
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import SYSTEM, World, told


async def test_an_enforcement_case_gets_its_number_at_once(world: World) -> None:
    [first, _] = await world.fill(2)
    case = await world.case(1)
    assert await world.rows("select number, status, case_id from sub_account where case_id is not null") == [
        (first, "bound", case)
    ]
    assert await world.rows("select case_id, sub_account_no from case_account") == [(case, first)]
    assert await world.rows("select case_id, released_at from sub_account_binding") == [(case, None)]
    await world.case(2, prefix="民初")
    assert await world.one("select count(*) from sub_account where status = 'free'") == 1


async def test_money_to_a_sub_account_belongs_to_its_case(world: World) -> None:
    await world.fill(1)
    case = await world.case(1)
    number = await world.bind(case)
    receipt = await world.arrive(123_45, to=number, remark="案款")
    assert await world.rows(
        "select number, amount_fen, allocated_fen, status, match_rule, payer_account_masked from receipt"
    ) == [("R2026-000001", 12345, 12345, "allocated", "sub_account", "6217****1208")]
    assert await world.rows("select case_id, amount_fen, allocated_by, adjustment from allocation") == [
        (case, 12345, "系统匹配", "none")
    ]
    assert await world.balance("case", case) == 12345
    events = await world.rows("select kind, subject, payload from event where kind like 'receipt%'")
    handler = str(world.province.staff_id("chengban.0102"))
    assert events == [
        (
            "receipt.arrived",
            receipt,
            {"number": "R2026-000001", "amount_fen": 12345, "case_id": str(case), "handler_id": handler},
        )
    ]


async def test_money_found_by_its_remark_is_to_be_moved_at_the_bank(world: World) -> None:
    case = await world.case(123)
    await world.arrive(500, remark="2026鲁0102执123号案款", adjustment_ref="0000000000017")
    assert await world.rows("select match_rule, status from receipt") == [("remark", "allocated")]
    assert await world.rows("select case_id, adjustment from allocation") == [(case, "due")]
    assert "执123号" in str(await world.one("select match_explanation ->> 'text' from receipt"))
    assert await world.balance("case", case) == 500


@pytest.mark.parametrize(
    "remark", ["", "货款", "（2026）鲁0102执999号", "执123", "（2026）鲁0102执123号、124号", "2026鲁0103执123号"]
)
async def test_f6_what_names_no_sure_case_stays_unidentified(world: World, remark: str) -> None:
    await world.case(123)
    await world.arrive(500, remark=remark)
    assert await world.rows("select status, match_rule, allocated_fen from receipt") == [("unidentified", "none", 0)]
    assert await world.rows("select 1 from allocation") == []
    assert await world.balance("unidentified") == 500


@pytest.mark.parametrize("status", ["closed", "cooling", "frozen"])
async def test_f8_late_money_is_nobodys_whatever_its_remark_says(world: World, status: str) -> None:
    await world.fill(1)
    case = await world.case(123)
    number = await world.bind(case)
    async with world.database.write(SYSTEM) as session:
        keep = status == "frozen"
        await session.execute(
            text("update sub_account set status = :status, case_id = case when :keep then case_id end"),
            {"status": status, "keep": keep},
        )
    await world.arrive(700, to=number, remark="（2026）鲁0102执123号")
    assert await world.rows("select status, match_rule from receipt") == [("unidentified", "none")]
    assert (await world.balance("unidentified"), await world.balance("case", case)) == (700, 0)


async def test_money_for_a_closed_case_stays_unidentified(world: World) -> None:
    await world.fill(1)
    case = await world.case(123)
    number = await world.bind(case)
    async with world.database.write(SYSTEM) as session:
        await session.execute(text("update court_case set status = 'closed', closed_on = '2026-11-19'"))
    await world.arrive(700, to=number)
    await world.arrive(800, remark="（2026）鲁0102执123号")
    assert await world.balance("unidentified") == 1500
    explanations = [str(row[0]) for row in await world.rows("select match_explanation ->> 'text' from receipt")]
    assert all("已结案" in explanation for explanation in explanations)


async def test_a_suspended_case_still_takes_money(world: World) -> None:
    await world.fill(1)
    case = await world.case(1)
    async with world.database.write(SYSTEM) as session:
        await session.execute(text("update court_case set status = 'suspended'"))
    await world.arrive(700, to=await world.bind(case))
    assert await world.balance("case", case) == 700


async def test_the_same_line_from_two_feeds_is_one_receipt_and_two_equal_lines_are_two(world: World) -> None:
    first, second = told(900, key="a"), told(900, key="b")
    await world.tell([first, second])
    assert (await world.tell([first, second])).new_ids == ()
    assert (await world.tell([told(900, key="x"), told(900, key="y")], source="mt940")).new_ids == ()
    assert await world.rows("select number, amount_fen from receipt order by 1") == [
        ("R2026-000001", 900),
        ("R2026-000002", 900),
    ]
    assert await world.balance("unidentified") == 1800


async def test_receiving_a_line_again_answers_the_first_receipt(world: World) -> None:
    receipt = await world.arrive(900)
    line_id = UUID(str(await world.one("select bank_line_id from receipt")))
    before = await world.dump()
    async with world.database.write(SYSTEM) as session:
        again = await receive_lines(
            session, court_id=world.court, fund_account_id=world.fund, line_ids=[line_id, line_id], now=NOW
        )
    assert again == {line_id: receipt}
    assert await world.dump() == before


async def test_only_external_credits_are_receipts(world: World) -> None:
    await world.tell([told(1, key=kind.value, kind=kind) for kind in LineKind if kind is not LineKind.EXTERNAL])
    await world.tell([told(1, key="out", direction=LineDirection.DEBIT)])
    assert await world.rows("select 1 from receipt") == []
    assert await world.rows("select 1 from ledger_entry") == []


async def test_a_case_that_found_the_pool_empty_waits_and_is_told_so(world: World) -> None:
    case = await world.case(1)
    assert await world.rows("select case_id, served_at from sub_account_wish") == [(case, None)]
    assert await world.rows("select kind from alarm") == [("sub_account_pool_low",)]
