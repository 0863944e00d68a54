"""Importing files: usable rows become lines once, the others are listed; a second time nothing is added."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from ankuan.banking.import_statement import ImportedStatement, StatementFormat, import_statement
from ankuan.banking.queries import search_import_rows
from ankuan.banking.statements.rows import StatementUnreadable
from ankuan.banking.tables import BankLine, StatementImport
from tests.fixtures.province import NOW
from tests.integration.banking.conftest import SYSTEM, Bench

FILES = Path(__file__).parents[2] / "fixtures" / "statements"
MT940, CAMT053 = StatementFormat.MT940, StatementFormat.CAMT053


async def bring(
    bench: Bench, name: str, form: StatementFormat = MT940, content: bytes | None = None
) -> ImportedStatement:
    async with bench.database.write(SYSTEM) as session:
        return await import_statement(
            session,
            court_id=bench.court_id,
            fund_account_id=bench.fund_account_id,
            file_name=name,
            content=content if content is not None else (FILES / name).read_bytes(),
            format=form,
            now=NOW,
        )


async def booked(bench: Bench) -> list[int]:
    async with bench.database.read(SYSTEM) as session:
        return sorted(await session.scalars(select(BankLine.amount_fen)))


async def test_imported_twice_nothing_is_doubled_and_nothing_lost(bench: Bench) -> None:
    first = await bring(bench, "court_account.sta")
    again = await bring(bench, "court_account.sta")
    assert (first.rows, first.recorded, first.duplicates, first.rejected) == (7, 5, 0, 2)
    assert (again.rows, again.recorded, again.duplicates, again.rejected) == (7, 0, 5, 2)
    assert await booked(bench) == [1, 50_000, 50_000, 1_234_567, 2_147_483_648]
    async with bench.database.read(SYSTEM) as session:
        page = await search_import_rows(session, court_id=bench.court_id, import_id=first.import_id, outcome="rejected")
    assert [(row.row_no, row.reason, row.amount_fen) for row in page.rows] == [
        (4, "debit", -902_900),
        (7, "reversal", -50_000),
    ]
    assert "KEB2611200004" in page.rows[0].text


async def test_a_longer_file_of_the_same_days_adds_only_what_is_new(bench: Bench) -> None:
    text = (FILES / "court_account.sta").read_text(encoding="utf-8")
    first_page = text[: text.index("-}{4:")]
    assert (await bring(bench, "page.sta", content=first_page.encode())).recorded == 3
    whole = await bring(bench, "court_account.sta", content=text.encode("gb18030"))
    assert (whole.recorded, whole.duplicates) == (2, 3)


async def test_f13_two_channels_tell_the_same_day(bench: Bench) -> None:
    await bring(bench, "court_account.sta")
    camt = await bring(bench, "court_account.camt053.xml", CAMT053)
    assert (camt.rows, camt.recorded, camt.duplicates, camt.rejected) == (5, 1, 1, 3)
    assert await booked(bench) == [1, 50_000, 50_000, 50_000, 1_234_567, 2_147_483_648]


async def test_all_unusable_rows_are_listed(bench: Bench) -> None:
    done = await bring(bench, "unusable.sta")
    assert (done.rows, done.recorded, done.rejected) == (12, 1, 11)
    assert await booked(bench) == [900]


@pytest.mark.parametrize("form", list(StatementFormat))
async def test_a_file_of_another_kind_changes_nothing(bench: Bench, form: StatementFormat) -> None:
    with pytest.raises(StatementUnreadable):
        await bring(bench, "x", form, b"%PDF-1.7")
    async with bench.database.read(SYSTEM) as session:
        assert await session.scalar(select(func.count()).select_from(StatementImport)) == 0
