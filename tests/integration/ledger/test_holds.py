"""Two-phase holds: reserve, then post or void; what the database says when somebody cheats (I2, I5)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money
from ankuan.kernel.states import IllegalTransition
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.database_errors import InsufficientBalance
from ankuan.ledger.end_hold import HoldNotFound
from ankuan.ledger.post import InvalidPosting, Posted
from ankuan.ledger.post_hold import post_hold
from ankuan.ledger.reserve_hold import HoldConflict, HoldRequest, reserve_holds
from ankuan.ledger.tables import LedgerHold
from ankuan.ledger.transitions import HOLD_LIFE, HoldState
from ankuan.ledger.void_hold import void_hold
from ankuan.platform.db import Database, make_engine
from tests.fixtures.book import DAY, NOW, Book, clerk_of, open_raw


@dataclass
class Desk:
    """One case with 10.00 and what can be done with it."""

    book: Book
    case_id: UUID
    case: int
    held: int
    bank: int

    async def reserve(self, *requests: tuple[UUID, int], book: Book | None = None) -> list[UUID]:
        book = book or self.book
        async with book.database.write(book.actor) as session:
            return await reserve_holds(
                session,
                court_id=book.court_id,
                fund_account_id=book.fund,
                requests=[HoldRequest(self.case_id, origin, Money(fen), "付款") for origin, fen in requests],
                effective_on=DAY,
                now=NOW,
            )

    async def post(self, hold_id: UUID, book: Book | None = None) -> Posted:
        return await self._end(post_hold, hold_id, book)

    async def void(self, hold_id: UUID, book: Book | None = None) -> Posted:
        return await self._end(void_hold, hold_id, book)

    async def _end(self, use_case: Any, hold_id: UUID, book: Book | None) -> Posted:
        book = book or self.book
        async with book.database.write(book.actor) as session:
            answer: Posted = await use_case(
                session, court_id=book.court_id, hold_id=hold_id, effective_on=DAY, memo="付款", now=NOW
            )
            return answer

    async def money(self) -> tuple[int, int, int]:
        """Available, held, at the bank."""
        book = self.book
        return await book.balance(self.case), await book.balance(self.held), await book.balance(self.bank)


@pytest.fixture
async def desk(book: Book) -> Desk:
    case_id, case = await book.funded_case(1000)
    held, bank = await book.account(AccountKind.HELD, case_id), await book.account(AccountKind.BANK)
    return Desk(book, case_id, case, held, bank)


@pytest.fixture
async def application(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await open_raw(database_url)
    await connection.execute("select set_config('ankuan.courts', '*', false)")
    yield connection
    await connection.close()


async def test_reserved_money_stays_and_can_not_be_spent(desk: Desk) -> None:
    await desk.reserve((uuid4(), 700))
    assert await desk.money() == (300, 700, 1000)
    with pytest.raises(InsufficientBalance) as refused:
        await desk.reserve((uuid4(), 301))
    assert refused.value.details == {"account_id": desk.case, "short_fen": 1}
    assert await desk.money() == (300, 700, 1000)


async def test_a_posted_hold_has_left_and_a_voided_one_is_back(desk: Desk) -> None:
    one, two = await desk.reserve((uuid4(), 700), (uuid4(), 200))
    first = await desk.post(one)
    await desk.void(two)
    assert await desk.money() == (300, 0, 300)
    assert await desk.post(one) == Posted(first.id, repeated=True)
    with pytest.raises(IllegalTransition):
        await desk.void(one)
    with pytest.raises(IllegalTransition):
        await desk.post(two)
    assert await desk.money() == (300, 0, 300)


async def test_an_origin_has_one_living_hold(desk: Desk) -> None:
    origin = uuid4()
    [hold] = await desk.reserve((origin, 400))
    assert await desk.reserve((origin, 400), (uuid4(), 1)) != []
    assert (await desk.reserve((origin, 400)))[0] == hold
    with pytest.raises(HoldConflict):
        await desk.reserve((origin, 401))
    with pytest.raises(InvalidPosting):
        await desk.reserve(*[(uuid4(), 1)] * 2)
    assert await desk.money() == (599, 401, 1000)
    await desk.void(hold)
    [next_one] = await desk.reserve((origin, 500))
    assert next_one != hold
    await desk.post(next_one)
    assert (await desk.reserve((origin, 500)))[0] == next_one
    assert await desk.money() == (499, 1, 500)


async def test_holds_of_another_court_do_not_exist(desk: Desk) -> None:
    [hold] = await desk.reserve((uuid4(), 400))
    stranger = Book(desk.book.database, fund=desk.book.fund, actor=clerk_of(8))
    for act in (desk.post, desk.void):
        with pytest.raises(HoldNotFound):
            await act(hold, stranger)
    with pytest.raises(AnkuanError):
        await desk.reserve((uuid4(), 1), book=stranger)
    assert await desk.money() == (600, 400, 1000)


async def test_held_accounts_move_by_holds_only(desk: Desk) -> None:
    """I2 by deferred trigger: an entry that takes reserved money does not survive its commit."""
    await desk.reserve((uuid4(), 400))
    for entry in (desk.book.entry(desk.held, desk.bank, 1), desk.book.entry(desk.case, desk.held, 1)):
        with pytest.raises(IntegrityError, match="differs from its reserved holds"):
            await desk.book.post([entry])
    assert await desk.money() == (600, 400, 1000)


async def test_holds_without_their_entries_do_not_survive(
    desk: Desk, application: asyncpg.Connection, superuser: asyncpg.Connection
) -> None:
    """I2 by deferred trigger: neither a hold that reserved nothing nor an end that moved nothing."""
    await desk.reserve((uuid4(), 400))
    with pytest.raises(asyncpg.CheckViolationError, match="differs from its reserved holds"):
        await application.execute(
            "insert into ledger_hold (court_id, id, fund_account_id, case_id, origin_id, amount_fen, reserved_at)"
            " values (7, gen_random_uuid(), $1, $2, gen_random_uuid(), 5, now())",
            desk.book.fund,
            desk.case_id,
        )
    with pytest.raises(asyncpg.CheckViolationError, match="differs from its reserved holds"):
        await application.execute("update ledger_hold set state = 'voided', ended_at = now()")
    with pytest.raises(asyncpg.PostgresError) as refused:
        await application.execute(
            "insert into ledger_hold (court_id, id, fund_account_id, case_id, origin_id, amount_fen, reserved_at)"
            " values (7, gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), 5, now())",
            desk.book.fund,
        )
    assert refused.value.sqlstate == "AK003"
    assert await desk.money() == (600, 400, 1000)


async def test_the_trigger_knows_the_same_life_as_the_table(desk: Desk, superuser: asyncpg.Connection) -> None:
    """Every step that the transition table lacks is refused by the database as well."""
    allowed = {(source, target) for (source, _), target in HOLD_LIFE.transitions.items()}
    await superuser.execute("select set_config('ankuan.courts', '*', false)")
    origins = {state: uuid4() for state in HoldState}
    holds = dict(zip(HoldState, await desk.reserve(*[(origins[s], 10) for s in HoldState]), strict=True))
    await desk.post(holds[HoldState.POSTED])
    await desk.void(holds[HoldState.VOIDED])
    for source in HoldState:
        for target in HoldState:
            change = superuser.transaction()
            await change.start()
            try:
                await superuser.execute("set constraints all deferred")
                await superuser.execute(
                    "update ledger_hold set state = $2,"
                    " ended_at = case when $2 = 'reserved' then null else now() end where id = $1",
                    holds[source],
                    str(target),
                )
                answer = "accepted"
            except asyncpg.PostgresError as error:
                answer = error.sqlstate
            finally:
                await change.rollback()
            assert answer == ("accepted" if (source, target) in allowed else "AK002"), (source, target)


@pytest.mark.parametrize("change", ["amount_fen = 1", "case_id = gen_random_uuid()", "origin_id = gen_random_uuid()"])
async def test_nothing_else_of_a_hold_changes(desk: Desk, superuser: asyncpg.Connection, change: str) -> None:
    await desk.reserve((uuid4(), 400))
    with pytest.raises(asyncpg.PostgresError) as refused:
        await superuser.execute(f"update ledger_hold set state = 'voided', ended_at = now(), {change}")
    assert refused.value.sqlstate == "AK002"


async def test_the_ledger_itself_ends_a_hold_once(desk: Desk, superuser: asyncpg.Connection) -> None:
    """I5 by unique key: should a posted hold ever look reserved again, its money still moves once."""
    [hold] = await desk.reserve((uuid4(), 400))
    await desk.post(hold)
    await superuser.execute("set session_replication_role = replica")
    await superuser.execute("update ledger_hold set state = 'reserved', ended_at = null where id = $1", hold)
    with pytest.raises(AnkuanError) as refused:
        await desk.void(hold)
    assert refused.value.code == "posting_conflict"
    with pytest.raises(IntegrityError):
        await desk.post(hold)  # repeated entry moves nothing, and then the counts do not agree at the commit
    assert await desk.money() == (600, 0, 600)


async def test_a_hold_begins_as_reserved(desk: Desk, database_url: str) -> None:
    engine = make_engine(database_url, pool_size=1)
    database = Database(engine)
    try:
        with pytest.raises(Exception, match="begins as reserved"):
            async with database.write(desk.book.actor) as session:
                await session.execute(
                    insert(LedgerHold).values(
                        court_id=7,
                        id=uuid4(),
                        fund_account_id=desk.book.fund,
                        case_id=desk.case_id,
                        origin_id=uuid4(),
                        amount_fen=1,
                        state="posted",
                        reserved_at=NOW,
                        ended_at=NOW,
                    )
                )
    finally:
        await database.close()
