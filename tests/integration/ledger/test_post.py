"""Posting: what is written, what is refused, and that a refusal changes nothing."""

from dataclasses import replace
from datetime import date

import asyncpg
import pytest

from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money, MoneyOverflow
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.database_errors import AccountNotFound, AccountsApart, InsufficientBalance, PostingConflict
from ankuan.ledger.post import InvalidPosting
from tests.fixtures.book import DAY, NOW, Book


async def counts(superuser: asyncpg.Connection) -> tuple[int, int, int]:
    """Entries, events, and the sum of all balance rows."""
    row = await superuser.fetchrow(
        "select (select count(*) from ledger_entry), (select count(*) from event where kind = 'ledger.posted'),"
        " (select coalesce(sum(balance_fen), 0)::bigint from ledger_balance)"
    )
    return tuple(row)


async def test_entries_move_balances_and_tell_one_event_a_posting(book: Book, superuser: asyncpg.Connection) -> None:
    bank = await book.account(AccountKind.BANK)
    one, two = await book.cases(2)
    first = book.entry(bank, one, 500)
    second = replace(book.entry(bank, two, 300), posting_id=first.posting_id)
    answer = await book.post([first, second, book.entry(one, two, 100)])
    assert [p.repeated for p in answer] == [False, False, False]
    assert [p.id for p in answer] == sorted({p.id for p in answer})
    assert (await book.balance(one), await book.balance(two), await book.balance(bank)) == (400, 400, 800)
    events = await superuser.fetch("select subject, payload, actor, court_id from event where kind = 'ledger.posted'")
    assert {str(e["subject"]): e["payload"] for e in events}[str(first.posting_id)] == '{"entries": 2}'
    assert len(events) == 2
    assert {(e["actor"], e["court_id"]) for e in events} == {(str(book.actor.id), book.court_id)}
    stored = await superuser.fetchrow("select * from ledger_entry where id = $1", answer[0].id)
    assert (stored["effective_on"], stored["recorded_at"], stored["fund_account_id"]) == (DAY, NOW, book.fund)


async def test_a_repeated_entry_answers_the_first_and_moves_nothing(book: Book, superuser: asyncpg.Connection) -> None:
    bank = await book.account(AccountKind.BANK)
    [case] = await book.cases(1)
    old = book.entry(bank, case, 500)
    [first] = await book.post([old])
    before = await counts(superuser)
    [again] = await book.post([replace(old, posting_id=new_id())])
    assert (again.id, again.repeated) == (first.id, True)
    assert await counts(superuser) == before
    new = book.entry(bank, case, 7)
    mixed = await book.post([new, old])
    assert [p.repeated for p in mixed] == [False, True]
    assert mixed[1].id == first.id
    assert await book.balance(case) == 507


async def test_the_same_entry_twice_in_one_call_is_one(book: Book) -> None:
    bank = await book.account(AccountKind.BANK)
    [case] = await book.cases(1)
    entry = book.entry(bank, case, 500)
    one, two = await book.post([entry, entry])
    assert (one.id, one.repeated, two.repeated) == (two.id, False, True)
    assert await book.balance(case) == 500


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Money(501)},
        {"effective_on": date(2026, 11, 21)},
        {"memo": "另一说明"},
        {"kind": "transfer"},
        {"swap": True},
    ],
    ids=lambda c: next(iter(c)),
)
async def test_the_same_reference_with_other_content_is_refused(
    book: Book, superuser: asyncpg.Connection, change: dict[str, object]
) -> None:
    bank = await book.account(AccountKind.BANK)
    one, two = await book.cases(2)
    old = book.entry(bank, one, 500, memo="说明")
    await book.post([old])
    before = await counts(superuser)
    other = replace(old, credit_account=two) if change.pop("swap", None) else replace(old, **change)  # type: ignore[arg-type]  # one field each
    with pytest.raises(PostingConflict) as refused:
        await book.post([book.entry(bank, two, 1), other])
    assert refused.value.details == {"source": "test", "source_ref": old.source_ref}
    assert await counts(superuser) == before


async def test_a_floor_refuses_the_whole_call_and_says_what_is_short(book: Book, superuser: asyncpg.Connection) -> None:
    bank = await book.account(AccountKind.BANK)
    rich, poor = await book.cases(2)
    await book.post([book.entry(bank, rich, 1000), book.entry(bank, poor, 99)])
    before = await counts(superuser)
    with pytest.raises(InsufficientBalance) as refused:
        await book.post([book.entry(rich, bank, 400), book.entry(poor, bank, 60), book.entry(poor, bank, 41)])
    assert refused.value.details == {"account_id": poor, "short_fen": 2}
    assert await counts(superuser) == before
    await book.post([book.entry(poor, bank, 99)])
    assert await book.balance(poor) == 0


async def test_a_floor_counts_what_the_whole_call_moves(book: Book) -> None:
    bank, unidentified = await book.account(AccountKind.BANK), await book.account(AccountKind.UNIDENTIFIED)
    [case] = await book.cases(1)
    await book.post([book.entry(unidentified, case, 50), book.entry(bank, unidentified, 50)])
    assert (await book.balance(unidentified), await book.balance(case)) == (0, 50)
    with pytest.raises(InsufficientBalance):
        await book.post([book.entry(unidentified, case, 1)])


async def test_accounts_without_a_floor_may_be_of_either_sign(book: Book) -> None:
    suspense, bank = await book.account(AccountKind.SUSPENSE), await book.account(AccountKind.BANK)
    await book.post([book.entry(suspense, bank, 300)])
    assert (await book.balance(suspense), await book.balance(bank)) == (-300, -300)


async def test_ten_thousand_entries_in_one_call_and_not_one_more(book: Book, superuser: asyncpg.Connection) -> None:
    bank = await book.account(AccountKind.BANK)
    cases = await book.cases(100)
    entries = [book.entry(bank, cases[i % 100], i + 1) for i in range(10_000)]
    answer = await book.post(entries)
    assert len({p.id for p in answer}) == 10_000
    assert (await counts(superuser))[2] == sum(range(10_001))
    assert await book.balance(cases[0]) == sum(range(1, 10_000, 100))
    for wrong in ([], [*entries, entries[0]]):
        with pytest.raises(InvalidPosting):
            await book.post(wrong)


async def test_amounts_and_accounts_of_an_entry(book: Book, superuser: asyncpg.Connection) -> None:
    bank = await book.account(AccountKind.BANK)
    [case] = await book.cases(1)
    before = await counts(superuser)
    for wrong in (book.entry(bank, case, 0), book.entry(bank, case, -5), book.entry(case, case, 5)):
        with pytest.raises(InvalidPosting):
            await book.post([wrong])
    with pytest.raises(AccountNotFound) as missing:
        await book.post([book.entry(bank, case, 5), book.entry(bank, 999_999, 5)])
    assert missing.value.details == {"account_id": 999_999}
    elsewhere = Book(book.database)
    [other] = await elsewhere.cases(1)
    with pytest.raises(AccountsApart):
        await book.post([book.entry(bank, other, 5)])
    assert await counts(superuser) == before


async def test_amounts_beyond_the_limit(book: Book) -> None:
    bank = await book.account(AccountKind.BANK)
    [case] = await book.cases(1)
    most = 10**17 - 1
    with pytest.raises(MoneyOverflow):
        await book.post([book.entry(bank, case, most), book.entry(bank, case, 1)])
    await book.post([book.entry(bank, case, most)])
    with pytest.raises(MoneyOverflow):
        await book.post([book.entry(bank, case, 1)])
    assert await book.balance(case) == most


async def test_opening_an_account_twice_gives_the_same(book: Book) -> None:
    bank = await book.account(AccountKind.BANK)
    assert await book.account(AccountKind.BANK) == bank
    assert await book.account(AccountKind.SUSPENSE) != bank
