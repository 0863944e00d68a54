"""A book with money in every place, and a superuser who can damage it past all triggers and constraints."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
import pytest

from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.fold_entries import fold_entries
from ankuan.ledger.post_hold import post_hold
from ankuan.ledger.reserve_hold import HoldRequest, reserve_holds
from ankuan.platform.db import Database, make_engine
from tests.fixtures.book import DAY, NOW, Book, open_raw


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(make_engine(database_url, pool_size=4))
    yield opened
    await opened.close()


@pytest.fixture
async def vandal(superuser_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await open_raw(superuser_database_url)
    await connection.execute("set session_replication_role = replica")  # no trigger and no foreign key speaks up
    await connection.execute(
        """
        alter table ledger_balance drop constraint ck_ledger_balance_floor;
        alter table ledger_entry drop constraint ck_ledger_entry_amount, drop constraint ck_ledger_entry_accounts;
        drop index uq_ledger_hold_origin_id;
        do $$ declare named text; begin
          for named in select conname from pg_constraint where conrelid = 'instruction'::regclass and contype = 'c' loop
            execute format('alter table instruction drop constraint %I', named);
          end loop;
        end $$;
        """
    )
    yield connection
    await connection.close()


@dataclass
class Scene:
    """One case: 10.00 received, 3.00 paid (and settled at the bank), 2.00 reserved; all of it folded."""

    book: Book
    case_id: UUID
    case: int
    held: int
    bank: int
    paid_hold: UUID
    paid_origin: UUID
    open_hold: UUID


@pytest.fixture
async def scene(database: Database, vandal: asyncpg.Connection) -> Scene:
    book = Book(database)
    case_id, case = await book.funded_case(1000)
    origins = uuid4(), uuid4()
    async with database.write(book.actor) as session:
        paid, waiting = await reserve_holds(
            session,
            court_id=book.court_id,
            fund_account_id=book.fund,
            requests=[
                HoldRequest(case_id, origins[0], Money(300), ""),
                HoldRequest(case_id, origins[1], Money(200), ""),
            ],
            effective_on=DAY,
            now=NOW,
        )
    async with database.write(book.actor) as session:
        await post_hold(session, court_id=book.court_id, hold_id=paid, effective_on=DAY, memo="", now=NOW)
    for _ in range(2):
        async with database.write(book.actor) as session:
            await fold_entries(session, court_id=book.court_id)
    await settle_at_bank(vandal, origins[0], 300)
    held, bank = await book.account(AccountKind.HELD, case_id), await book.account(AccountKind.BANK)
    return Scene(book, case_id, case, held, bank, paid, origins[0], waiting)


async def settle_at_bank(vandal: asyncpg.Connection, origin: UUID, fen: int) -> None:
    """A settled payment instruction of court 7; whatever else its table wants is filled in."""
    given = {"court_id": "7", "id": f"'{uuid4()}'", "origin_id": f"'{origin}'", "amount_fen": str(fen)}
    given |= {"purpose": "'payment'", "state": "'settled'", "settled_at": "now()", "next_try_at": "null"}
    wanted = await vandal.fetch(
        "select column_name, data_type from information_schema.columns where table_name = 'instruction'"
        " and is_nullable = 'NO' and column_default is null"
    )
    blank = {"uuid": "gen_random_uuid()", "text": "gen_random_uuid()::text", "timestamp with time zone": "now()"}
    for row in wanted:
        given.setdefault(row["column_name"], blank.get(row["data_type"], "1"))
    # The database refuses a second order of one payment; a vandal numbers it onwards and switches the guards off.
    given["issue_no"] = f"(select count(*) + 1 from instruction where origin_id = '{origin}')"
    await vandal.execute(f"insert into instruction ({', '.join(given)}) values ({', '.join(given.values())})")
