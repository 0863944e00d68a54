"""Many callers at once: once is once, nothing is overspent, nobody waits in a circle."""

import asyncio
import random
from dataclasses import replace
from uuid import uuid4

import asyncpg

from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.database_errors import AlreadyReversed, InsufficientBalance, PostingConflict
from ankuan.ledger.post import Entry, Posted
from ankuan.ledger.post_hold import post_hold
from ankuan.ledger.reserve_hold import HoldConflict, reserve_hold
from ankuan.ledger.void_hold import void_hold
from tests.fixtures.book import DAY, NOW, Book


async def outcomes(*calls: object) -> tuple[list[object], list[AnkuanError]]:
    """Answers and business refusals of calls made at once; anything else fails the test."""
    results = await asyncio.gather(*calls, return_exceptions=True)  # type: ignore[call-overload]  # coroutines of any kind
    refused = [r for r in results if isinstance(r, AnkuanError)]
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, AnkuanError):
            raise result
    return [r for r in results if not isinstance(r, AnkuanError)], refused


async def test_fifty_callers_with_one_reference_post_once(book: Book) -> None:
    bank, case = await book.account(AccountKind.BANK), (await book.cases(1))[0]
    entry = book.entry(bank, case, 100)
    answers, refused = await outcomes(*[book.post([entry]) for _ in range(50)])
    posted = [p for answer in answers for p in answer]  # type: ignore[attr-defined]  # tuples of Posted
    assert not refused
    assert sum(not p.repeated for p in posted) == 1
    assert len({p.id for p in posted}) == 1
    assert await book.balance(case) == 100


async def test_fifty_callers_without_a_floor_between_them_post_once(book: Book) -> None:
    """No balance row orders these callers: the unique key alone does."""
    bank, suspense = await book.account(AccountKind.BANK), await book.account(AccountKind.SUSPENSE)
    entries = [book.entry(bank, suspense, 100) for _ in range(20)]

    async def call() -> tuple[Posted, ...]:
        return await book.post(random.sample(entries, len(entries)))

    answers, refused = await outcomes(*[call() for _ in range(50)])
    assert not refused
    assert sum(not p.repeated for answer in answers for p in answer) == 20  # type: ignore[attr-defined]  # tuples of Posted
    assert await book.balance(suspense) == 2000


async def test_fifty_callers_with_other_bodies_have_one_winner(book: Book) -> None:
    bank, case = await book.account(AccountKind.BANK), (await book.cases(1))[0]
    entry = book.entry(bank, case, 100)
    answers, refused = await outcomes(*[book.post([replace(entry, amount=Money(100 + n))]) for n in range(50)])
    assert len(answers) == 1
    assert {type(r) for r in refused} == {PostingConflict}
    assert 100 <= await book.balance(case) < 150


async def test_fifty_spenders_never_overspend(book: Book) -> None:
    bank = await book.account(AccountKind.BANK)
    _, case = await book.funded_case(1000)
    answers, refused = await outcomes(*[book.post([book.entry(case, bank, 130)]) for _ in range(50)])
    assert len(answers) == 7
    assert {type(r) for r in refused} == {InsufficientBalance}
    assert await book.balance(case) == 1000 - 7 * 130


async def test_batches_in_any_order_never_deadlock(book: Book, superuser: asyncpg.Connection) -> None:
    """Batches meet in the same accounts, references and reversals, each in an order of its own."""
    bank, suspense = await book.account(AccountKind.BANK), await book.account(AccountKind.SUSPENSE)
    cases = await book.cases(12)
    await book.post([book.entry(bank, case, 1_000_000) for case in cases])
    loose = [book.entry(bank, suspense, 5) for _ in range(30)]
    standing = await book.post(loose)
    chaos = random.Random(7)

    def between_cases(count: int) -> list[Entry]:
        pairs = [chaos.sample(cases, 2) for _ in range(count)]
        return [book.entry(debit, credit, chaos.randint(1, 50)) for debit, credit in pairs]

    shared = between_cases(200)
    undoing = [
        replace(book.entry(suspense, bank, 5, ref=f"undo-{p.id}", kind="reversal"), reverses_id=p.id) for p in standing
    ]

    def batch() -> list[Entry]:
        picked = chaos.sample(shared, 60) + chaos.sample(undoing, 10) + between_cases(20)
        chaos.shuffle(picked)
        return picked

    answers, refused = await outcomes(*[book.post(batch()) for _ in range(60)])
    assert (len(answers), refused) == (60, [])
    await superuser.execute("select pg_stat_force_next_flush()")
    assert await superuser.fetchval("select deadlocks from pg_stat_database where datname = current_database()") == 0
    assert sum([await book.balance(case) for case in cases]) == 12_000_000


async def test_one_hold_is_ended_once_and_one_way(book: Book) -> None:
    case_id, case = await book.funded_case(1000)
    async with book.database.write(book.actor) as session:
        hold = await reserve_hold(
            session,
            court_id=book.court_id,
            fund_account_id=book.fund,
            case_id=case_id,
            amount=Money(400),
            origin_id=uuid4(),
            effective_on=DAY,
            memo="",
            now=NOW,
        )

    async def end(post_it: bool) -> Posted:
        async with book.database.write(book.actor) as session:
            use_case = post_hold if post_it else void_hold
            return await use_case(session, court_id=book.court_id, hold_id=hold, effective_on=DAY, memo="", now=NOW)

    answers, refused = await outcomes(*[end(n % 2 == 0) for n in range(50)])
    assert (len(answers), len(refused)) == (25, 25)
    assert sum(not a.repeated for a in answers) == 1  # type: ignore[attr-defined]  # Posted
    assert {r.code for r in refused} == {"illegal_transition"}
    bank = await book.balance(await book.account(AccountKind.BANK))
    assert (bank, await book.balance(case)) in {(600, 600), (1000, 1000)}


async def test_one_origin_is_held_once(book: Book) -> None:
    case_id, case = await book.funded_case(1000)
    origin = uuid4()

    async def reserve() -> object:
        async with book.database.write(book.actor) as session:
            return await reserve_hold(
                session,
                court_id=book.court_id,
                fund_account_id=book.fund,
                case_id=case_id,
                amount=Money(10),
                origin_id=origin,
                effective_on=DAY,
                memo="",
                now=NOW,
            )

    answers, refused = await outcomes(*[reserve() for _ in range(20)])
    assert len(set(answers)) == 1
    assert {type(r) for r in refused} <= {HoldConflict}
    assert await book.balance(case) == 990


async def test_one_entry_is_reversed_once(book: Book) -> None:
    bank, suspense = await book.account(AccountKind.BANK), await book.account(AccountKind.SUSPENSE)
    [first] = await book.post([book.entry(bank, suspense, 100)])
    calls = [book.post([replace(book.entry(suspense, bank, 100), reverses_id=first.id)]) for _ in range(20)]
    answers, refused = await outcomes(*calls)
    assert len(answers) == 1
    assert {type(r) for r in refused} == {AlreadyReversed}
    assert await book.balance(suspense) == 0


async def test_one_account_is_opened_once(book: Book) -> None:
    owner = uuid4()
    answers, _ = await outcomes(*[book.account(AccountKind.CASE, owner) for _ in range(30)])
    assert len(set(answers)) == 1
