"""A statement file and the bank's own feed may tell one booking in different words: its money must not come twice."""

from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from ankuan.banking.import_statement import ImportedStatement, StatementFormat, import_statement
from ankuan.banking.queries import search_import_rows
from ankuan.banking.record_lines import record_lines
from ankuan.banking.tables import BankLine
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import told
from tests.integration.banking.conftest import SYSTEM, Bench, bench, database

__all__ = ["bench", "database"]
FILE = Path(__file__).parents[1] / "fixtures" / "statements" / "court_account.sta"


async def poll(bench: Bench, *fen: int) -> None:
    """The feed tells bookings of the file's day, with its own account number and remark."""
    async with bench.database.write(SYSTEM) as session:
        await record_lines(
            session,
            court_id=bench.court_id,
            fund_account_id=bench.fund_account_id,
            lines=[told(one, key=f"feed{number}-{one}") for number, one in enumerate(fen)],
            source="poll",
            now=NOW,
        )


async def bring(bench: Bench) -> ImportedStatement:
    async with bench.database.write(SYSTEM) as session:
        return await import_statement(
            session,
            court_id=bench.court_id,
            fund_account_id=bench.fund_account_id,
            file_name=FILE.name,
            content=FILE.read_bytes(),
            format=StatementFormat.MT940,
            now=NOW,
        )


async def money(bench: Bench) -> int:
    async with bench.database.read(SYSTEM) as session:
        return int(await session.scalar(select(func.sum(BankLine.amount_fen))) or 0)


async def reasons(bench: Bench, done: ImportedStatement) -> Counter[str]:
    async with bench.database.read(SYSTEM) as session:
        page = await search_import_rows(session, court_id=bench.court_id, import_id=done.import_id, outcome="rejected")
    return Counter(row.reason for row in page.rows)


async def test_what_the_feed_has_told_in_other_words_is_not_received_again(bench: Bench) -> None:
    await poll(bench, 1_234_567, 50_000, 50_000, 1, 2_147_483_648)
    before = await money(bench)
    done = await bring(bench)
    assert (done.rows, done.recorded, done.duplicates) == (7, 0, 0)
    assert (await reasons(bench, done))["like_a_polled_line"] == 5
    assert await money(bench) == before
    again = await bring(bench)
    assert again.recorded == 0
    assert await money(bench) == before


async def test_one_feed_line_stands_for_one_row(bench: Bench) -> None:
    """Two equal rows and one line of the feed: one of the rows is news."""
    await poll(bench, 50_000)
    done = await bring(bench)
    assert (done.recorded, done.duplicates) == (4, 0)
    assert (await reasons(bench, done))["like_a_polled_line"] == 1
    assert await money(bench) == 50_000 + 50_000 + 1_234_567 + 1 + 2_147_483_648
