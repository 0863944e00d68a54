"""The automatic review: each check passes, warns or blocks for its own reason and no other."""

import dataclasses

import pytest

from ankuan.disbursement.content import Line
from ankuan.disbursement.review_rules import TITLES, Facts, Outcome, Stage, Twin, blocking, review
from ankuan.disbursement.rules import Kind
from ankuan.kernel.money import Money

GOOD = Line("申请执行人甲", "6217000000000006", Money(10_000), "示例银行济南分行", "102100099996")
FACTS = Facts(
    stage=Stage.SUBMIT,
    kind=Kind.PAY_PARTY,
    case_status="open",
    available=Money(10_000),
    held_elsewhere=Money(0),
    open_adjustments=0,
    pay_from_sub_account="3110710006681000001",
    bank_name="示例银行",
    encoding="gbk",
    lines=(GOOD,),
    party_names=frozenset({"申请执行人甲", "被执行人乙"}),
)


def found(**change: object) -> dict[str, Outcome]:
    facts = dataclasses.replace(FACTS, **change)  # type: ignore[arg-type]  # fields by name
    return {check.name: check.outcome for check in review(facts) if check.outcome is not Outcome.PASS}


def line(**change: object) -> Line:
    return dataclasses.replace(GOOD, **change)  # type: ignore[arg-type]  # fields by name


def test_all_checks_pass_in_the_order_of_the_screen() -> None:
    checks = review(FACTS)
    assert [check.name for check in checks] == list(TITLES)
    assert {check.outcome for check in checks} == {Outcome.PASS}
    assert blocking(checks) == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"case_status": "closed"}, {"case_status": Outcome.BLOCK}),
        ({"case_status": "suspended"}, {"case_status": Outcome.BLOCK}),
        ({"available": Money(9_999)}, {"available_balance": Outcome.BLOCK}),
        ({"held_elsewhere": Money(5)}, {}),
        ({"open_adjustments": 1}, {"bank_adjustments": Outcome.WARN}),
        ({"open_adjustments": 1, "stage": Stage.RELEASE}, {"bank_adjustments": Outcome.BLOCK}),
        (
            {"open_adjustments": 1, "stage": Stage.RELEASE, "pay_from_sub_account": None},
            {"bank_adjustments": Outcome.WARN},
        ),
        ({"lines": (line(payee_account="6217000000000009"),)}, {"payee_account": Outcome.WARN}),
        ({"lines": (line(payee_account="8217000000000009"),)}, {}),
        ({"lines": (line(payee_account="62170000000000009"[:15]),)}, {}),
        ({"lines": (line(payee_bank_code="102100099990"),)}, {"payee_bank_code": Outcome.WARN}),
        ({"lines": (line(payee_bank_code=None, payee_bank_name=""),)}, {"payee_bank_code": Outcome.WARN}),
        ({"lines": (line(payee_bank_code=None),)}, {}),
        ({"lines": (line(payee_name="甲䶮"),), "party_names": frozenset({"甲䶮"}), "encoding": "gb18030"}, {}),
        (
            {"lines": (line(payee_name="甲𠮷"),), "party_names": frozenset({"甲𠮷"}), "encoding": "gbk"},
            {"payee_name": Outcome.BLOCK},
        ),
        ({"lines": (line(payee_bank_name="𠮷行"),)}, {"payee_name": Outcome.BLOCK}),
        ({"lines": (line(payee_name="甲𠮷"),), "party_names": frozenset({"甲𠮷"}), "encoding": "utf-8"}, {}),
        ({"party_names": frozenset()}, {"payee_party": Outcome.WARN}),
        ({"party_names": frozenset(), "kind": Kind.LITIGATION_FEE}, {}),
        ({"twins": (Twin(1, "PD-2026-000009"),)}, {"duplicate": Outcome.BLOCK}),
    ],
)
def test_each_reason_shows_in_its_own_check(change: dict[str, object], expected: dict[str, Outcome]) -> None:
    assert found(**change) == expected


def test_two_equal_payments_in_one_request_are_duplicates() -> None:
    twice = (GOOD, line(payee_name="申请执行人甲"))
    assert found(lines=twice, available=Money(20_000)) == {"duplicate": Outcome.BLOCK}
    apart = (GOOD, line(amount=Money(9_999)))
    assert found(lines=apart, available=Money(20_000)) == {}


def test_reasons_name_line_and_request_and_mask_the_account() -> None:
    facts = dataclasses.replace(
        FACTS,
        lines=(GOOD, line(payee_account="6217000000000009", amount=Money(1))),
        available=Money(10_001),
        twins=(Twin(2, "PD-2026-000009"),),
    )
    told = {check.name: check.reason for check in review(facts)}
    assert "第 2 行" in told["payee_account"]
    assert "6217****0009" in told["payee_account"]
    assert "6217000000000009" not in " ".join(told.values())
    assert "PD-2026-000009" in told["duplicate"]
    assert "100.01" in told["available_balance"]
