"""What the database itself refuses: other courts, other doors, and rows that are not entries (I1)."""

import asyncpg
import pytest

from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.database_errors import AccountNotFound
from ankuan.ledger.open_account import ensure_account
from ankuan.platform.db import Database
from tests.fixtures.book import DAY, NOW, Book, clerk_of, open_raw


async def total(superuser: asyncpg.Connection) -> tuple[int, int]:
    """Entries, and the sum of all balances."""
    row = await superuser.fetchrow(
        "select (select count(*) from ledger_entry), (select coalesce(sum(balance_fen), 0)::bigint from ledger_balance)"
    )
    return tuple(row)


@pytest.mark.parametrize("owner_is_superuser", [False, True])
async def test_another_courts_account_can_not_be_posted_to(
    book: Book, database: Database, superuser: asyncpg.Connection, owner_is_superuser: bool
) -> None:
    if owner_is_superuser:
        # Where the migrations ran as superuser, row-level security does not bind the functions' owner.
        for function in ("ledger_post", "ledger_open_accounts", "ledger_fold_court"):
            await superuser.execute(f"alter function {function} owner to postgres")
    bank = await book.account(AccountKind.BANK)
    _, case = await book.funded_case(1000)
    before = await total(superuser)
    stranger = Book(database, court_id=8, fund=book.fund, actor=clerk_of(8))
    own = await stranger.account(AccountKind.BANK)
    intruder = Book(database, court_id=book.court_id, fund=book.fund, actor=clerk_of(8))
    for debit, credit in ((bank, case), (case, bank), (own, case)):
        with pytest.raises(AccountNotFound):
            await intruder.post([intruder.entry(debit, credit, 1)])  # the entry names the foreign court
        with pytest.raises(AccountNotFound):
            await stranger.post([stranger.entry(debit, credit, 1)])  # the entry names the own court
    with pytest.raises(AccountNotFound):
        await intruder.account(AccountKind.SUSPENSE)
    with pytest.raises(AccountNotFound):
        await Book(database, court_id=7, fund=book.fund, actor=clerk_of(9)).post([book.entry(bank, case, 1)])
    assert await total(superuser) == before


async def test_another_courts_ledger_can_not_be_read(book: Book, database: Database) -> None:
    _, case = await book.funded_case(1000)
    stranger = Book(database, court_id=book.court_id, fund=book.fund, actor=clerk_of(8))
    with pytest.raises(AccountNotFound):
        await stranger.balance(case)


async def test_without_a_scope_nothing_can_be_posted(book: Book, database_url: str) -> None:
    bank = await book.account(AccountKind.BANK)
    [case] = await book.cases(1)
    bare = await open_raw(database_url)
    try:
        with pytest.raises(asyncpg.PostgresError) as refused:
            await bare.fetch(
                "select ledger_post(array[7], array['x'], array['x'], array[gen_random_uuid()], array[$1::bigint],"
                " array[$2::bigint], array[1::bigint], array[$3::date], array['x'], array[''],"
                " array[null::bigint], $4)",
                bank,
                case,
                DAY,
                NOW,
            )
        assert refused.value.sqlstate == "AK011"
    finally:
        await bare.close()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into ledger_entry select * from ledger_entry",
        "update ledger_entry set amount_fen = 1",
        "delete from ledger_entry",
        "truncate ledger_entry",
        "insert into ledger_balance (court_id, account_id, balance_fen, is_held) values (7, 1, 5, false)",
        "update ledger_balance set balance_fen = 5",
        "delete from ledger_balance",
        "insert into ledger_account (court_id, fund_account_id, kind) values (7, gen_random_uuid(), 'bank')",
        "update ledger_account set kind = 'suspense'",
        "update ledger_fold set debit_fen = 0",
        "update ledger_fold_mark set through_id = 0",
        "delete from ledger_hold",
        "update ledger_hold set amount_fen = 1",
        "select ledger_refuse_short(null, null, null, null, null)",
        "select setval('ledger_entry_id_seq', 1)",
    ],
)
async def test_the_application_has_no_other_door(book: Book, database_url: str, statement: str) -> None:
    await book.funded_case(1000)
    bare = await open_raw(database_url)
    try:
        await bare.execute("select set_config('ankuan.courts', '*', false)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bare.execute(statement)
    finally:
        await bare.close()


@pytest.mark.parametrize(
    "statement", ["update ledger_entry set memo = 'x'", "delete from ledger_entry", "truncate ledger_entry cascade"]
)
async def test_not_even_the_superuser_changes_an_entry_in_passing(
    book: Book, superuser: asyncpg.Connection, statement: str
) -> None:
    await book.funded_case(1000)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await superuser.execute(statement)
    assert refused.value.sqlstate == "AK001"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("amount_fen = 0", "ck_ledger_entry_amount"),
        ("amount_fen = -1", "ck_ledger_entry_amount"),
        ("credit_account = debit_account", "ck_ledger_entry_accounts"),
        ("credit_account = credit_account + 1000000", "fk_ledger_entry_credit_account"),
        ("fund_account_id = gen_random_uuid()", "fk_ledger_entry_debit_account"),
        ("source_ref = ''", "ck_ledger_entry_source"),
    ],
)
async def test_no_row_can_break_the_sum_of_its_legs(
    book: Book, superuser: asyncpg.Connection, change: str, constraint: str
) -> None:
    """I1 by constraint: with the append-only trigger out of the way, a broken entry is still refused."""
    await book.funded_case(1000)
    await superuser.execute("alter table ledger_entry disable trigger append_only")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await superuser.execute(f"update ledger_entry set {change}")
    assert refused.value.constraint_name == constraint


async def test_no_balance_row_goes_below_zero(book: Book, superuser: asyncpg.Connection) -> None:
    """I2 by constraint."""
    await book.funded_case(1000)
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await superuser.execute("update ledger_balance set balance_fen = -1")
    assert refused.value.constraint_name == "ck_ledger_balance_floor"


async def test_arrays_of_unequal_length_never_move_money(book: Book, database_url: str) -> None:
    """Whoever calls the function itself, with arrays that do not fit, gets an error and no entry."""
    bank = await book.account(AccountKind.BANK)
    one, two = await book.cases(2)
    bare = await open_raw(database_url)
    whole: dict[str, list[object]] = {
        "court": [7, 7],
        "source": ["x", "x"],
        "ref": ["1", "2"],
        "posting": [book.fund, book.fund],
        "debit": [bank, bank],
        "credit": [one, two],
        "amount": [5, 6],
        "day": [DAY, DAY],
        "kind": ["x", "x"],
        "memo": ["", ""],
    }
    try:
        await bare.execute("select set_config('ankuan.courts', '*', false)")
        for short in whole:
            given = whole | {short: whole[short][:1]}
            if short == "court":  # then the surplus of the others is ignored, as a whole
                continue
            with pytest.raises(asyncpg.PostgresError):
                await bare.fetch(
                    "select ledger_post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, array[null::bigint, null], $11)",
                    *given.values(),
                    NOW,
                )
    finally:
        await bare.close()
    assert (await book.balance(one), await book.balance(two), await book.balance(bank)) == (0, 0, 0)


async def test_accounts_are_opened_by_key_only(book: Book, database: Database) -> None:
    """A case account needs its case; the constraint says so whatever the caller thinks."""
    with pytest.raises(Exception, match="ck_ledger_account_owner"):
        async with database.write(book.actor) as session:
            await ensure_account(session, court_id=7, fund_account_id=book.fund, kind=AccountKind.CASE)


async def test_every_ledger_table_is_walled_in(superuser: asyncpg.Connection) -> None:
    """Row-level security is forced, so that the owner's functions obey it too."""
    rows = await superuser.fetch(
        "select relname, relrowsecurity and relforcerowsecurity as walled from pg_class"
        " where relkind = 'r' and relname like 'ledger\\_%'"
    )
    assert len(rows) == 6
    assert all(row["walled"] for row in rows)
