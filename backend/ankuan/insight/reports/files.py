"""Files of reports: rows go to the disk as they come, a few hundred at a time, off the event loop."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ankuan.insight.reports.cells import guarded
from ankuan.kernel.money import Money
from ankuan.plugin_api.reports import Cell, Column, ColumnKind

SHEET_ROWS: Final = 1_000_000
"""A sheet holds 1,048,576 rows; a longer report goes on on the next one."""
EXACT_FEN: Final = 10**15
"""A spreadsheet keeps fifteen digits; a larger amount is written as text."""
TEXT_LENGTH: Final = 32_767
WIDTHS: Final = {ColumnKind.TEXT: 22, ColumnKind.NUMBER: 10, ColumnKind.MONEY: 18, ColumnKind.DATE: 12}


class ReportFile(Protocol):
    """A file that is being written."""

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Append rows that fit the columns."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class CsvFile:
    """UTF-8 with the mark by which spreadsheets know it, CRLF. Text that would be a formula begins with ``'``."""

    def __init__(self, path: Path, title: str, columns: Sequence[Column]) -> None:
        del title  # a text file has no place for one
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([guarded(column.title) for column in columns])

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """See ``ReportFile``."""
        self._writer.writerows([_as_text(cell) for cell in row] for row in rows)

    def close(self) -> None:
        """See ``ReportFile``."""
        self._file.close()


def _as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return guarded(cell)
    return "" if cell is None else cell.yuan if isinstance(cell, Money) else str(cell)


class XlsxFile:
    """A workbook written row by row. Text is text, whatever it looks like; nothing is a formula."""

    def __init__(self, path: Path, title: str, columns: Sequence[Column]) -> None:
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent)})
        self._book.set_properties({"title": title})
        self._title = title
        self._columns = columns
        self._head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._text = self._book.add_format({"num_format": "@"})
        self._sheets = 0
        self._sheet = self._next_sheet()

    def write(self, rows: Sequence[Sequence[Cell]]) -> None:
        """See ``ReportFile``."""
        for row in rows:
            if self._row > SHEET_ROWS:
                self._sheet = self._next_sheet()
            for index, cell in enumerate(row):
                self._cell(index, cell)
            self._row += 1

    def close(self) -> None:
        """See ``ReportFile``."""
        self._book.close()

    def _next_sheet(self) -> Worksheet:
        self._sheets += 1
        sheet = self._book.add_worksheet(f"第{self._sheets}页")
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
        sheet.set_header("&C" + self._title.replace("&", "&&"))
        sheet.set_footer("&C&P / &N")
        for index, column in enumerate(self._columns):
            sheet.set_column(index, index, WIDTHS[column.kind])
            sheet.write_string(0, index, column.title, self._head)
        self._row = 1
        return sheet

    def _cell(self, index: int, cell: Cell) -> None:
        sheet, row = self._sheet, self._row
        if cell is None:
            return
        if isinstance(cell, str):
            sheet.write_string(row, index, cell[:TEXT_LENGTH], self._text)
        elif isinstance(cell, Money):
            self._amount(index, cell)
        elif isinstance(cell, int):
            sheet.write_number(row, index, cell)
        else:
            sheet.write_datetime(row, index, cell, self._date)

    def _amount(self, index: int, amount: Money) -> None:
        if abs(amount.fen) < EXACT_FEN:
            self._sheet.write_number(self._row, index, Decimal(amount.fen).scaleb(-2), self._money)
        else:
            self._sheet.write_string(self._row, index, amount.display(), self._text)


FORMATS: Final[dict[str, tuple[type[CsvFile] | type[XlsxFile], str]]] = {
    "csv": (CsvFile, "text/csv; charset=utf-8"),
    "xlsx": (XlsxFile, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""By the ending of the name: who writes it, and its media type."""
