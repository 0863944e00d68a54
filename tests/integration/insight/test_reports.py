"""Reports add up to the ledger: to the fen, with back-dated postings, reversals and folded days."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from ankuan.collection.claim_receipt import claim_receipt
from ankuan.identity.permission import PermissionGate
from ankuan.insight.reports.draw import draw_report
from ankuan.insight.reports.offer import ReportFailed, ReportNotFound, find_report
from ankuan.insight.reports.source import AT_A_TIME, LedgerSource
from ankuan.kernel.errors import NotAllowed, NotFound
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.fold_entries import fold_entries
from ankuan.ledger.post_hold import post_hold
from ankuan.ledger.queries import account_balance
from ankuan.ledger.reserve_hold import reserve_hold
from ankuan.ledger.reverse_entry import reverse_entry
from ankuan.platform.actor import Actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.platform.plugins import PluginHost, load_plugins
from ankuan.plugin_api.reports import Cell, Column, ColumnKind, Movement, ReportPeriod, ReportPlugin, ReportSource
from tests.fixtures.asking import Asking
from tests.fixtures.province import NOW, Province
from tests.fixtures.receiving_court import SYSTEM, TODAY, World, told

PERIOD = ReportPeriod(TODAY - timedelta(days=2), TODAY + timedelta(days=1))


@pytest.fixture
def daily() -> ReportPlugin:
    return find_report(load_plugins(), "report_daily", "csv")


async def arrive(world: World, fen: int, *, day: int, remark: str = "", payer: str = "被执行人乙") -> UUID:
    """Money that the bank books ``day`` days from today."""
    line = replace(
        told(fen, key=f"k{next(world.keys)}", remark=remark, payer=payer), booked_on=TODAY + timedelta(days=day)
    )
    recorded = await world.tell([line])
    return UUID(str(await world.one("select id from receipt where bank_line_id = :line", line=recorded.new_ids[0])))


async def pay(world: World, case: UUID, fen: int, *, day: int) -> None:
    """A hold that was paid out."""
    async with world.database.write(SYSTEM) as session:
        hold = await reserve_hold(
            session,
            court_id=world.court,
            fund_account_id=world.fund,
            case_id=case,
            amount=Money(fen),
            origin_id=new_id(),
            effective_on=TODAY + timedelta(days=day),
            memo="付款",
            now=NOW,
        )
        await post_hold(
            session,
            court_id=world.court,
            hold_id=hold,
            effective_on=TODAY + timedelta(days=day),
            memo="付款",
            now=NOW,
        )


async def busy(world: World) -> UUID:
    """Money before, on and after the first day; some of it booked after the fact, one arrival taken back."""
    case = await world.case(1)
    number = "（2026）鲁0102执1号"
    await arrive(world, 1000_00, day=-30, remark=number)
    await arrive(world, 7, day=-2)
    await pay(world, case, 300_00, day=0)
    await arrive(world, 20_00, day=0, remark=number)
    await arrive(world, 3_00, day=-1, remark=number)  # back-dated: recorded after what happened today
    await arrive(world, 5_00, day=-29)  # back-dated before the first day
    gone = await arrive(world, 11_00, day=0)
    async with world.database.write(SYSTEM) as session:
        entry = await session.scalar(
            text("select id from ledger_entry where court_id = :court and source = 'receipt' and source_ref = :ref"),
            {"court": world.court, "ref": str(gone)},
        )
        await reverse_entry(
            session, court_id=world.court, entry_id=int(entry), effective_on=TODAY, memo="退回", now=NOW
        )
    await arrive(world, 9_99, day=4)  # after the period
    return case


async def ledger_balance(world: World, on: date) -> Money:
    async with world.database.read(SYSTEM) as session:
        account = await session.scalar(
            text("select id from ledger_account where court_id = :c and fund_account_id = :f and kind = 'bank'"),
            {"c": world.court, "f": world.fund},
        )
        return await account_balance(session, court_id=world.court, account_id=int(account), as_of=on)


async def check_against_ledger(world: World) -> list[Movement]:
    """Every closing balance is the ledger's own, every movement in it, and each day begins where one ended."""
    async with world.database.read(SYSTEM) as session:
        source = LedgerSource(session, court_name="x", courts=[world.court])
        days = await source.fund_account_days(PERIOD)
        moved = [one async for one in source.movements(PERIOD)]
    assert days[0].day == PERIOD.first
    balance = await ledger_balance(world, PERIOD.first - timedelta(days=1))
    for day in days:
        assert day.opening == balance
        of_day = [one for one in moved if one.booked_on == day.day]
        assert Money.total(one.amount_in for one in of_day) == day.money_in
        assert Money.total(one.amount_out for one in of_day) == day.money_out
        balance = day.opening + day.money_in - day.money_out
        assert day.closing == balance == await ledger_balance(world, day.day)
    assert balance == await ledger_balance(world, PERIOD.last)
    assert len(moved) == sum(PERIOD.first <= one.booked_on <= PERIOD.last for one in moved)
    return moved


async def test_closing_balances_are_the_ledger_s(courts: dict[str, World]) -> None:
    world = courts["0102"]
    await busy(world)
    moved = await check_against_ledger(world)
    told_of = [(one.booked_on, one.kind, one.amount_in.fen, one.amount_out.fen, one.case_number) for one in moved]
    number = "（2026）鲁0102执1号"
    assert told_of == [
        (TODAY - timedelta(days=2), "到账", 7, 0, None),
        (TODAY - timedelta(days=1), "到账", 3_00, 0, number),
        (TODAY, "付款", 0, 300_00, number),
        (TODAY, "到账", 20_00, 0, number),
        (TODAY, "到账", 11_00, 0, None),
        (TODAY, "冲正", 0, 11_00, None),
    ]
    assert moved[1].handler_name is not None
    assert {one.counter_name for one in moved if one.kind != "付款"} == {"被执行人乙"}


async def test_folding_changes_no_figure(courts: dict[str, World]) -> None:
    world = courts["0102"]
    await busy(world)
    before = await check_against_ledger(world)
    for _ in range(3):
        async with world.database.write(SYSTEM) as session:
            await fold_entries(session, court_id=world.court)
    assert await world.one("select count(*) from ledger_fold where account_id <> 0") != 0
    assert await check_against_ledger(world) == before
    await arrive(world, 1_23, day=-1)  # behind the mark, on a folded day
    assert len(await check_against_ledger(world)) == len(before) + 1


async def test_an_arrival_names_the_cases_it_was_given_to(courts: dict[str, World]) -> None:
    world = courts["0102"]
    one, two = await world.case(1), await world.case(2, handler=None)
    receipt = await arrive(world, 100, day=0)
    async with world.database.write(SYSTEM) as session:
        await claim_receipt(
            session,
            court_id=world.court,
            receipt_id=receipt,
            allocations=[(one, Money(60)), (two, Money(30))],
            reason="x",
            now=NOW,
        )
    [movement] = await check_against_ledger(world)
    assert (movement.case_number, movement.handler_name) == ("（2026）鲁0102执1号、（2026）鲁0102执2号", None)


async def drawn(
    world: World, actor: Actor, report: ReportPlugin, folder: Path, *, ending: str = "csv", court: int | None = None
) -> tuple[list[list[object]], str]:
    path, name = await draw_report(
        world.database,
        PermissionGate(),
        actor,
        report=report,
        court_id=court or world.court,
        period=PERIOD,
        ending=ending,
        folder=folder,
    )
    if ending == "csv":
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        return [list[object](row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))], name
    [sheet] = CalamineWorkbook.from_path(path).sheet_names
    return [list[object](row) for row in CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()], name


async def test_the_daily_report_as_both_files(courts: dict[str, World], daily: ReportPlugin, tmp_path: Path) -> None:
    world = courts["0102"]
    await busy(world)
    rows, name = await drawn(world, world.actor(), daily, tmp_path)
    head, *body, last = rows
    assert head[:4] == ["日期", "法院", "案款专户", "摘要"]
    assert name.startswith("案款收支日报_")
    assert name.endswith("_20261118-20261121.csv")
    closing = await ledger_balance(world, PERIOD.last)
    assert [row for row in body if row[3] == "期末余额"][-1][9] == closing.yuan
    assert body[0][9] == (await ledger_balance(world, PERIOD.first - timedelta(days=1))).yuan == "1005.00"
    assert last[1] == "合计"
    assert last[7] == last[10] == Money(34_07).yuan
    assert last[8] == last[11] == Money(311_00).yuan
    sheet, _ = await drawn(world, world.actor(), daily, tmp_path, ending="xlsx")
    assert [str(cell) for cell in sheet[0]] == head
    assert len(sheet) == len(rows)
    for from_sheet, from_text in zip(sheet[1:], rows[1:], strict=True):
        assert [_plain(cell) for cell in from_sheet] == [_plain(cell) for cell in from_text]


def _plain(cell: object) -> object:
    """Numbers of a workbook come back as floats of whole fen or yuan; compared as text of two decimals."""
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


async def test_a_higher_court_sees_all_below_and_nobody_sees_more(
    courts: dict[str, World], province: Province, daily: ReportPlugin, tmp_path: Path
) -> None:
    basic, upper = courts["0102"], courts["01"]
    await arrive(basic, 1_00, day=0)
    await arrive(upper, 2_00, day=0)
    supervisor, own = province.actor("gaoyuan"), province.actor("caiwu.01")
    everything, _ = await drawn(upper, supervisor, daily, tmp_path)
    assert (everything[-1][7], len({row[1] for row in everything[1:-1]})) == ("3.00", 2)
    mine, _ = await drawn(upper, own, daily, tmp_path)
    assert (mine[-1][7], len({row[1] for row in mine[1:-1]})) == ("2.00", 1)
    with pytest.raises(NotFound):
        await drawn(upper, own, daily, tmp_path, court=basic.court)
    no_payouts = {name: reach for name, reach in own.permissions.items() if name != "disbursement.read"}
    with pytest.raises(NotAllowed):
        await drawn(upper, replace(own, permissions=no_payouts), daily, tmp_path)


@dataclass
class Odd:
    """A report that writes what it is told."""

    cells: Sequence[Sequence[Cell]]
    columns: tuple[Column, ...] = (Column("甲"), Column("乙", ColumnKind.MONEY, total=True))
    id: str = "odd"
    title: str = "奇表"
    description: str = "x"

    async def rows(self, source: ReportSource, period: ReportPeriod) -> AsyncIterator[Sequence[Cell]]:
        for row in self.cells:
            yield row
        if not self.cells:
            raise RuntimeError("defect")


async def test_nothing_that_was_typed_becomes_a_formula(courts: dict[str, World], tmp_path: Path) -> None:
    world = courts["0102"]
    bad = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "  =1", "\u3000=1", "\n=1"]
    good = ["公司", "1+1", "a=b", "", "6217", "'x"]
    report = Odd([(value, None) for value in [*bad, *good, "6217000000001208"]])
    rows, _ = await drawn(world, world.actor(), report, tmp_path)
    assert [row[0] for row in rows[1:-1]] == [*(f"'{value}" for value in bad), *good, "'6217000000001208"]
    sheet, _ = await drawn(world, world.actor(), report, tmp_path, ending="xlsx")
    assert [row[0] for row in sheet[1:-1]] == [*bad, *good, "6217000000001208"]


@pytest.mark.parametrize(
    "cells",
    [[], [("x",)], [("x", None, None)], [(1, None)], [("x", 1)], [("x", "1.00")], [("x", True)]],
)
async def test_a_report_that_fails_is_said_to_have_failed(
    courts: dict[str, World], tmp_path: Path, cells: Sequence[Sequence[Cell]]
) -> None:
    world = courts["0102"]
    for ending in ("csv", "xlsx"):
        with pytest.raises(ReportFailed):
            await drawn(world, world.actor(), Odd(cells), tmp_path, ending=ending)


async def test_amounts_keep_every_fen(courts: dict[str, World], tmp_path: Path) -> None:
    world = courts["0102"]
    amounts = [Money(1), Money(-1), Money(99_999_999_999_999), Money(10**15 - 1), Money(10**16 + 1)]
    rows, _ = await drawn(world, world.actor(), Odd([("x", amount) for amount in amounts]), tmp_path)
    assert [row[1] for row in rows[1:]] == [amount.yuan for amount in [*amounts, Money.total(amounts)]]
    sheet, _ = await drawn(world, world.actor(), Odd([("x", amount) for amount in amounts]), tmp_path, ending="xlsx")
    found = [row[1] for row in sheet[1:]]
    assert [_plain(cell) for cell in found[:4]] == [amount.yuan for amount in amounts[:4]]
    assert found[4:] == [Money(10**16 + 1).display(), Money.total(amounts).display()]


async def test_one_moment_for_the_whole_report(courts: dict[str, World], tmp_path: Path) -> None:
    """Money that arrives while a report is drawn is in none of its figures."""
    world = courts["0102"]
    await arrive(world, 1_00, day=0)
    seen: list[Money] = []

    @dataclass
    class Slow(Odd):
        async def rows(self, source: ReportSource, period: ReportPeriod) -> AsyncIterator[Sequence[Cell]]:
            days = await source.fund_account_days(period)
            await asyncio.shield(arrive(world, 5_00, day=0))
            seen.extend([movement.amount_in async for movement in source.movements(period)])
            yield ("x", Money.total(day.money_in for day in days))

    rows, _ = await drawn(world, world.actor(), Slow([]), tmp_path)
    assert (seen, rows[1][1]) == ([Money(1_00)], "1.00")


async def test_movements_come_from_a_cursor_of_the_server(courts: dict[str, World]) -> None:
    """Not one after the other from a list: memory must not grow with the report."""
    world = courts["0102"]
    await world.tell([told(1, key=f"m{number}") for number in range(AT_A_TIME + 10)])
    async with world.database.read(SYSTEM) as session:
        movements = LedgerSource(session, court_name="x", courts=[world.court]).movements(PERIOD)
        first = await anext(movements)
        open_cursors = text("select count(*) from pg_cursors where statement not like '%pg_cursors%'")
        assert await session.scalar(open_cursors) == 1
        assert 1 + len([one async for one in movements]) == AT_A_TIME + 10
        assert first.amount_in == Money(1)


async def test_reports_are_offered_to_whoever_is_signed_in(database: Database, province: Province) -> None:
    ask = Asking(database, FieldCipher(bytes(32)), PluginHost(reports={"odd": Odd([])}))
    query = "{ reports { id title description columns { title kind summed } } }"
    assert await ask(None, query) == {"error": "unauthenticated"}
    assert await ask(province.actor("chuna.0102"), query) == {
        "reports": [
            {
                "id": "odd",
                "title": "奇表",
                "description": "x",
                "columns": [
                    {"title": "甲", "kind": "TEXT", "summed": False},
                    {"title": "乙", "kind": "MONEY", "summed": True},
                ],
            }
        ]
    }
    for report, ending in (("odd", "pdf"), ("even", "csv")):
        with pytest.raises(ReportNotFound):
            find_report(PluginHost(reports={"odd": Odd([])}), report, ending)
