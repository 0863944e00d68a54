"""What can be wrong with a table of cases: with the file as a whole, or with one row."""

from ankuan.kernel.errors import AnkuanError, ErrorKind


class UnreadableTable(AnkuanError):
    """Neither a text table (UTF-8 or GB18030) nor an XLSX workbook."""

    code = "unreadable_table"
    kind = ErrorKind.INVALID


class UnsafeWorkbook(AnkuanError):
    """A workbook with what has no place in a list: macros, links, document types, too much inside."""

    code = "unsafe_workbook"
    kind = ErrorKind.INVALID


class EmptyTable(AnkuanError):
    """No rows under the header."""

    code = "empty_table"
    kind = ErrorKind.INVALID


class MissingColumn(AnkuanError):
    """No row looks like a header: the column of case numbers is missing."""

    code = "missing_column"
    kind = ErrorKind.INVALID


class UnknownColumn(AnkuanError):
    """A column of the header is not known. Dropping it silently could lose what it says."""

    code = "unknown_column"
    kind = ErrorKind.INVALID


class DuplicateColumn(AnkuanError):
    """Two columns of the header mean the same."""

    code = "duplicate_column"
    kind = ErrorKind.INVALID


class TooManyRows(AnkuanError):
    """More rows than one import takes."""

    code = "too_many_rows"
    kind = ErrorKind.INVALID


class FormulaCell(AnkuanError):
    """A cell with a formula, or with text that a spreadsheet would run as one."""

    code = "formula_cell"
    kind = ErrorKind.INVALID


class ErrorCell(AnkuanError):
    """A cell that shows an error of the spreadsheet."""

    code = "error_cell"
    kind = ErrorKind.INVALID


class HiddenRow(AnkuanError):
    """A hidden row: nobody who looked at the list has seen it."""

    code = "hidden_row"
    kind = ErrorKind.INVALID


class NumberCellTooLong(AnkuanError):
    """A number that a spreadsheet's number cell cannot hold exactly; it must be entered as text."""

    code = "number_cell_too_long"
    kind = ErrorKind.INVALID


class TooManyCells(AnkuanError):
    """A row with more cells than the header has columns, e.g. an amount with an unquoted comma."""

    code = "too_many_cells"
    kind = ErrorKind.INVALID


def formula_cell() -> FormulaCell:
    """A formula was found."""
    return FormulaCell("含公式单元格，请改为文本", "A cell holds a formula; enter it as text")
