"""Matching and suggesting, case by case."""

from uuid import UUID

import pytest

from ankuan.collection.evidence import WORDS, in_words
from ankuan.collection.rules import (
    SURE,
    Match,
    Matched,
    MatchRule,
    ReceiptStatus,
    RemarkFact,
    SubAccountFact,
    SubAccountStatus,
    match,
    receipt_status,
    suggest,
    to_open,
)
from ankuan.kernel.case_number.extract import COST

A, B, C = (UUID(int=n) for n in (1, 2, 3))


def fact(
    case: UUID | None, confidence: int = 100, *, number: str = "执1", kind: str = "执", closed: bool = False
) -> RemarkFact:
    return RemarkFact(case, number, kind, confidence, is_closed=closed)


def sub(status: SubAccountStatus | None, case: UUID | None = None, *, closed: bool = False) -> SubAccountFact:
    return SubAccountFact("8112", status, case, case_is_closed=closed)


BOUND = SubAccountStatus.BOUND
TABLE: list[tuple[SubAccountFact | None, list[RemarkFact], MatchRule, UUID | None, str]] = [
    (sub(BOUND, A), [], MatchRule.SUB_ACCOUNT, A, "付款至子账户 8112"),
    (sub(BOUND, A), [fact(B)], MatchRule.SUB_ACCOUNT, A, "付款至子账户"),
    (sub(BOUND, A, closed=True), [fact(B)], MatchRule.NONE, None, "已结案"),
    (sub(SubAccountStatus.FROZEN, A), [fact(A)], MatchRule.NONE, None, "已冻结"),
    (sub(SubAccountStatus.CLOSED), [fact(A)], MatchRule.NONE, None, "已销户"),
    (sub(SubAccountStatus.COOLING), [fact(A)], MatchRule.NONE, None, "已解绑"),
    (sub(SubAccountStatus.FREE), [fact(A)], MatchRule.REMARK, A, "未绑定案件；附言中的案号 执1（把握 100）"),
    (sub(None), [fact(A)], MatchRule.REMARK, A, "未绑定案件"),
    (sub(None), [], MatchRule.NONE, None, "未绑定案件；附言中没有"),
    (None, [], MatchRule.NONE, None, "附言中没有可识别的本院案号"),
    (None, [fact(A)], MatchRule.REMARK, A, "把握 100"),
    (None, [fact(A, SURE)], MatchRule.REMARK, A, f"把握 {SURE}"),
    (None, [fact(A, SURE - 1)], MatchRule.NONE, None, "不足以确认"),
    (None, [fact(A), fact(B, number="执2")], MatchRule.NONE, None, "多个案号：执1、执2"),
    (None, [fact(A), fact(A, 90)], MatchRule.REMARK, A, "执1"),
    (None, [fact(A), fact(B, SURE - 1)], MatchRule.REMARK, A, "执1"),
    (None, [fact(A), fact(None, number="执2")], MatchRule.NONE, None, "不能入账的案号：执2"),
    (None, [fact(A), fact(None, number="民初2", kind="民初")], MatchRule.REMARK, A, "执1"),
    (None, [fact(A), fact(B, number="执2", closed=True)], MatchRule.NONE, None, "不能入账的案号：执2"),
    (None, [fact(A, closed=True)], MatchRule.NONE, None, "已结案：执1"),
    (None, [fact(None)], MatchRule.NONE, None, "未登记：执1"),
    (None, [fact(None, SURE - 1)], MatchRule.NONE, None, "没有可识别"),
]


@pytest.mark.parametrize(("sub_account", "remark", "rule", "case", "words"), TABLE)
def test_matching(
    sub_account: SubAccountFact | None, remark: list[RemarkFact], rule: MatchRule, case: UUID | None, words: str
) -> None:
    decided = match(sub_account, remark)
    assert decided == Match(rule, case, decided.explanation)
    assert words in decided.explanation


@pytest.mark.parametrize(
    ("amount", "allocated", "status"),
    [(5, 0, "unidentified"), (5, 1, "partly_allocated"), (5, 4, "partly_allocated"), (5, 5, "allocated")],
)
def test_the_status_of_a_receipt_follows_from_its_allocations(amount: int, allocated: int, status: str) -> None:
    assert receipt_status(amount, allocated) is ReceiptStatus(status)


@pytest.mark.parametrize(
    ("free", "waiting", "count"),
    [(20, 0, 0), (19, 0, 31), (0, 0, 50), (50, 0, 0), (30, 11, 31), (0, 1000, 1050), (5, 100, 145)],
)
def test_a_pool_is_filled_only_below_its_mark_and_waiting_cases_come_on_top(
    free: int, waiting: int, count: int
) -> None:
    assert to_open(free=free, waiting=waiting, low_water=20, refill_to=50) == count


def matched(case_id: UUID, score: int, reason: str = "同名", matcher: str = "甲") -> Matched:
    return Matched(case_id, score, reason, matcher)


def test_a_case_has_its_best_score_and_all_reasons_and_closed_cases_are_left_out() -> None:
    ranked = suggest(
        [fact(A, 70), fact(B, 90, closed=True)],
        [matched(A, 40), matched(C, 30), matched(A, 80, "同账户", "乙"), matched(B, 99)],
    )
    assert [(s.case_id, s.score) for s in ranked] == [(A, 80), (C, 30)]
    assert ranked[0].evidence == ("附言案号，把握 70", "同账户（乙）", "同名（甲）")
    assert suggest([], []) == ()
    assert [s.score for s in suggest([], [matched(A, 60)])] == [60]
    many = [matched(UUID(int=n), n + 1) for n in range(10)]
    assert [s.score for s in suggest([], many)] == [10, 9, 8, 7, 6]


def test_every_piece_of_evidence_has_words() -> None:
    assert set(WORDS) == {*COST, "exact", "court_known"}
    assert in_words(("exact", "court_known")) == ("案号完整", "本院代字")
