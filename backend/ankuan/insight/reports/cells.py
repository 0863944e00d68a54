"""How cells stand in files: nothing that a person typed may become a formula, nothing may lose a digit. PURE."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.reports import Cell, Column, ColumnKind

LONG_NUMBER: Final = 12
"""Spreadsheets show longer numbers rounded: account numbers of a text file are marked as text."""
_STARTS: Final = frozenset("=+-@\t\r\n＝＋－−＠")
_KINDS: Final[dict[ColumnKind, type]] = {
    ColumnKind.TEXT: str,
    ColumnKind.NUMBER: int,
    ColumnKind.MONEY: Money,
    ColumnKind.DATE: date,
}


class BadRow(Exception):
    """A report wrote a row that does not fit its columns."""


def check_row(row: Sequence[Cell], columns: Sequence[Column]) -> None:
    """Raise :class:`BadRow` unless there is a cell a column, each empty or of the column's kind."""
    if len(row) != len(columns):
        raise BadRow(f"{len(row)} cells for {len(columns)} columns")
    for cell, column in zip(row, columns, strict=True):
        if cell is not None and (not isinstance(cell, _KINDS[column.kind]) or isinstance(cell, bool)):
            raise BadRow(f"{type(cell).__name__} in column {column.title}")


def guarded(text: str) -> str:
    """Text for a file that a spreadsheet opens by guessing: marked where it would be a formula or a long number."""
    stripped = text.lstrip(" \u3000")
    is_formula = stripped[:1] in _STARTS and bool(stripped)
    is_long_number = len(text) >= LONG_NUMBER and text.isascii() and text.isdigit()
    return f"'{text}" if is_formula or is_long_number else text


class Totals:
    """Sums of the columns that want one."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._sums = [0] * len(columns)
        self.wanted = any(column.total for column in columns)

    def add(self, row: Sequence[Cell]) -> None:
        """Count a row in; empty cells are nothing."""
        for index, column in enumerate(self._columns):
            cell = row[index]
            if column.total and cell is not None:
                self._sums[index] += cell.fen if isinstance(cell, Money) else cell if isinstance(cell, int) else 0

    def row(self) -> list[Cell]:
        """The last row: 合计 in the first column of text."""
        found: list[Cell] = [self._sum(index) for index in range(len(self._columns))]
        for index, column in enumerate(self._columns):
            if column.kind is ColumnKind.TEXT and not column.total:
                found[index] = "合计"
                break
        return found

    def _sum(self, index: int) -> Cell:
        column = self._columns[index]
        if not column.total:
            return None
        return Money(self._sums[index]) if column.kind is ColumnKind.MONEY else self._sums[index]
