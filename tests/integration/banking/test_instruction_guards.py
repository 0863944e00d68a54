"""What the database itself refuses, whoever asks."""

import itertools
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from ankuan.banking.issue_instruction import make_client_ref
from ankuan.banking.transitions import LIFE, InstructionState
from ankuan.platform.db import Database
from tests.fixtures.province import NOW
from tests.integration.banking.conftest import SYSTEM, Bench


async def test_trigger_and_transition_table_allow_the_same(database: Database) -> None:
    by_table = {(before, after) for (before, _), after in LIFE.transitions.items()}
    async with database.read(SYSTEM) as session:
        for before, after in itertools.product(InstructionState, InstructionState):
            allowed = await session.scalar(
                text("select instruction_transition_allowed(:b, :a)"), {"b": before.value, "a": after.value}
            )
            assert allowed is ((before, after) in by_table), f"{before} -> {after}"


CHANGES: list[tuple[str, Any]] = [
    ("amount_fen", 10_001),
    ("payee_account", "6217000000000009999"),
    ("payee_name", "他人"),
    ("client_ref", "00019901010000000001"),
    ("content_digest", "0" * 64),
    ("origin_id", "00000000-0000-7000-8000-000000000001"),
]


@pytest.mark.parametrize(("column", "value"), CHANGES)
async def test_what_is_ordered_can_not_be_edited_even_by_the_owner(
    bench: Bench, superuser_database_url: str, column: str, value: Any
) -> None:
    issued = await bench.issue()
    async with await _raw(superuser_database_url) as connection:
        with pytest.raises(psycopg.Error, match=r"AK001|fixed|client_ref"):
            await connection.execute(
                f"update instruction set {column} = %s where id = %s", (value, issued.instruction_id)
            )


@pytest.mark.parametrize(
    "change",
    [
        "state = 'sending'",
        "state = 'sending', lease_token = gen_random_uuid(), lease_until = now()",
        "state = 'settled'",
        "sends = 1",
        "sends = 2, state = 'sending', lease_token = gen_random_uuid(), lease_until = now()",
        "state = 'sending', sends = 1",
        "state = 'unknown'",
        "next_try_at = null",
    ],
)
async def test_a_send_starts_from_ready_under_a_lease_and_nothing_is_forgotten(
    bench: Bench, superuser_database_url: str, change: str
) -> None:
    issued = await bench.issue()
    async with await _raw(superuser_database_url) as connection:
        with pytest.raises(psycopg.Error):
            await connection.execute(f"update instruction set {change} where id = %s", (issued.instruction_id,))


async def test_history_is_append_only(bench: Bench, superuser_database_url: str) -> None:
    await bench.issue()
    tables = ("instruction_attempt", "instruction_fact", "raw_message", "bank_line", "bank_line_sighting")
    async with await _raw(superuser_database_url) as connection:
        for table in (*tables, "statement_import", "statement_import_row", "instruction"):
            with pytest.raises(psycopg.Error):
                await connection.execute(f"truncate {table} cascade")
            await connection.rollback()
        with pytest.raises(psycopg.Error):
            await connection.execute("delete from instruction")


async def test_a_reference_has_court_and_date_and_is_refused_under_another_court(
    bench: Bench, superuser_database_url: str
) -> None:
    issued = await bench.issue()
    assert len(issued.client_ref) == 20
    assert issued.client_ref.isdigit()
    assert issued.client_ref[:4] == f"{bench.court_id:04d}"
    assert issued.client_ref[4:10] == "261120"
    other = make_client_ref(bench.court_id + 1, NOW)
    async with await _raw(superuser_database_url) as connection:
        with pytest.raises(psycopg.Error, match="ck_instruction_client_ref"):
            await connection.execute(
                "insert into instruction (court_id, id, fund_account_id, purpose, origin_id, client_ref, amount_fen,"
                " payee_account, payee_name, payee_bank_name, reason_text, content_digest, created_at, state,"
                " next_try_at) select court_id, gen_random_uuid(), fund_account_id, purpose, origin_id, %s, amount_fen,"
                " payee_account, payee_name, payee_bank_name, reason_text, content_digest, created_at, 'ready', now()"
                " from instruction",
                (other,),
            )


async def _raw(url: str) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(url.replace("postgresql+asyncpg", "postgresql"))
