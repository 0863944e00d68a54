"""Tables of cases as people send them: read into rows of named cells, each with its row number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ankuan.kernel.errors import AnkuanError
from ankuan.registry.case_table.columns import IGNORED, find_header
from ankuan.registry.case_table.delimited import read_delimited
from ankuan.registry.case_table.errors import EmptyTable, TooManyCells, TooManyRows, UnreadableTable, formula_cell
from ankuan.registry.case_table.workbook import is_workbook, read_workbook

MAX_ROWS: Final = 20_000
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_NOTHING: Final = frozenset({"", "-", "—", "/", "无"})
"""What people write where there is nothing to say."""

# What a spreadsheet takes for a formula, in narrow and wide form. A sign before digits is a number.
_FORMULA: Final = re.compile(r"\s*[=＝@＠|]|[\t\r]|\s*[-+－＋](?![0-9０-９\s,，.-]+$)")


@dataclass(frozen=True, slots=True)
class CaseTableRow:
    """One row under the header. ``number`` is the row's in the file, as the sender's program shows it.

    ``cells`` has the text of each named column that is not empty; ``problem`` says why they cannot be trusted.
    """

    number: int
    cells: Mapping[str, str]
    problem: AnkuanError | None = None


def read_case_table(name: str, content: bytes) -> tuple[CaseTableRow, ...]:
    """Read an XLSX workbook or a text table; what it is shows in the bytes, not in ``name``.

    Raises the file-level errors of :mod:`ankuan.registry.case_table.errors`.
    """
    if content[:4] == _OLD_EXCEL or name.lower().endswith(".xls"):
        raise UnreadableTable(
            "不支持旧版 XLS 文件，请另存为 XLSX", "Old XLS files are not read; save it as XLSX", field="fileId"
        )
    texts, problems = read_workbook(content) if is_workbook(content) else (read_delimited(content), {})
    header, columns = find_header(texts)
    rows = [
        _row(number, texts[number - 1], columns, problems.get(number))
        for number in range(header + 2, len(texts) + 1)
        if number in problems or any(text.strip() for text in texts[number - 1])
    ]
    if not rows:
        raise EmptyTable("表中没有案件", "The table has no cases", field="fileId")
    if len(rows) > MAX_ROWS:
        raise TooManyRows(f"一次最多导入 {MAX_ROWS} 行", f"At most {MAX_ROWS} rows at a time", field="fileId")
    return tuple(rows)


def _row(number: int, texts: list[str], columns: list[str], problem: AnkuanError | None) -> CaseTableRow:
    cells = {
        column: text.strip()
        for column, text in zip(columns, texts, strict=False)
        if column != IGNORED and text.strip() not in _NOTHING
    }
    if problem is None and any(text.strip() for text in texts[len(columns) :]):
        problem = TooManyCells("单元格多于表头的列数", "The row has more cells than the header")
    if problem is None and any(text.strip() not in _NOTHING and _FORMULA.match(text) for text in texts):
        problem = formula_cell()
    return CaseTableRow(number, MappingProxyType(cells), problem)
