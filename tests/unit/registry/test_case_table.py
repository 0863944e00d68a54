"""What is not a plain table is refused as a whole, with a code that says what it was."""

import io
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from ankuan.kernel.errors import AnkuanError
from ankuan.registry.case_table import MAX_ROWS, read_case_table
from ankuan.registry.case_table.columns import column_of
from ankuan.registry.case_table.workbook import cell_text

GOOD = "案号,案由\n（2026）鲁0102执1号,借款\n"


def _book(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    fill(book)
    book.close()
    return buffer.getvalue()


def _plain(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet()
    sheet.write("A1", "案号")
    sheet.write("A2", "（2026）鲁0102执1号")


def _with_part(content: bytes, name: str, part: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            if entry != name:
                target.writestr(entry, source.read(entry))
        target.writestr(name, part)
    return buffer.getvalue()


def _sheet_of(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def _two_sheets(book: xlsxwriter.Workbook) -> None:
    _plain(book)
    _plain(book)


def _hidden_column(book: xlsxwriter.Workbook) -> None:
    _plain(book)
    book.worksheets()[0].set_column("B:B", None, None, {"hidden": True})


BOOK = _book(_plain)
SHEET = _sheet_of(BOOK)


def _with_cell(cell: bytes) -> bytes:
    return SHEET.replace(b"</sheetData>", b'<row r="9">' + cell + b"</row></sheetData>")


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing_column"),
        ("案由\n借款\n".encode(), "missing_column"),
        ("案号\n".encode(), "empty_table"),
        ("案号\n\n  \n".encode(), "empty_table"),
        ("案号,案情\n1,2\n".encode(), "unknown_column"),
        ("案号,Case No.\n1,2\n".encode(), "unknown_column"),
        ("案号,标的额,标的金额\n1,2,3\n".encode(), "duplicate_column"),
        (('案号,案由\n（2026）鲁0102执1号,"借款\n').encode(), "unreadable_table"),
        (GOOD.encode("utf-16"), "unreadable_table"),
        (GOOD.encode() + b"\x00", "unreadable_table"),
        (b"\xff\xff\xff\xff", "unreadable_table"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "unreadable_table"),
        (("案号\n" + "1\n" * (MAX_ROWS + 1)).encode(), "too_many_rows"),
        (b"PK\x03\x04rubbish", "unreadable_table"),
        (BOOK[: len(BOOK) // 2], "unreadable_table"),
        (BOOK[:200] + bytes(40) + BOOK[240:], "unreadable_table"),
        (_with_part(BOOK, "xl/vbaProject.bin", b"x"), "unsafe_workbook"),
        (_with_part(BOOK, "xl/externalLinks/externalLink1.xml", b"<x/>"), "unsafe_workbook"),
        (_with_part(BOOK, "xl/embeddings/oleObject1.xml", b"<x/>"), "unsafe_workbook"),
        (
            _with_part(BOOK, "xl/worksheets/sheet1.xml", ENTITIES + SHEET[SHEET.index(b"<worksheet") :]),
            "unsafe_workbook",
        ),
        (_with_part(BOOK, "xl/sharedStrings.xml", ENTITIES + b"<sst/>"), "unsafe_workbook"),
        (_with_part(BOOK, "xl/sharedStrings.xml", "<?xml version='1.0'?><sst/>".encode("utf-16")), "unsafe_workbook"),
        (_with_part(BOOK, "bomb", bytes(30_000_000)), "unsafe_workbook"),
        (_with_part(BOOK, "xl/worksheets/sheet1.xml", SHEET[:-30]), "unreadable_table"),
        (_with_part(BOOK, "xl/workbook.xml", b"<x/>"), "unreadable_table"),
        (
            _with_part(BOOK, "xl/worksheets/sheet1.xml", _with_cell(b'<c r="ZZZ9999999"><v>1</v></c>')),
            "unsafe_workbook",
        ),
        (_with_part(BOOK, "xl/worksheets/sheet1.xml", _with_cell(b'<c r="A60000"><v>1</v></c>')), "unsafe_workbook"),
        (_with_part(BOOK, "xl/worksheets/sheet1.xml", _with_cell(b"<c><v>1</v></c>")), "unreadable_table"),
        (_with_part(BOOK, "xl/elsewhere.txt", _with_cell(b'<c r="ZZZ9999999"><v>1</v></c>')), "unsafe_workbook"),
        (_with_part(BOOK, "xl/worksheets/sheet1.xml", SHEET.replace(b"UTF-8", b"cp037")), "unsafe_workbook"),
        (_book(_two_sheets), "unsafe_workbook"),
        (_book(_hidden_column), "unsafe_workbook"),
        (_book(lambda _: None), "missing_column"),
    ],
)
def test_a_file_that_is_no_plain_table_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(AnkuanError) as caught:
        read_case_table("cases.csv", content)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "＝1+1",
        "@SUM(A1)",
        "＠x",
        "+cmd|'/C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "|x",
        " =1",
        "\t=1",
        "－x",
        "＋x",
    ],
)
def test_what_a_spreadsheet_would_run_is_a_problem_of_its_row(cell: str) -> None:
    [row] = read_case_table("cases.csv", f'案号,案由\n（2026）鲁0102执1号,"{cell}"\n'.encode())
    assert row.problem is not None
    assert row.problem.code == "formula_cell"


@pytest.mark.parametrize("cell", ["-1", "+8613800001208", "－１２", "-1,234.50"])
def test_a_sign_before_digits_is_a_number(cell: str) -> None:
    [row] = read_case_table("cases.csv", f'案号,案由\n（2026）鲁0102执1号,"{cell}"\n'.encode())
    assert row.problem is None
    assert row.cells["cause"] == cell


def test_a_row_with_more_cells_than_the_header_is_a_problem() -> None:
    rows = read_case_table("cases.csv", "案号,标的额\n（2026）鲁0102执1号,1,234.50\n（2026）鲁0102执2号,1,,\n".encode())
    assert [row.problem and row.problem.code for row in rows] == ["too_many_cells", None]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_any_usual_delimiter_is_read(delimiter: str) -> None:
    [row] = read_case_table("cases.txt", f"案号{delimiter}cause\n（2026）鲁0102执1号{delimiter}借款\n".encode())
    assert dict(row.cells) == {"number": "（2026）鲁0102执1号", "cause": "借款"}
    assert row.number == 2


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("案号", "number"), (" 案 号： ", "number"), ("Case No", "number"), ("CASE_NUMBER", "number"),
        ("标的金额（元）", "subject_amount"), ("申请执行人证件号码", "applicant.identifier"),
        ("Respondent Phone", "respondent.phone"), ("被告", "defendant"), ("案情", None), ("", None),
    ],
)  # fmt: skip
def test_headers_are_read_in_both_languages(header: str, column: str | None) -> None:
    assert column_of(header) == column


@pytest.mark.parametrize(
    ("value", "text", "code"),
    [
        (50000.0, "50000", None), (0.1, "0.1", None), (1234.5, "1234.5", None), (1e-7, "0.0000001", None),
        (999999999999999.0, "999999999999999", None), (1e15, "1000000000000000.0", "number_cell_too_long"),
        (float("nan"), "nan", "number_cell_too_long"), (float("inf"), "inf", "number_cell_too_long"),
        (True, "TRUE", None),
    ],
)  # fmt: skip
def test_a_number_cell_keeps_its_digits_or_is_a_problem(value: object, text: str, code: str | None) -> None:
    read, problem = cell_text(value)
    assert (read, problem and problem.code) == (text, code)
