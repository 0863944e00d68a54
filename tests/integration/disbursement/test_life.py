"""The plain way of a disbursement, from draft to receipt, as the database and the ledger show it."""

from uuid import UUID

import pytest

from ankuan.disbursement.payment_receipt import NotSettledYet, render_payment_receipt, verify_check_code
from ankuan.disbursement.queries import acts_of, checks_of
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from tests.fixtures.payouts import AUDITOR, CASHIER, CHIEF, HANDLER, HEAD, SYSTEM, VICE, Payouts, pay

TWO = (pay("600.00"), pay("300.00", "被执行人乙", "8112501012300099999"))


async def sums(payouts: Payouts, case_id: UUID) -> tuple[str, str, str]:
    position = await payouts.position(case_id)
    return position.available.yuan, position.held.yuan, position.paid.yuan


async def test_from_draft_to_paid(payouts: Payouts) -> None:
    case_id = await payouts.case("1000.00", bound=True)
    made = await payouts.draft(case_id, *TWO)
    found = await payouts.load(made)
    assert (found.number, found.status, found.version) == ("PD-2026-000001", "draft", 1)
    assert found.total == Money.parse("900.00")
    assert await sums(payouts, case_id) == ("1000.00", "0.00", "0.00")

    await payouts.act("submit", made, by=HANDLER)
    found = await payouts.load(made)
    assert (found.status, found.plan, found.next_role) == ("in_approval", ["department_head"], "department_head")
    assert await sums(payouts, case_id) == ("100.00", "900.00", "0.00")

    await payouts.act("approve", made, by=HEAD)
    await payouts.act("audit", made, by=AUDITOR)
    await payouts.release(made)
    found = await payouts.load(made)
    assert (found.status, found.next_role, found.payer_bank) == ("released", None, "中信银行")
    orders = await payouts.fetch("select * from instruction order by id")
    assert [(o["amount_fen"], o["payee_name"], o["payee_account"], o["purpose"]) for o in orders] == [
        (60_000, "申请执行人甲", "6217000000000006", "payment"),
        (30_000, "被执行人乙", "8112501012300099999", "payment"),
    ]
    [account] = await payouts.fetch("select sub_account_no from case_account")
    assert {o["pay_from_sub_account"] for o in orders} == {account["sub_account_no"]}
    assert {o["origin_digest"] for o in orders} == {found.digest}
    assert await sums(payouts, case_id) == ("100.00", "900.00", "0.00")

    first, second = await payouts.lines(made)
    await payouts.answer(first, AnswerState.SETTLED)
    assert (await payouts.load(made)).status == "released"
    assert await sums(payouts, case_id) == ("100.00", "300.00", "600.00")
    await payouts.answer(second, AnswerState.SETTLED)
    assert (await payouts.load(made)).status == "settled"
    assert await sums(payouts, case_id) == ("100.00", "0.00", "900.00")

    told = await payouts.fetch(
        "select payload->>'status' as s from event where kind='disbursement.changed' order by id"
    )
    assert [row["s"] for row in told] == [
        "draft", "in_approval", "approved", "audited", "released", "released", "settled",
    ]  # fmt: skip


async def test_acts_carry_person_role_version_and_digest(payouts: Payouts) -> None:
    case_id = await payouts.case("1000.00")
    made = await payouts.to("released", case_id, pay("10.00"))
    async with payouts.database.read(SYSTEM) as session:
        acts = (await acts_of(session, [(payouts.court, made)]))[payouts.court, made]
        checks = (await checks_of(session, [(payouts.court, made)]))[payouts.court, made]
    digest = (await payouts.load(made)).digest
    assert [(a.act, a.role, a.level) for a in acts] == [
        ("create", "handler", 0),
        ("submit", "handler", 0),
        ("approve", "department_head", 1),
        ("audit", "finance_supervisor", 0),
        ("release", "cashier", 0),
    ]
    assert {(a.version, a.digest) for a in acts} == {(1, digest)}
    assert len({a.person_key for a in acts if a.act != "create"}) == 4
    assert {c.stage for c in checks} == {"submit", "release"}
    assert {c.outcome for c in checks} == {"pass"}


async def test_two_levels_above_half_a_million(payouts: Payouts) -> None:
    case_id = await payouts.case("600000.00")
    made = await payouts.draft(case_id, pay("500000.01"))
    await payouts.act("submit", made, by=HANDLER)
    assert (await payouts.refused(payouts.act("approve", made, by=VICE))).code == "not_your_turn"
    assert (await payouts.refused(payouts.act("approve", made, by=HEAD))).code == "not_your_turn"
    await payouts.act("approve", made, by=CHIEF)
    found = await payouts.load(made)
    assert (found.status, found.next_role, found.approved_level) == ("in_approval", "vice_president", 1)
    assert (await payouts.refused(payouts.act("audit", made, by=AUDITOR))).code == "wrong_state"
    assert (await payouts.refused(payouts.act("approve", made, by=payouts.twin(CHIEF, 1)))).code == "already_decided"
    await payouts.act("approve", made, by=VICE)
    assert (await payouts.load(made)).status == "approved"


async def test_a_refused_payment_gives_the_money_back(payouts: Payouts) -> None:
    case_id = await payouts.case("1000.00")
    made = await payouts.to("released", case_id, *TWO)
    first, second = await payouts.lines(made)
    await payouts.answer(first, AnswerState.REFUSED)
    assert await sums(payouts, case_id) == ("700.00", "300.00", "0.00")
    await payouts.answer(second, AnswerState.SETTLED)
    assert (await payouts.load(made)).status == "partly_settled"
    assert await sums(payouts, case_id) == ("700.00", "0.00", "300.00")

    again = await payouts.to("released", case_id, pay("600.00"))
    [line] = await payouts.lines(again)
    await payouts.answer(line, AnswerState.REFUSED)
    assert (await payouts.load(again)).status == "failed"
    assert await sums(payouts, case_id) == ("700.00", "0.00", "300.00")


async def test_paid_after_refusal_takes_the_money_again(payouts: Payouts) -> None:
    """D11: the fact beats the status."""
    case_id = await payouts.case("1000.00")
    made = await payouts.to("released", case_id, *TWO)
    first, second = await payouts.lines(made)
    await payouts.answer(first, AnswerState.REFUSED)
    await payouts.answer(second, AnswerState.REFUSED)
    assert (await payouts.load(made)).status == "failed"
    await payouts.answer(first, AnswerState.SETTLED)
    assert (await payouts.load(made)).status == "partly_settled"
    assert await sums(payouts, case_id) == ("400.00", "0.00", "600.00")
    await payouts.answer(second, AnswerState.SETTLED)
    assert (await payouts.load(made)).status == "settled"
    assert await sums(payouts, case_id) == ("100.00", "0.00", "900.00")


async def test_paid_after_refusal_when_the_money_is_gone(payouts: Payouts) -> None:
    case_id = await payouts.case("1000.00")
    made = await payouts.to("released", case_id, pay("600.00"))
    [line] = await payouts.lines(made)
    await payouts.answer(line, AnswerState.REFUSED)
    other = await payouts.to("released", case_id, pay("900.00"))
    await payouts.answer(line, AnswerState.SETTLED)
    assert (await payouts.load(made)).status == "settled"
    assert await sums(payouts, case_id) == ("100.00", "900.00", "0.00")
    booked = await payouts.fetch(
        "select a.kind, e.amount_fen from ledger_entry e join ledger_account a on a.id = e.debit_account"
        " where e.source = 'disbursement'"
    )
    assert [tuple(row) for row in booked] == [("suspense", 60_000)]
    alarms = {row["kind"] for row in await payouts.fetch("select kind from alarm")}
    assert "paid_without_cover" in alarms
    [line] = await payouts.lines(other)
    await payouts.answer(line, AnswerState.SETTLED)
    assert await sums(payouts, case_id) == ("100.00", "0.00", "900.00")


async def test_numbers_have_no_gaps(payouts: Payouts) -> None:
    case_id = await payouts.case("1000.00")
    await payouts.draft(case_id, pay("1.00"))
    assert (await payouts.refused(payouts.draft(case_id, pay("1.00"), purpose=" "))).code == "purpose_required"
    made = await payouts.draft(case_id, pay("2.00"))
    assert (await payouts.load(made)).number == "PD-2026-000002"


async def test_sending_back_makes_a_new_version_without_approvals(payouts: Payouts) -> None:
    """I6, B1, B2."""
    case_id = await payouts.case("1000.00")
    made = await payouts.to("audited", case_id, *TWO)
    old = await payouts.load(made)
    await payouts.act("send_back", made, by=CASHIER, comment="收款账号有误")
    found = await payouts.load(made)
    assert (found.status, found.version, found.plan, found.approved_level) == ("draft", 2, [], 0)
    assert found.digest != old.digest
    assert await sums(payouts, case_id) == ("1000.00", "0.00", "0.00")
    await payouts.edit(made, pay("900.00"))
    await payouts.act("submit", made, by=HANDLER)
    assert (await payouts.load(made)).version == 3
    stale = await payouts.refused(payouts.act("approve", made, by=HEAD, digest=old.digest))
    assert stale.code == "stale_digest"
    for act, by in (("approve", HEAD), ("audit", AUDITOR)):
        await payouts.act(act, made, by=by)
    await payouts.release(made)
    assert [row["version"] for row in await payouts.fetch("select version from disbursement_line order by id")] == [
        1, 1, 2, 2, 3,
    ]  # fmt: skip


async def test_receipt_of_a_paid_line(payouts: Payouts) -> None:
    case_id = await payouts.case("1000.00")
    made = await payouts.to("released", case_id, *TWO)
    first, second = await payouts.lines(made)
    await payouts.answer(first, AnswerState.SETTLED, "BANKREF42")
    [row] = await payouts.fetch("select * from payment_receipt")
    assert (row["line_id"], row["number"]) == (first.id, "HD2026-000001")
    about = {"court_id": payouts.court, "now": payouts.now, "verify_base_url": "https://example.test"}
    async with payouts.database.read(payouts.actor(CASHIER)) as session:
        one = await render_payment_receipt(session, line_id=first.id, **about)  # type: ignore[arg-type]  # keywords
        two = await render_payment_receipt(session, line_id=first.id, **about)  # type: ignore[arg-type]  # keywords
        assert one == two
        assert one.startswith(b"%PDF-")
        with pytest.raises(NotSettledYet):
            await render_payment_receipt(session, line_id=second.id, **about)  # type: ignore[arg-type]  # keywords
    async with payouts.database.read(SYSTEM) as session:
        code = row["check_code"]
        verified = await verify_check_code(session, f"{code[:4]} {code[4:]}")
        assert verified is not None
        told = dict(verified.facts())
        assert told["金额（小写）"] == "600.00"
        assert told["银行流水号"] == "BANKREF42"
        assert told["收款账号"] == "6217****0006"
        assert await verify_check_code(session, "0" * 20) is None
    # A second word of the bank makes no second receipt.
    await payouts.answer(first, AnswerState.SETTLED, "BANKREF42")
    assert len(await payouts.fetch("select 1 from payment_receipt")) == 1
