"""Balances and positions as of a date and as known at an instant; the fold changes no answer."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from ankuan.kernel.clock import FixedClock
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.case_entries import CaseEntry, case_entries, case_entry
from ankuan.ledger.database_errors import AccountNotFound, AlreadyReversed, InsufficientBalance, NotAMirror
from ankuan.ledger.fold_entries import fold_entries
from ankuan.ledger.jobs import JOBS
from ankuan.ledger.post import post
from ankuan.ledger.post_hold import post_hold
from ankuan.ledger.queries import CasePosition, case_position, fund_account_position, positions_by_court
from ankuan.ledger.reserve_hold import reserve_hold
from ankuan.ledger.reverse_entry import EntryNotFound, entry_by_source, reverse_entry
from ankuan.platform.jobs import JobContext
from ankuan.platform.paging import Page
from tests.fixtures.book import DAY, NOW, Book, clerk_of

EVE = DAY - timedelta(days=1)
LATER = NOW + timedelta(hours=3)


async def fold(book: Book) -> int:
    async with book.database.write(book.actor) as session:
        return await fold_entries(session, court_id=book.court_id)


async def test_as_of_a_date_and_as_known_at_an_instant(book: Book) -> None:
    bank, (case,) = await book.account(AccountKind.BANK), await book.cases(1)
    await book.post([book.entry(bank, case, 100, on=EVE)], now=NOW)
    await book.post([book.entry(bank, case, 10, on=DAY)], now=NOW)
    await book.post([book.entry(bank, case, 1, on=EVE)], now=LATER)  # found late, effective yesterday
    for folded in (False, True):
        for account in (bank, case):
            assert await book.balance(account) == 111
            assert await book.balance(account, as_of=EVE) == 101
            assert await book.balance(account, as_of=EVE - timedelta(days=1)) == 0
            assert await book.balance(account, known_at=NOW) == 110
            assert await book.balance(account, as_of=EVE, known_at=NOW) == 100
            assert await book.balance(account, known_at=NOW - timedelta(seconds=1)) == 0
        if not folded:
            await fold(book)
            assert await fold(book) > 0


async def test_a_case_position_ties_up(book: Book) -> None:
    case_id, case = await book.funded_case(1000)
    bank, other = await book.account(AccountKind.BANK), (await book.cases(1))[0]
    async with book.database.write(book.actor) as session:
        hold = await reserve_hold(
            session,
            court_id=book.court_id,
            fund_account_id=book.fund,
            case_id=case_id,
            amount=Money(300),
            origin_id=uuid4(),
            effective_on=DAY,
            memo="",
            now=NOW,
        )
    async with book.database.write(book.actor) as session:
        await post_hold(session, court_id=book.court_id, hold_id=hold, effective_on=DAY, memo="", now=NOW)
    [wrong] = await book.post([book.entry(bank, case, 50)])
    await book.post([book.entry(case, other, 20)], now=LATER)
    async with book.database.write(book.actor) as session:
        await reverse_entry(session, court_id=book.court_id, entry_id=wrong.id, effective_on=DAY, memo="", now=LATER)
    async with book.database.read(book.actor) as session:
        now = await case_position(session, court_id=book.court_id, case_id=case_id)
        then = await case_position(session, court_id=book.court_id, case_id=case_id, known_at=NOW)
        elsewhere = await case_position(session, court_id=book.court_id, case_id=case_id, fund_account_id=uuid4())
    assert now == CasePosition(Money(680), Money(0), Money(1000), Money(320))
    assert then == CasePosition(Money(750), Money(0), Money(1050), Money(300))
    assert elsewhere == CasePosition(*[Money(0)] * 4)
    assert now.total == now.received - now.paid


async def test_a_fund_account_ties_up_and_folding_changes_nothing(book: Book) -> None:
    _, case = await book.funded_case(1000)
    bank, unidentified = await book.account(AccountKind.BANK), await book.account(AccountKind.UNIDENTIFIED)
    suspense = await book.account(AccountKind.SUSPENSE)
    await book.post([book.entry(bank, unidentified, 77), book.entry(suspense, bank, 5)])
    other = Book(book.database)
    await other.funded_case(9)

    async def ask() -> tuple[object, ...]:
        async with book.database.read(book.actor) as session:
            one = await fund_account_position(session, court_id=book.court_id, fund_account_id=book.fund)
            by_court = await positions_by_court(session, [book.court_id, 99])
        assert one.bank == one.cases + one.held + one.unidentified + one.other
        assert (one.bank, one.cases, one.unidentified, one.other) == (Money(1072), Money(1000), Money(77), Money(-5))
        assert by_court[book.court_id].bank == Money(1081)
        assert by_court[99].bank == Money(0)
        return one, by_court, await book.balance(bank), await book.balance(unidentified, as_of=DAY)

    before = await ask()
    await fold(book)
    assert await fold(book) > 0
    assert await ask() == before
    await book.post([book.entry(bank, case, 1)])
    assert await book.balance(bank) == 1073
    assert await book.balance(case) == 1001


async def test_a_late_commit_is_never_passed_over_by_the_fold(book: Book, superuser: asyncpg.Connection) -> None:
    bank, cases = await book.account(AccountKind.BANK), await book.cases(2)
    async with book.database.write(book.actor) as late:
        await post(late, [book.entry(bank, cases[0], 100)], now=NOW)
        await book.post([book.entry(bank, cases[1], 10)])  # a higher number, committed earlier
        for _ in range(3):
            assert await fold(book) == 0  # the open transaction holds the fold back
        assert await book.balance(bank) == 10
    assert await book.balance(bank) == 110
    await fold(book)
    await fold(book)
    assert await fold(book) == await superuser.fetchval("select max(id) from ledger_entry")
    assert await book.balance(bank) == 110
    assert await superuser.fetchval("select sum(debit_fen)::int from ledger_fold where kind = 'bank'") == 110


async def test_a_mark_of_another_cluster_is_set_anew(book: Book, superuser: asyncpg.Connection) -> None:
    """After a restore from a dump transaction ids begin anew; a mark beyond them would never be reached."""
    await book.funded_case(100)
    await fold(book)
    await superuser.execute("update ledger_fold_mark set next_xid = '99999999999'")
    await fold(book)
    assert await fold(book) > 0
    assert await book.balance(await book.account(AccountKind.BANK)) == 100


async def test_the_fold_and_posting_run_side_by_side(book: Book) -> None:
    bank, cases = await book.account(AccountKind.BANK), await book.cases(4)
    seen: list[int] = []

    async def posting(case: int) -> None:
        for _ in range(25):
            await book.post([book.entry(bank, case, 1)])

    async def folding() -> None:
        for _ in range(25):
            await fold(book)
            seen.append(await book.balance(bank))

    await asyncio.gather(folding(), *[posting(case) for case in cases])
    assert seen == sorted(seen)
    assert await book.balance(bank) == 100


async def listed(book: Book, case_id: UUID, first: int = 50, after: str | None = None) -> Page[CaseEntry]:
    async with book.database.read(book.actor) as session:
        return await case_entries(session, court_id=book.court_id, case_id=case_id, first=first, after=after)


async def test_a_cases_ledger_is_paged_newest_first_with_running_balance(book: Book) -> None:
    case_id, case = await book.funded_case(1000)
    bank, (other,) = await book.account(AccountKind.BANK), await book.cases(1)
    await book.post([book.entry(case, other, 400, memo="转出", kind="transfer")])
    [wrong] = await book.post([book.entry(bank, case, 5)])
    async with book.database.write(book.actor) as session:
        undone = await reverse_entry(
            session, court_id=book.court_id, entry_id=wrong.id, effective_on=DAY, memo="记错", now=NOW
        )
    page = await listed(book, case_id, first=3)
    rest = await listed(book, case_id, first=3, after=page.cursors[-1])
    assert (page.total, page.has_next, rest.has_next) == (4, True, False)
    rows = [*page.rows, *rest.rows]
    assert [(r.incoming, r.amount.fen, r.available_after.fen) for r in rows] == [
        (False, 5, 600),
        (True, 5, 605),
        (False, 400, 600),
        (True, 1000, 1000),
    ]
    assert (rows[0].reverses_id, rows[1].reversed_by_id) == (wrong.id, undone.id)
    assert [r.counter_account for r in rows] == [AccountKind.BANK, AccountKind.BANK, AccountKind.CASE, AccountKind.BANK]
    async with book.database.read(book.actor) as session:
        assert await case_entry(session, court_id=book.court_id, entry_id=rows[2].id) == (case_id, rows[2])
        assert await case_entry(session, court_id=book.court_id, entry_id=10**9) is None
        suspense = await case_entries(session, court_id=book.court_id, case_id=uuid4())
    assert suspense.rows == ()


async def test_a_reversal_mirrors_once(book: Book) -> None:
    bank, suspense = await book.account(AccountKind.BANK), await book.account(AccountKind.SUSPENSE)
    [first] = await book.post([book.entry(bank, suspense, 100, ref="wrong")])

    async def reverse(entry_id: int, memo: str = "记错") -> tuple[int, bool]:
        async with book.database.write(book.actor) as session:
            answer = await reverse_entry(
                session, court_id=book.court_id, entry_id=entry_id, effective_on=DAY, memo=memo, now=NOW
            )
        return answer.id, answer.repeated

    number, repeated = await reverse(first.id)
    assert not repeated
    assert await reverse(first.id) == (number, True)
    assert await book.balance(bank) == 0
    with pytest.raises(NotAMirror):
        await reverse(number)
    with pytest.raises(EntryNotFound):
        await reverse(10**9)
    with pytest.raises(AlreadyReversed):
        await book.post([replace(book.entry(suspense, bank, 100), reverses_id=first.id)])
    async with book.database.read(book.actor) as session:
        assert await entry_by_source(session, court_id=book.court_id, source="test", source_ref="wrong") == first.id
    [second] = await book.post([book.entry(bank, suspense, 100)])
    for debit, credit, fen in ((bank, suspense, 100), (suspense, bank, 99)):
        with pytest.raises(NotAMirror):
            await book.post([replace(book.entry(debit, credit, fen), reverses_id=second.id)])
    assert await book.balance(bank) == 100


async def test_spent_money_can_not_be_reversed_away(book: Book) -> None:
    bank, (case, other) = await book.account(AccountKind.BANK), await book.cases(2)
    [first] = await book.post([book.entry(bank, case, 100)])
    await book.post([book.entry(case, other, 1)])
    with pytest.raises(InsufficientBalance):
        async with book.database.write(book.actor) as session:
            await reverse_entry(session, court_id=book.court_id, entry_id=first.id, effective_on=DAY, memo="", now=NOW)


async def test_an_unknown_account_has_no_balance(book: Book) -> None:
    with pytest.raises(AccountNotFound):
        await book.balance(10**9)
    with pytest.raises(AccountNotFound):
        await book.balance(10**9, as_of=date(2026, 1, 1))


async def test_the_job_folds_every_court_until_nothing_is_left(book: Book) -> None:
    await book.funded_case(100)
    other = Book(book.database, court_id=8, actor=clerk_of(8))
    await other.funded_case(50)
    unused: Any = None
    context = JobContext(book.database, FixedClock(NOW), unused, unused, unused)
    [finder], [job] = JOBS.finders, JOBS.jobs
    calls = await finder.find(context)
    assert [(c.name, c.arguments["court_id"]) for c in calls] == [(job.name, 7), (job.name, 8)]
    for _ in range(2):
        for call in calls:
            await job.run(context, call.arguments)
    assert await finder.find(context) == []
    assert await book.balance(await book.account(AccountKind.BANK)) == 100
