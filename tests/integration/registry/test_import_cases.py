"""Import: every row gets its answer, good rows get in, nothing gets in twice."""

import asyncio
import io
import time
from collections import Counter
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text

from ankuan.kernel.ids import new_id
from ankuan.platform.actor import system_actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.registry.import_cases import CaseImportRow, import_cases, read_case_table
from tests.fixtures.province import NOW, Province

CLERK = "guanli.0102"


async def _import(
    database: Database, province: Province, content: bytes, cipher: FieldCipher | None = None
) -> tuple[CaseImportRow, ...]:
    rows = read_case_table("cases", content)
    async with database.write(province.actor(CLERK)) as session:
        return await import_cases(session, court_id=province.court(CLERK), rows=rows, cipher=cipher, now=NOW)


def _told(rows: tuple[CaseImportRow, ...]) -> list[tuple[int, str, list[str]]]:
    return [(row.row_no, row.outcome.value, [problem.code for problem in row.problems]) for row in rows]


async def _counts(database: Database) -> tuple[int, int, int]:
    async with database.read(system_actor("test")) as session:
        row = await session.execute(
            text("select (select count(*) from court_case), (select count(*) from party), (select count(*) from event)")
        )
        cases, parties, events = row.one()
        return cases, parties, events


TABLE = """执行案件清单,,,,,,,
案号,案由,标的额（元）,承办人,部门,立案日期,申请执行人,被执行人
（2026）鲁0102执1号,借款合同纠纷,"1,234.50",承办人甲,,2026-01-05,申请执行人甲,被执行人乙、示例商贸有限公司
2026鲁0102执2,,,chengban2.0102,立案庭,2026/2/5,,
（2026）鲁0103执3号,,,,,,,
（2026）鲁0102执4号,,1.234,无名氏,体育部,2027-01-01,,
（2026）鲁0102执1号,,,,,,,
=HYPERLINK("x"),,,,,,,

案号在此,,,,,,,
（2026）鲁0102执5号,,0,,,2026-13-01,,
（2026）鲁0102执6号,-,-,—,/,无,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_all_problems_of_all_rows_come_at_once_and_good_rows_get_in(
    database: Database, province: Province, encoding: str
) -> None:
    rows = await _import(database, province, TABLE.encode(encoding))
    assert _told(rows) == [
        (3, "created", []),
        (4, "created", []),
        (5, "rejected", ["court_mismatch"]),
        (6, "rejected", ["invalid_amount", "handler_not_found", "invalid_date"]),
        (7, "rejected", ["duplicate_row"]),
        (8, "rejected", ["formula_cell"]),
        (10, "rejected", ["invalid_case_number"]),
        (11, "rejected", ["invalid_subject_amount", "invalid_date"]),
        (12, "created", []),
    ]
    assert await _counts(database) == (3, 3, 3)
    async with database.read(province.actor(CLERK)) as session:
        stored = (
            await session.execute(
                text(
                    "select c.number, c.number_typed, c.cause, c.subject_amount_fen, c.registered_on::text,"
                    " s.number as handler, d.name as department from court_case c"
                    " left join staff s on s.id = handler_id"
                    " left join department d on d.id = c.department_id order by c.number"
                )
            )
        ).all()
        kinds = await session.execute(text("select name, role, kind from party order by name"))
        assert set(map(tuple, kinds)) == {
            ("申请执行人甲", "applicant", "natural"),
            ("被执行人乙", "respondent", "natural"),
            ("示例商贸有限公司", "respondent", "legal"),
        }
    assert [tuple(row) for row in stored] == [
        ("（2026）鲁0102执1号", "（2026）鲁0102执1号", "借款合同纠纷", 123450, "2026-01-05", "chengban.0102", "执行局"),
        ("（2026）鲁0102执2号", "2026鲁0102执2", None, None, "2026-02-05", "chengban2.0102", "立案庭"),
        ("（2026）鲁0102执6号", "（2026）鲁0102执6号", None, None, "2026-11-20", None, None),
    ]


async def test_importing_again_reports_what_exists_and_doubles_nothing(database: Database, province: Province) -> None:
    first = await _import(database, province, TABLE.encode())
    before = await _counts(database)
    again = await _import(database, province, TABLE.encode())
    assert [row.outcome for row in again if row.row_no in {3, 4, 12}] == ["exists"] * 3
    assert await _counts(database) == before
    assert _told(first)[2:8] == _told(again)[2:8]


async def test_two_imports_at_once_register_each_case_once(database: Database, province: Province) -> None:
    table = "案号\n" + "\n".join(f"（2026）鲁0102执{number}号" for number in range(1, 301))
    one, two = await asyncio.gather(*[_import(database, province, table.encode()) for _ in range(2)])
    outcomes = Counter(row.outcome.value for row in (*one, *two))
    assert outcomes == {"created": 300, "exists": 300}
    assert await _counts(database) == (300, 0, 300)


async def test_ten_thousand_rows_take_seconds(database: Database, province: Province, cipher: FieldCipher) -> None:
    lines = ["案号,案由,标的额,承办人工号,申请执行人,申请执行人证件号码,被执行人,被执行人电话"]
    lines += [
        f"（2026）鲁0102执{n}号,借款合同纠纷,{n}.10,chengban.0102,申请执行人{n},37010219900101{n % 10000:04},"
        f"被执行人{n},1380000{n % 10000:04}"
        for n in range(1, 10_001)
    ]
    began = time.perf_counter()
    rows = await _import(database, province, "\n".join(lines).encode("gb18030"), cipher)
    took = time.perf_counter() - began
    assert {row.outcome.value for row in rows} == {"created"}
    assert await _counts(database) == (10_000, 20_000, 10_000)
    assert took < 20, f"{took:.1f} s"


async def test_a_workbook_says_the_same_as_the_text_table(database: Database, province: Province) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    cells: dict[str, Any] = {
        "A1": "案号", "B1": "标的额", "C1": "立案日期", "D1": "被执行人", "E1": "被执行人证件号码",
        "A2": "（2026）鲁0102执1号", "B2": 50000, "D2": "被执行人甲", "E2": "370102199001011208",
        "A3": "（2026）鲁0102执2号", "B3": 0.125,
        "A4": "（2026）鲁0102执3号", "B4": 1234.5,
        "A6": "（2026）鲁0102执4号", "D6": "被执行人丙", "E6": 370102199001011208,
        "A7": "（2026）鲁0102执5号",
        "A9": "（2026）鲁0102执7号",
    }  # fmt: skip
    for place, value in cells.items():
        sheet.write(place, value)
    sheet.write_datetime(
        "C4", NOW.replace(tzinfo=None, hour=0, minute=0), book.add_format({"num_format": "yyyy-mm-dd"})
    )
    sheet.write_formula("B7", "=1+1", value=2)
    sheet.write_formula("A8", "=A2", value="（2026）鲁0102执6号")
    sheet.set_row(8, None, None, {"hidden": True})
    book.close()
    rows = await _import(database, province, buffer.getvalue(), FieldCipher(bytes(32)))
    assert _told(rows) == [
        (2, "created", []),
        (3, "rejected", ["invalid_amount"]),
        (4, "created", []),
        (6, "rejected", ["number_cell_too_long"]),
        (7, "rejected", ["formula_cell"]),
        (8, "rejected", ["formula_cell"]),
        (9, "rejected", ["hidden_row"]),
    ]
    async with database.read(province.actor(CLERK)) as session:
        stored = await session.execute(
            text("select subject_amount_fen, registered_on::text from court_case order by number")
        )
        assert [tuple(row) for row in stored] == [(5_000_000, "2026-11-20"), (123_450, "2026-11-20")]


async def test_two_handlers_of_one_name_need_the_number(database: Database, province: Province) -> None:
    async with database.write(system_actor("test")) as session:
        twin = {"court": province.court(CLERK), "id": new_id()}
        await session.execute(
            text("insert into staff values (:court, :id, 'twin', '承办人甲', null, 'person:twin')"), twin
        )
        await session.execute(text("insert into staff_role values (:court, :id, 'handler')"), twin)
    table = "案号,承办人,工号\n（2026）鲁0102执1号,承办人甲,\n（2026）鲁0102执2号,承办人甲,twin\n"
    rows = await _import(database, province, table.encode())
    assert _told(rows) == [(2, "rejected", ["handler_ambiguous"]), (3, "created", [])]


async def test_personal_data_without_a_cipher_are_refused(database: Database, province: Province) -> None:
    with pytest.raises(TypeError):
        await _import(database, province, "案号,被执行人,被执行人电话\n（2026）鲁0102执1号,甲,138\n".encode())
    assert await _counts(database) == (0, 0, 0)
