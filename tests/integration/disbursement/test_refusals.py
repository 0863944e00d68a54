"""Bad input and forbidden acts: a typed error with a stable code, and every row of the database as it was."""

import dataclasses
from datetime import timedelta
from uuid import uuid4

import pytest

from ankuan.disbursement.content import Line
from ankuan.disbursement.rules import Kind
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan.registry.rules import CaseStatus
from tests.fixtures.payouts import AUDITOR, CASHIER, CHIEF, HANDLER, HEAD, SYSTEM, VICE, Payouts, pay

STATES = ("draft", "in_approval", "approved", "audited", "released")
ACTS = {
    "submit": (HANDLER, {"draft"}),
    "approve": (HEAD, {"in_approval"}),
    "audit": (AUDITOR, {"approved"}),
    "withdraw": (HANDLER, {"draft", "in_approval", "approved", "audited"}),
    "send_back": (HEAD, {"in_approval", "approved", "audited"}),
    "reject": (HEAD, {"in_approval", "approved"}),
}


@pytest.mark.parametrize(
    ("lines", "purpose", "code", "field"),
    [
        ((), "款", "no_lines", "lines"),
        ((Line("甲", "6217000000000006", Money(0)),), "款", "invalid_amount", "lines.0.amount"),
        ((pay("1.00"), Line("甲", "6217000000000006", Money(-5))), "款", "invalid_amount", "lines.1.amount"),
        ((pay("1.00", account="12"),), "款", "payee_account_invalid", "lines.0.payeeAccount"),
        ((pay("1.00", name=""),), "款", "payee_name_invalid", "lines.0.payeeName"),
        ((pay("1.00"),), "", "purpose_required", "purpose"),
        ((Line("甲", "6217000000000006", Money(1), party_id=uuid4()),), "款", "party_not_found", "lines.0.partyId"),
    ],
)
async def test_bad_content(payouts: Payouts, lines: tuple[Line, ...], purpose: str, code: str, field: str) -> None:
    case_id = await payouts.case("10.00")
    error = await payouts.refused(payouts.draft(case_id, *lines, purpose=purpose))
    assert (error.code, error.field) == (code, field)
    made = await payouts.draft(case_id, pay("1.00"))
    error = await payouts.refused(payouts.edit(made, *lines, purpose=purpose))
    assert (error.code, error.field) == (code, field)


async def test_unknown_things_and_foreign_courts(payouts: Payouts) -> None:
    case_id = await payouts.case("10.00")
    assert (await payouts.refused(payouts.draft(uuid4(), pay("1.00")))).code == "case_not_found"
    # A person of another court does not even learn that the case exists: row-level security answers.
    assert (await payouts.refused(payouts.draft(case_id, pay("1.00"), by="chengban.01"))).code == "case_not_found"
    made = await payouts.draft(case_id, pay("1.00"))
    digest = (await payouts.load(made)).digest
    for act in ACTS:
        foreign = await payouts.refused(payouts.act(act, made, by="juzhang.01", digest=digest))
        assert foreign.code == "disbursement_not_found", act
        unknown = await payouts.refused(payouts.act(act, uuid4(), by=HANDLER, digest=digest))
        assert unknown.code == "disbursement_not_found", act
    assert (await payouts.refused(payouts.release(made, by="chuna.01"))).code == "disbursement_not_found"


async def test_the_platform_itself_never_acts(payouts: Payouts) -> None:
    case_id = await payouts.case("10.00")
    made = await payouts.draft(case_id, pay("1.00"))
    assert (await payouts.refused(payouts.act("submit", made, by=SYSTEM))).code == "not_allowed"


async def test_each_act_out_of_its_state_and_on_stale_content(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    for number, state in enumerate(STATES, start=1):
        made = await payouts.to(state, case_id, pay(f"{number}.00"))
        for act, (by, allowed) in ACTS.items():
            error = await payouts.refused(payouts.act(act, made, by=by, digest="0" * 64))
            assert error.code == ("stale_digest" if state in allowed else "wrong_state"), (act, state)
        error = await payouts.refused(payouts.edit(made, pay("1.00"), digest="0" * 64))
        assert error.code == ("stale_digest" if state == "draft" else "wrong_state")
        error = await payouts.refused(payouts.release(made, digests=["0" * 64]))
        assert error.code == ("stale_digest" if state == "audited" else "wrong_state")


async def test_one_person_one_part(payouts: Payouts) -> None:
    """I10, B7: by person, not by login, whatever roles a person collects."""
    case_id = await payouts.case("100.00")
    everything = frozenset({"handler", "department_head", "finance_supervisor", "cashier"})
    people = {
        login: dataclasses.replace(payouts.actor(login), id=uuid4(), name="另一账号", roles=everything)
        for login in (HANDLER, HEAD, AUDITOR)
    }
    made = await payouts.to("in_approval", case_id, pay("1.00"))
    assert (await payouts.refused(payouts.act("approve", made, by=people[HANDLER]))).code == "same_person"
    await payouts.act("approve", made, by=HEAD)
    for login in (HANDLER, HEAD):
        assert (await payouts.refused(payouts.act("audit", made, by=people[login]))).code == "same_person"
    await payouts.act("audit", made, by=AUDITOR)
    for login in (HANDLER, HEAD, AUDITOR):
        assert (await payouts.refused(payouts.release(made, by=people[login]))).code == "same_person"
    await payouts.release(made)


async def test_an_author_of_an_earlier_version_does_not_decide_on_a_later_one(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = await payouts.draft(case_id, pay("1.00"))
    author = payouts.twin(HEAD, 7)
    await payouts.edit(made, pay("2.00"), by=author)
    await payouts.act("submit", made, by=HANDLER)
    await payouts.act("send_back", made, by=HEAD)
    await payouts.act("submit", made, by=HANDLER)
    assert (await payouts.refused(payouts.act("approve", made, by=author))).code == "same_person"
    await payouts.act("approve", made, by=HEAD)


async def test_more_than_the_case_has(payouts: Payouts) -> None:
    case_id = await payouts.case("10.00")
    made = await payouts.draft(case_id, pay("10.01"))
    error = await payouts.refused(payouts.act("submit", made, by=HANDLER))
    assert (error.code, error.details["short_fen"]) == ("insufficient_balance", 1)
    await payouts.edit(made, pay("6.00"), pay("4.00"))
    await payouts.act("submit", made, by=HANDLER)
    other = await payouts.draft(case_id, pay("0.01"))
    assert (await payouts.refused(payouts.act("submit", other, by=HANDLER))).code == "insufficient_balance"
    await payouts.act("withdraw", made, by=HANDLER)
    await payouts.act("submit", other, by=HANDLER)


async def test_a_case_that_never_had_money(payouts: Payouts) -> None:
    made = await payouts.draft(await payouts.case(), pay("0.01"))
    assert (await payouts.refused(payouts.act("submit", made, by=HANDLER))).code == "insufficient_balance"


@pytest.mark.parametrize("status", [CaseStatus.SUSPENDED, CaseStatus.CLOSED])
async def test_a_case_that_is_not_open(payouts: Payouts, status: CaseStatus) -> None:
    """B4: refused, and the reservation is freed by an act."""
    case_id = await payouts.case("100.00")
    made = {state: await payouts.to(state, case_id, pay(f"{n}.00")) for n, state in enumerate(STATES[:4], start=1)}
    await payouts.set_status(case_id, status)
    assert (await payouts.refused(payouts.draft(case_id, pay("1.00")))).code == "case_not_open"
    for state, act, by in (
        ("draft", "submit", HANDLER),
        ("in_approval", "approve", HEAD),
        ("approved", "audit", AUDITOR),
    ):
        assert (await payouts.refused(payouts.act(act, made[state], by=by))).code == "case_not_open"
    assert (await payouts.refused(payouts.release(made["audited"]))).code == "case_not_open"
    await payouts.act("withdraw", made["in_approval"], by=HANDLER)
    await payouts.act("reject", made["approved"], by=AUDITOR)
    await payouts.act("send_back", made["audited"], by=CASHIER)
    position = await payouts.position(case_id)
    assert (position.available.yuan, position.held.yuan) == ("100.00", "0.00")


async def test_the_same_payment_twice(payouts: Payouts) -> None:
    """S1's double payment: same account, amount and case, while open or lately paid."""
    case_id = await payouts.case("100.00")
    first = await payouts.to("in_approval", case_id, pay("5.00"))
    second = await payouts.draft(case_id, pay("5.00"))
    error = await payouts.refused(payouts.act("submit", second, by=HANDLER))
    assert error.code == "review_blocked"
    assert "PD-2026-000001" in error.zh
    await payouts.act("withdraw", first, by=HANDLER)
    await payouts.act("submit", second, by=HANDLER)

    for act, by in (("approve", HEAD), ("audit", AUDITOR)):
        await payouts.act(act, second, by=by)
    await payouts.release(second)
    [line] = await payouts.lines(second)
    await payouts.answer(line, AnswerState.SETTLED)
    third = await payouts.draft(case_id, pay("5.00"))
    assert (await payouts.refused(payouts.act("submit", third, by=HANDLER))).code == "review_blocked"
    payouts.now += timedelta(days=91)
    await payouts.act("submit", third, by=HANDLER)


async def test_the_same_payment_twice_in_one_request(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = await payouts.draft(case_id, pay("5.00"), pay("5.00"))
    assert (await payouts.refused(payouts.act("submit", made, by=HANDLER))).code == "review_blocked"


async def test_a_failed_payment_is_no_duplicate(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = await payouts.to("released", case_id, pay("5.00"))
    [line] = await payouts.lines(made)
    await payouts.answer(line, AnswerState.REFUSED)
    again = await payouts.to("released", case_id, pay("5.00"))
    assert (await payouts.load(again)).status == "released"


async def test_a_name_that_the_bank_cannot_write(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = await payouts.draft(case_id, pay("5.00", name="申请人𠮷"))
    error = await payouts.refused(payouts.act("submit", made, by=HANDLER))
    assert error.code == "review_blocked"
    assert "𠮷" in error.zh


@pytest.mark.parametrize("act", ["send_back", "reject"])
@pytest.mark.parametrize("comment", [None, "  ", "字" * 501])
async def test_taking_something_back_needs_a_reason(payouts: Payouts, act: str, comment: str | None) -> None:
    made = await payouts.to("in_approval", await payouts.case("100.00"), pay("5.00"))
    error = await payouts.refused(payouts.act(act, made, by=HEAD, comment=comment))
    assert error.code == ("comment_too_long" if comment and comment.strip() else "comment_required")


async def test_release_is_all_or_nothing_and_names_the_item(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = [await payouts.to("audited", case_id, pay(f"{n}.00")) for n in (1, 2, 3)]
    late = await payouts.to("approved", case_id, pay("4.00"))
    error = await payouts.refused(payouts.release(*made, late))
    assert (error.code, error.field) == ("wrong_state", "items.3")
    assert "PD-2026-000004" in error.zh
    digests = [(await payouts.load(one)).digest for one in made]
    error = await payouts.refused(payouts.release(*made, digests=[digests[0], digests[2], digests[1]]))
    assert (error.code, error.field) == ("stale_digest", "items.1")
    error = await payouts.refused(payouts.release(made[0], made[1], made[0]))
    assert error.code == "release_items_invalid"
    error = await payouts.refused(payouts.release(made[0], uuid4(), digests=[digests[0], digests[0]]))
    assert (error.code, error.field) == ("disbursement_not_found", "items.1")
    assert (await payouts.refused(payouts.release())).code == "release_items_invalid"
    await payouts.release(*made)
    assert {(await payouts.load(one)).status for one in made} == {"released"}
    assert len(await payouts.fetch("select 1 from instruction")) == 3


async def test_content_changed_behind_the_platforms_back(payouts: Payouts) -> None:
    """I12: a superuser turns the triggers off and changes the payee; nothing is paid."""
    made = await payouts.to("audited", await payouts.case("100.00"), pay("5.00"))
    await payouts.fetch("alter table disbursement_line disable trigger all")
    await payouts.fetch("update disbursement_line set payee_name = '被执行人乙'")
    assert (await payouts.refused(payouts.release(made))).code == "content_tampered"


async def test_a_refusal_of_a_kind_without_parties(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = await payouts.draft(case_id, pay("5.00", name="示例市财政局"), kind=Kind.LITIGATION_FEE)
    await payouts.act("submit", made, by=HANDLER)
    checks = await payouts.fetch("select name, outcome from review_check order by id")
    assert "payee_party" not in {row["name"] for row in checks}
    assert {row["outcome"] for row in checks} == {"pass"}


async def test_levels_by_others_than_the_plan(payouts: Payouts) -> None:
    made = await payouts.to("in_approval", await payouts.case("100.00"), pay("5.00"))
    for login in (CHIEF, VICE, AUDITOR, CASHIER, HANDLER):
        code = (await payouts.refused(payouts.act("approve", made, by=login))).code
        assert code == "not_your_turn", login
