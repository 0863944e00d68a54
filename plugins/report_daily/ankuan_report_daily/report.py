"""案款收支日报: of each fund account and day what was there, each movement, and what is there after it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.reports import Cell, Column, ColumnKind, FundAccountDay, Movement, ReportPeriod, ReportSource

COLUMNS: Final = (
    Column("日期", ColumnKind.DATE),
    Column("法院"),
    Column("案款专户"),
    Column("摘要"),
    Column("案号"),
    Column("承办人"),
    Column("对方户名"),
    Column("收入", ColumnKind.MONEY, total=True),
    Column("支出", ColumnKind.MONEY, total=True),
    Column("余额", ColumnKind.MONEY),
    Column("本日收入", ColumnKind.MONEY, total=True),
    Column("本日支出", ColumnKind.MONEY, total=True),
    Column("备注"),
)


class BooksDisagree(Exception):
    """Movements and balances of a day do not fit each other. Such a report is not drawn."""


class DailyReport:
    """Implements ``ReportPlugin``."""

    id = "report_daily"
    title = "案款收支日报"
    description = "各案款专户逐日的期初余额、逐笔收支和期末余额，供财务核对与归档"
    columns = COLUMNS

    async def rows(self, source: ReportSource, period: ReportPeriod) -> AsyncIterator[Sequence[Cell]]:
        """A day's opening, its movements with the balance after each, its closing. Raises :class:`BooksDisagree`."""
        days = iter(await source.fund_account_days(period))
        page: _Page | None = None
        async for movement in source.movements(period):
            while page is None or not page.is_of(movement):
                if page is not None:
                    yield page.closing()
                page = _next(days, movement)
                yield page.opening()
            yield page.take(movement)
        if page is not None:
            yield page.closing()
        for day in days:
            page = _Page(day)
            yield page.opening()
            yield page.closing()


class _Page:
    """One day of one fund account while it is being written."""

    def __init__(self, day: FundAccountDay) -> None:
        self._day = day
        self._balance = day.opening
        self._in, self._out = Money(0), Money(0)

    def is_of(self, movement: Movement) -> bool:
        """Whether the movement stands on this page."""
        return (movement.booked_on, movement.fund_account_id) == (self._day.day, self._day.fund_account_id)

    def opening(self) -> Sequence[Cell]:
        """The first row."""
        return self._row("期初余额", balance=self._balance)

    def take(self, movement: Movement) -> Sequence[Cell]:
        """A movement, with the balance after it."""
        self._in += movement.amount_in
        self._out += movement.amount_out
        self._balance += movement.amount_in - movement.amount_out
        return (
            self._day.day,
            self._day.court_name,
            self._day.fund_account_name,
            movement.kind,
            movement.case_number,
            movement.handler_name,
            movement.counter_name,
            movement.amount_in or None,
            movement.amount_out or None,
            self._balance,
            None,
            None,
            movement.memo,
        )

    def closing(self) -> Sequence[Cell]:
        """The last row, once what was written equals what the books say of the day."""
        written = (self._in, self._out, self._balance)
        if written != (self._day.money_in, self._day.money_out, self._day.closing):
            raise BooksDisagree(f"{self._day.fund_account_name} {self._day.day}")
        return self._row("期末余额", balance=self._balance, money_in=self._in, money_out=self._out)

    def _row(
        self, word: str, *, balance: Money, money_in: Money | None = None, money_out: Money | None = None
    ) -> Sequence[Cell]:
        day = self._day
        head = (day.day, day.court_name, day.fund_account_name, word)
        return (*head, None, None, None, None, None, balance, money_in, money_out, None)


def _next(days: Iterator[FundAccountDay], movement: Movement) -> _Page:
    for day in days:
        return _Page(day)
    raise BooksDisagree(f"{movement.fund_account_name} {movement.booked_on}: a movement without its day")
