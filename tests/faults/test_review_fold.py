"""The rolling fold against commits in the worst order: nothing may be passed over, whoever took its numbers when."""

from collections.abc import AsyncIterator

import pytest

from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.fold_entries import fold_entries
from ankuan.ledger.post import post
from ankuan.platform.counters import next_number
from ankuan.platform.db import Database, make_engine
from tests.fixtures.book import NOW, Book


@pytest.fixture
async def book(database_url: str) -> AsyncIterator[Book]:
    database = Database(make_engine(database_url))
    yield Book(database)
    await database.close()


async def fold(book: Book) -> int:
    async with book.database.write(book.actor) as session:
        return await fold_entries(session, court_id=book.court_id)


async def test_a_young_transaction_with_an_old_entry_number_is_not_passed_over(book: Book) -> None:
    """The late one began after the one that committed: its id is lower, its transaction id higher."""
    bank, cases = await book.account(AccountKind.BANK), await book.cases(2)
    async with book.database.write(book.actor) as late:
        async with book.database.write(book.actor) as early:
            await next_number(early, court_id=book.court_id, name="x", year=2026)  # takes its transaction id now
            await post(late, [book.entry(bank, cases[0], 100)], now=NOW)
            await post(early, [book.entry(bank, cases[1], 10)], now=NOW)
        for _ in range(3):
            await fold(book)
        assert await book.balance(bank) == 10
    assert await book.balance(bank) == 110
    await fold(book)
    await fold(book)
    assert await book.balance(bank) == 110
