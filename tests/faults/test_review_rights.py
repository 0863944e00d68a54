"""What smuggled SQL can and cannot do as the application's role, within the scope of one person."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.fixtures.stages import Play, play, prepared_stage

__all__ = ["play", "prepared_stage"]


@pytest.fixture
async def intruder(play: Play) -> AsyncIterator[asyncpg.Connection]:
    settings = play.served.services.settings
    connection = await asyncpg.connect(
        settings.database_url.replace("+asyncpg", "", 1), server_settings={"role": "ankuan_app"}
    )
    await connection.execute(f"select set_config('ankuan.courts', '{{{play.stage.ours.number}}}', false)")
    await connection.execute("select set_config('ankuan.actor', 'intruder', false)")
    yield connection
    await connection.close()


STATEMENTS = {
    "balance": "update ledger_balance set balance_fen = balance_fen + 1",
    "entry": "update ledger_entry set amount_fen = 1",
    "entry deleted": "delete from ledger_entry",
    "hold": "update ledger_hold set amount_fen = 1",
    "payee of a line": "update disbursement_line set payee_name = 'x'",
    "account of a line": "update disbursement_line set payee_account_cipher = ''",
    "amount of a line": "update disbursement_line set amount_fen = 1",
    "act changed": "update disbursement_act set staff_name = 'x'",
    "act deleted": "delete from disbursement_act",
    "event deleted": "delete from event",
    "event changed": "update event set payload = '{}'",
    "events truncated": "truncate event",
    "status": "update disbursement set status = 'approved' where status = 'draft'",
    "digest": "update disbursement set digest = repeat('0', 64)",
    "receipt": "update receipt set amount_fen = 1",
    "receipt deleted": "delete from receipt",
    "bank line": "update bank_line set amount_fen = 1",
    "message": "delete from raw_message",
    "function": "create or replace function ankuan_scope_is_all() returns boolean language sql as 'select true'",
    "trigger": "alter table event disable trigger all",
    "role": "set role ankuan_owner",
    "permission": "insert into role_permission values ('handler', 'disbursement.release', 'court')",
    "replica": "set session_replication_role = 'replica'",
    "policy": "update policy set value = '{}'",
    "counter deleted": "delete from counter",
}


@pytest.mark.parametrize("what", STATEMENTS)
async def test_refused(play: Play, intruder: asyncpg.Connection, what: str) -> None:
    before = await play.eye.see()
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await intruder.execute(STATEMENTS[what])
    assert refusal.value.sqlstate in {"42501", "AK001", "23514"}
    assert await play.eye.see() == before
