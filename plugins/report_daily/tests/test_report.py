"""The report over a source in memory that answers as the contract says."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.reports import (
    Cell,
    FundAccountDay,
    Movement,
    ReportPeriod,
    ReportPlugin,
    ReportSource,
)
from ankuan_report_daily import ankuan_register_report
from ankuan_report_daily.report import COLUMNS, BooksDisagree, DailyReport

FIRST = date(2026, 11, 20)
PERIOD = ReportPeriod(FIRST, FIRST + timedelta(days=2))
A, B = UUID(int=1), UUID(int=2)
TITLES = [column.title for column in COLUMNS]


def move(after: int, fund: UUID, fen: int) -> Movement:
    booked = FIRST + timedelta(days=after)
    came, went = Money(max(fen, 0)), Money(max(-fen, 0))
    return Movement(booked, "到账", "（2026）鲁0102执1号", "承办人甲", "付款人", came, went, "备", fund_account_id=fund)


def day(after: int, fund: UUID, opening: int, came: int, went: int) -> FundAccountDay:
    on = FIRST + timedelta(days=after)
    return FundAccountDay(
        "示例法院", f"专户{fund.int}", fund, on, Money(opening), Money(came), Money(went), Money(opening + came - went)
    )


@dataclass
class Source:
    days: Sequence[FundAccountDay]
    moved: Sequence[Movement]
    court_name: str = "示例法院"

    async def movements(self, period: ReportPeriod) -> AsyncIterator[Movement]:
        for one in self.moved:
            assert period.first <= one.booked_on <= period.last
            yield one

    async def fund_account_days(self, period: ReportPeriod) -> Sequence[FundAccountDay]:
        return self.days


SOURCE = Source(
    [day(0, A, 1_00, 5_00, 2_00), day(0, B, 7_00, 0, 0), day(2, A, 4_00, 0, 4_00), day(2, B, 7_00, 1, 0)],
    [move(0, A, 5_00), move(0, A, -2_00), move(2, A, -4_00), move(2, B, 1)],
)


async def drawn(source: Source) -> list[dict[str, Cell]]:
    assert isinstance(source, ReportSource)
    rows = [row async for row in DailyReport().rows(source, PERIOD)]
    assert {len(row) for row in rows} <= {len(COLUMNS)}
    return [dict(zip(TITLES, row, strict=True)) for row in rows]


def test_it_is_what_the_contract_asks_for() -> None:
    assert isinstance(ankuan_register_report(), ReportPlugin)


async def test_a_day_opens_moves_and_closes() -> None:
    rows = await drawn(SOURCE)
    told = [(row["日期"], row["案款专户"], row["摘要"], row["余额"]) for row in rows]
    third = FIRST + timedelta(days=2)
    assert told == [
        (FIRST, "专户1", "期初余额", Money(1_00)),
        (FIRST, "专户1", "到账", Money(6_00)),
        (FIRST, "专户1", "到账", Money(4_00)),
        (FIRST, "专户1", "期末余额", Money(4_00)),
        (FIRST, "专户2", "期初余额", Money(7_00)),
        (FIRST, "专户2", "期末余额", Money(7_00)),
        (third, "专户1", "期初余额", Money(4_00)),
        (third, "专户1", "到账", Money(0)),
        (third, "专户1", "期末余额", Money(0)),
        (third, "专户2", "期初余额", Money(7_00)),
        (third, "专户2", "到账", Money(7_01)),
        (third, "专户2", "期末余额", Money(7_01)),
    ]
    assert (rows[1]["收入"], rows[1]["支出"], rows[2]["收入"], rows[2]["支出"]) == (
        Money(5_00), None, None, Money(2_00)
    )  # fmt: skip
    assert (rows[1]["案号"], rows[1]["承办人"], rows[1]["备注"]) == ("（2026）鲁0102执1号", "承办人甲", "备")


async def test_movements_and_days_have_the_same_totals() -> None:
    rows = await drawn(SOURCE)
    for each, daily in (("收入", "本日收入"), ("支出", "本日支出")):
        sums = [sum(cell.fen for row in rows if isinstance(cell := row[name], Money)) for name in (each, daily)]
        assert sums[0] == sums[1] > 0
    assert {column.title for column in COLUMNS if column.total} == {"收入", "支出", "本日收入", "本日支出"}


@pytest.mark.parametrize("fault", ["missing", "more", "other amount", "no day", "other account", "closing"])
async def test_books_that_disagree_make_no_report(fault: str) -> None:
    days, moved = list(SOURCE.days), list(SOURCE.moved)
    match fault:
        case "missing":
            del moved[1]
        case "more":
            moved.insert(0, move(0, A, 1))
        case "other amount":
            moved[3] = move(2, B, 2)
        case "no day":
            del days[2:]
        case "other account":
            moved[3] = move(2, UUID(int=3), 1)
        case "closing":
            days[0] = replace(days[0], closing=Money(1))
    with pytest.raises(BooksDisagree):
        await drawn(Source(days, moved))


async def test_a_period_without_movements_still_shows_what_is_there() -> None:
    rows = await drawn(Source([day(0, A, 9_00, 0, 0)], []))
    assert [(row["摘要"], row["余额"]) for row in rows] == [("期初余额", Money(9_00)), ("期末余额", Money(9_00))]
    assert await drawn(Source([], [])) == []
