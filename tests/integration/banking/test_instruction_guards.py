"""What the database itself refuses, whoever asks."""

import asyncio
import itertools
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from ankuan.banking.client_refs import make_client_ref
from ankuan.banking.issue_instruction import AlreadyIssued, IncompleteOrder, Issued
from ankuan.banking.tables import Instruction
from ankuan.banking.transitions import LIFE, InstructionState
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.constraints import explain
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
                "insert into instruction select (jsonb_populate_record(i, jsonb_build_object("
                " 'id', gen_random_uuid(), 'origin_id', gen_random_uuid(), 'client_ref', %s::text))).*"
                " from instruction i",
                (other,),
            )


async def test_one_thing_has_one_order_at_a_time(bench: Bench) -> None:
    origin = new_id()
    first = await bench.issue(origin_id=origin)
    with pytest.raises(AlreadyIssued):
        await bench.issue(origin_id=origin)
    async with bench.database.write(SYSTEM) as session:
        row = (await session.execute(select(Instruction))).scalar_one()
        row.state, row.next_try_at = "refused", None
    second = await bench.issue(origin_id=origin)
    assert second.client_ref != first.client_ref
    with pytest.raises(AlreadyIssued):
        await bench.issue(origin_id=origin)


async def test_of_twenty_orders_for_one_thing_at_once_one_is_issued(bench: Bench) -> None:
    origin = new_id()
    told = await asyncio.gather(*(bench.issue(origin_id=origin) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(one, Issued) for one in told) == 1
    for one in told:
        assert isinstance(one, Issued | AlreadyIssued) or (
            isinstance(one, IntegrityError) and isinstance(explain(one), AlreadyIssued)
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Money(0)},
        {"amount": Money(-1)},
        {"payee_account": ""},
        {"purpose": "adjustment", "to_sub_account": None, "adjustment_ref": "x"},
        {"purpose": "adjustment", "to_sub_account": "8112501012300012346", "adjustment_ref": None},
    ],
)
async def test_an_incomplete_order_is_not_issued(bench: Bench, wrong: dict[str, Any]) -> None:
    with pytest.raises(IncompleteOrder):
        await bench.issue(**wrong)


async def _raw(url: str) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(url.replace("postgresql+asyncpg", "postgresql"))
