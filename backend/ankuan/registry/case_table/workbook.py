"""XLSX workbooks. Nothing in one is trusted: what is not plain cells is refused before the cells are read.

Calamine gives the cached result of a formula and nothing for an error cell, so the sheet's XML is looked through for
both (failures §2.6, uploads).
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from python_calamine import CalamineError, CalamineWorkbook

from ankuan.kernel.errors import AnkuanError
from ankuan.registry.case_table.errors import (
    ErrorCell,
    HiddenRow,
    NumberCellTooLong,
    UnreadableTable,
    UnsafeWorkbook,
    formula_cell,
)

MAX_ENTRIES: Final = 1_000
MAX_UNPACKED: Final = 50 * 1024 * 1024
MAX_RATIO: Final = 100
MAX_ROW: Final = 50_000
MAX_COLUMN: Final = 200
"""Calamine fills the whole rectangle: one cell far away would take all memory and end the process."""
EXACT_BELOW: Final = 10**15
"""Whole numbers below this are exact in a number cell, which has 15 significant digits."""

_FORBIDDEN: Final = re.compile(r"vba|macro|externallink|embeddings|activex|\.bin$|^customui", re.IGNORECASE)
# A sheet may stand under any name; what is read as one always has this element.
_SHEET: Final = b"sheetData"
_PLACE: Final = re.compile(r"(?P<column>[A-Z]{1,3})(?P<row>[1-9][0-9]{0,6})", re.ASCII)
# Two readers must not understand one part differently.
_OTHER_ENCODING: Final = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
_DOCUMENT_TYPE: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(slots=True)
class SheetFindings:
    """What the XML of a sheet says beyond its values. Problems are by row number, 1 being the first."""

    cells: int = 0
    hidden_columns: bool = False
    problems: dict[int, AnkuanError] = field(default_factory=dict)


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are a ZIP archive, as XLSX files are."""
    return content[:4] == b"PK\x03\x04"


def read_workbook(content: bytes) -> tuple[list[list[str]], dict[int, AnkuanError]]:
    """Rows of the one sheet that has cells, as text from cell A1 on, and problems by row number.

    Raises :class:`UnreadableTable`, :class:`UnsafeWorkbook`.
    """
    findings = [found for found in _look_through(content) if found.cells]
    if len(findings) > 1:
        raise UnsafeWorkbook("请只保留一个工作表", "Leave one sheet only", field="fileId")
    if not findings:
        return [], {}
    if findings[0].hidden_columns:
        raise UnsafeWorkbook("请取消隐藏的列", "Show the hidden columns", field="fileId")
    problems = findings[0].problems
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = (book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names)
        values = max(sheets, key=len)
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable() from error
    rows = []
    for number, row in enumerate(values, start=1):
        texts = []
        for value in row:
            text, problem = cell_text(value)
            texts.append(text)
            if problem is not None:
                problems.setdefault(number, problem)
        rows.append(texts)
    return rows, problems


def cell_text(value: Any) -> tuple[str, AnkuanError | None]:
    """A cell's value as text. Numbers keep all their digits or are a problem: amounts are never rounded here."""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), None
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        return (value.date().isoformat() if value.time() == time() else value.isoformat(" ")), None
    if isinstance(value, date):
        return value.isoformat(), None
    return str(value), None


def _number_text(value: float) -> tuple[str, AnkuanError | None]:
    if not abs(value) < EXACT_BELOW:  # also catches what is not a number
        problem = NumberCellTooLong(
            "数字超过 15 位，请改为文本格式", "A number of more than 15 digits; enter it as text"
        )
        return str(value), problem
    return f"{Decimal(int(value)) if value == int(value) else Decimal(repr(value)):f}", None


def _look_through(content: bytes) -> list[SheetFindings]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_archive(archive, len(content))
            # Reading every part to its end also proves that each has the size it declares.
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise _unreadable() from error
    if "xl/workbook.xml" not in parts:
        raise _unreadable()
    if any(_is_unsafe(part) for part in parts.values()):
        raise UnsafeWorkbook("工作簿含不安全的内容", "The workbook has unsafe content", field="fileId")
    return [_look_at_sheet(part) for part in parts.values() if _SHEET in part]


def _is_unsafe(part: bytes) -> bool:
    return bool(
        part[:2] in {b"\xff\xfe", b"\xfe\xff"} or _OTHER_ENCODING.search(part[:500]) or _DOCUMENT_TYPE.search(part)
    )


def _check_archive(archive: zipfile.ZipFile, packed: int) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * packed:
        raise UnsafeWorkbook("工作簿解压后过大", "The workbook is too large when unpacked", field="fileId")
    if len(set(names)) != len(names) or any(entry.flag_bits & 0x1 for entry in entries):
        raise UnsafeWorkbook("工作簿已加密或结构异常", "The workbook is encrypted or malformed", field="fileId")
    if any(_FORBIDDEN.search(name) for name in names):
        raise UnsafeWorkbook(
            "工作簿含宏、外部链接或嵌入对象", "The workbook has macros, links or embedded objects", field="fileId"
        )


def _look_at_sheet(part: bytes) -> SheetFindings:
    found = SheetFindings()
    try:
        for _, element in iterparse(io.BytesIO(part), forbid_dtd=True):
            tag = element.tag.rpartition("}")[2]
            if tag == "c":
                _look_at_cell(element, found)
            elif tag == "row":
                if element.get("hidden") in {"1", "true"} and len(element):
                    number = int(element.get("r", "0"))
                    found.problems[number] = HiddenRow("该行被隐藏", "The row is hidden")
                element.clear()
            elif tag == "col" and element.get("hidden") in {"1", "true"}:
                found.hidden_columns = True
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise _unreadable() from error
    return found


def _look_at_cell(cell: Any, found: SheetFindings) -> None:
    row = _row_of(cell)
    tags = {child.tag.rpartition("}")[2] for child in cell}
    if not tags:
        return
    found.cells += 1
    if "f" in tags:
        found.problems[row] = formula_cell()
    elif cell.get("t") == "e":
        found.problems.setdefault(row, ErrorCell("含错误值单元格", "A cell shows an error"))


def _row_of(cell: Any) -> int:
    """Row number of a cell. Raises ValueError without a place, :class:`UnsafeWorkbook` for one far away."""
    place = _PLACE.fullmatch(cell.get("r", ""))
    if place is None:
        raise ValueError("a cell without a place")
    column = 0
    for letter in place["column"]:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(place["row"])
    if row > MAX_ROW or column > MAX_COLUMN:
        raise UnsafeWorkbook(f"单元格 {place[0]} 超出范围", f"Cell {place[0]} is too far away", field="fileId")
    return row


def _unreadable() -> UnreadableTable:
    return UnreadableTable("无法读取该工作簿", "The workbook cannot be read", field="fileId")
