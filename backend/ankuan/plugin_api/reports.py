"""Reports: tables that a court draws from its books. A plugin describes and arranges; the host reads, checks who may
see it, and writes the file (xlsx, csv).
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from ankuan.kernel.money import Money

Cell = str | int | Money | date | None


class ColumnKind(StrEnum):
    """How a column is aligned, formatted and summed."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """``title`` stands in the head row. ``total``: the host adds a sum below."""

    title: str
    kind: ColumnKind = ColumnKind.TEXT
    total: bool = False


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Both days included, as the bank books them."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting on a fund account, with the case it belongs to (``None``: money without a case).

    ``kind`` is the Chinese word for why money moved (到账, 付款, 冲正). One of the amounts is zero. ``case_number``
    names several cases, divided by 、, when the money was given to several; there is then no handler.
    """

    booked_on: date
    kind: str
    case_number: str | None
    handler_name: str | None
    counter_name: str
    amount_in: Money
    amount_out: Money
    memo: str
    court_name: str = ""
    fund_account_name: str = ""
    fund_account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FundAccountDay:
    """Opening balance, what came and went, and closing balance of one fund account on one day."""

    court_name: str
    fund_account_name: str
    fund_account_id: UUID
    day: date
    opening: Money
    money_in: Money
    money_out: Money
    closing: Money


@runtime_checkable
class ReportSource(Protocol):
    """What a report may read: the books of one court (with the courts below it where the reader may see them)."""

    @property
    def court_name(self) -> str:
        """The court the report is for."""
        ...

    def movements(self, period: ReportPeriod) -> AsyncIterator[Movement]:
        """Every movement of the court's fund accounts in the period: by day, within a day by fund account in the order
        of :meth:`fund_account_days`, within that in the order of posting. Both answers are of the same moment.
        """
        ...

    async def fund_account_days(self, period: ReportPeriod) -> Sequence[FundAccountDay]:
        """One row a fund account and day with movements, plus the first day of the period; by day, then by account."""
        ...


@runtime_checkable
class ReportPlugin(Protocol):
    """A report (``ankuan_register_report``)."""

    @property
    def id(self) -> str:
        """Stable id."""
        ...

    @property
    def title(self) -> str:
        """Chinese title, also the name of the file."""
        ...

    @property
    def description(self) -> str:
        """One sentence: what it shows and for whom."""
        ...

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, left to right."""
        ...

    def rows(self, source: ReportSource, period: ReportPeriod) -> AsyncIterator[Sequence[Cell]]:
        """One sequence of cells a row, as many as there are columns."""
        ...
