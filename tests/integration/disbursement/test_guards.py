"""The database's own guards, tried as the role that owns the tables: no code of ours can get around them."""

import asyncpg
import pytest
from sqlalchemy import text

from ankuan.disbursement.rules import EXCLUSIVE
from ankuan.plugin_api.bank import AnswerState
from tests.fixtures.payouts import AUDITOR, CASHIER, HANDLER, HEAD, Payouts, pay

ACT = (
    "insert into disbursement_act (court_id, id, disbursement_id, act, version, digest, level, staff_id, staff_name,"
    " role, person_key, at) select court_id, gen_random_uuid(), id, $2, version, {digest}, $3, gen_random_uuid(),"
    " '甲', 'x', $4, now() from disbursement where id = $1"
)


async def broken(payouts: Payouts, statement: str, *values: object) -> str:
    """Constraint (or error code) that refuses a statement; the database is as it was."""
    before = await payouts.dump()
    with pytest.raises(asyncpg.PostgresError) as caught:
        await payouts.fetch(statement, *values)
    assert await payouts.dump() == before
    return str(getattr(caught.value, "constraint_name", None) or caught.value.sqlstate)


@pytest.mark.parametrize("status", ["approved", "audited", "released", "settled", "failed", "rejected"])
async def test_a_draft_does_not_jump(payouts: Payouts, status: str) -> None:
    made = await payouts.draft(await payouts.case("9.00"), pay("1.00"))
    found = await broken(payouts, "update disbursement set status = $2 where id = $1", made, status)
    assert found == "ck_disbursement_life"


async def test_a_status_without_its_acts(payouts: Payouts) -> None:
    """I6: approved means that the levels of the plan approved exactly this digest."""
    case_id = await payouts.case("9.00")
    made = await payouts.draft(case_id, pay("1.00"))
    found = await broken(
        payouts,
        """update disbursement set status = 'in_approval', plan = '["department_head"]', next_role = 'department_head'
            where id = $1""",
        made,
    )
    assert found == "ck_disbursement_acts"
    await payouts.act("submit", made, by=HANDLER)
    statement = "update disbursement set status = 'approved', next_role = null, approved_level = 1 where id = $1"
    assert await broken(payouts, statement, made) == "ck_disbursement_acts"
    await payouts.act("approve", made, by=HEAD)
    assert await broken(payouts, "update disbursement set status = 'audited' where id = $1", made) == (
        "ck_disbursement_acts"
    )
    await payouts.act("audit", made, by=AUDITOR)
    assert await broken(payouts, "update disbursement set status = 'released' where id = $1", made) == (
        "ck_disbursement_acts"
    )


@pytest.mark.parametrize("act", sorted(EXCLUSIVE))
async def test_an_act_on_other_content(payouts: Payouts, act: str) -> None:
    made = await payouts.to("in_approval", await payouts.case("9.00"), pay("1.00"))
    other = ACT.format(digest="repeat('0', 64)")
    level = 1 if act == "approve" else 0
    assert await broken(payouts, other, made, act, level, "p-new") == "ck_disbursement_act_content"


async def test_an_act_by_somebody_who_has_acted(payouts: Payouts) -> None:
    """I10."""
    made = await payouts.to("approved", await payouts.case("9.00"), pay("1.00"))
    same = ACT.format(digest="digest")
    maker, approver = payouts.actor(HANDLER).person_key, payouts.actor(HEAD).person_key
    for act in ("audit", "release"):
        assert await broken(payouts, same, made, act, 0, maker) == "ck_disbursement_act_maker"
        assert await broken(payouts, same, made, act, 0, approver) == "uq_disbursement_act_person"
    assert await broken(payouts, same, made, "approve", 1, "p-new") == "uq_disbursement_act_once"
    assert await broken(payouts, same, made, "approve", 2, "p-new") == "ck_disbursement_acts"
    assert await broken(payouts, same, made, "release", 0, "p-new") == "ck_disbursement_acts"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("purpose = 'x'", "ck_disbursement_content"),
        ("total_fen = total_fen + 1", "ck_disbursement_content"),
        ("digest = repeat('0', 64)", "ck_disbursement_content"),
        ("version = version + 1", "ck_disbursement_content"),
        ("case_number = 'x'", "ck_disbursement_content"),
        ("kind = 'fine'", "ck_disbursement_content"),
        ("number = 'PD-1'", "ck_disbursement_content"),
        ("plan = '[]'", "ck_disbursement_content"),
    ],
)
async def test_submitted_content_is_fixed(payouts: Payouts, change: str, constraint: str) -> None:
    made = await payouts.to("in_approval", await payouts.case("9.00"), pay("1.00"))
    assert await broken(payouts, f"update disbursement set {change} where id = $1", made) == constraint


async def test_the_total_of_a_draft_is_the_sum_of_its_lines(payouts: Payouts) -> None:
    made = await payouts.draft(await payouts.case("9.00"), pay("1.00"))
    statement = "update disbursement set version = 2, digest = repeat('0', 64), total_fen = 200 where id = $1"
    assert await broken(payouts, statement, made) == "ck_disbursement_total"


@pytest.mark.parametrize(
    "change",
    ["amount_fen = 1", "payee_name = 'x'", "payee_account_cipher = 'x'", "payee_account_index = 'x'", "version = 2"],
)
async def test_a_line_never_changes(payouts: Payouts, change: str) -> None:
    await payouts.draft(await payouts.case("9.00"), pay("1.00"))
    assert await broken(payouts, f"update disbursement_line set {change}") == "ck_disbursement_line_content"


async def test_what_became_of_a_line_is_written_once(payouts: Payouts) -> None:
    await payouts.to("released", await payouts.case("9.00"), pay("1.00"))
    for change in ("instruction_id = gen_random_uuid()", "instruction_id = null", "hold_id = gen_random_uuid()"):
        assert await broken(payouts, f"update disbursement_line set {change}") == "ck_disbursement_line_fate"


async def test_no_line_is_added_to_what_was_submitted(payouts: Payouts) -> None:
    """B9."""
    await payouts.to("in_approval", await payouts.case("9.00"), pay("1.00"))
    statement = (
        "insert into disbursement_line (court_id, id, disbursement_id, version, line_no, payee_name,"
        " payee_account_cipher, payee_account_masked, payee_account_index, payee_bank_name, amount_fen)"
        " select court_id, gen_random_uuid(), disbursement_id, version, 2, 'x', 'x', 'x', 'x', '', 1"
        " from disbursement_line"
    )
    assert await broken(payouts, statement) == "ck_disbursement_line_content"


@pytest.mark.parametrize(
    "table", ["disbursement", "disbursement_line", "disbursement_act", "review_check", "payment_receipt"]
)
async def test_nothing_is_deleted_and_history_is_not_rewritten(payouts: Payouts, table: str) -> None:
    made = await payouts.to("released", await payouts.case("9.00"), pay("1.00"))
    await payouts.answer((await payouts.lines(made))[0], AnswerState.SETTLED)
    assert await broken(payouts, f"delete from {table}") in {"AK001", "23503"}
    if table not in {"disbursement", "disbursement_line"}:
        assert await broken(payouts, f"update {table} set court_id = court_id") == "AK001"
        assert await broken(payouts, f"truncate {table} cascade") == "AK001"


async def test_another_court_sees_nothing(payouts: Payouts) -> None:
    made = await payouts.to("released", await payouts.case("9.00"), pay("1.00"))
    for login, rows in (("chuna.01", 0), (CASHIER, 1)):
        async with payouts.database.read(payouts.actor(login)) as session:
            for table in ("disbursement", "disbursement_line", "review_check", "disbursement_act"):
                seen = await session.scalar(text(f"select count(*) from {table}"))
                assert bool(seen) == bool(rows), table
            assert await session.scalar(text("select count(*) from disbursement where id = :id"), {"id": made}) == rows
