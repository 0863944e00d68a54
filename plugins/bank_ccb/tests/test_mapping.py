"""What a message proves, over every code there can be, and what is never called failed."""

from pathlib import Path

import pytest

from ankuan.plugin_api.bank import AnswerState
from ankuan_bank_ccb.mapping import OK, is_refusal, queried, submitted
from ankuan_bank_ccb.messages import Answer, parse

FIXTURES = Path(__file__).parent.parent / "fixtures"
DELIVERED = {"done": frozenset("4"), "failed": frozenset[str](), "not_found": frozenset({"8350ZX200000"})}


def answer(name: str) -> Answer:
    return parse((FIXTURES / f"{name}.xml").read_bytes())


@pytest.mark.parametrize(
    ("case", "state", "alarm"),
    [
        ("6W8020__taken", AnswerState.AWAITING_BANK, False),
        ("6W8020__duplicate", AnswerState.UNKNOWN, False),
        ("6W8020__refused", AnswerState.REFUSED, False),
        ("6W8020__front_end", AnswerState.UNKNOWN, False),
    ],
)
def test_submissions(case: str, state: AnswerState, alarm: bool) -> None:
    verdict = submitted(answer(case))
    assert (verdict.state, bool(verdict.alarm)) == (state, alarm)


@pytest.mark.parametrize(
    ("case", "state", "alarm"),
    [
        ("6W0600__done", AnswerState.SETTLED, False),
        ("6W0600__three", AnswerState.AWAITING_BANK, False),
        ("6W0600__waiting", AnswerState.AWAITING_BANK, False),
        ("6W0600__in_doubt", AnswerState.AWAITING_BANK, False),
        ("6W0600__strange", AnswerState.UNKNOWN, True),
        ("6W0600__empty", AnswerState.UNKNOWN, True),
        ("6W0600__not_found", AnswerState.NOT_FOUND, False),
    ],
)
def test_queries_as_delivered_call_nothing_failed(case: str, state: AnswerState, alarm: bool) -> None:
    verdict = queried(answer(case), **DELIVERED)
    assert (verdict.state, bool(verdict.alarm)) == (state, alarm)


def test_a_value_confirmed_by_the_bank_is_believed() -> None:
    confirmed = {**DELIVERED, "failed": frozenset("3")}
    assert queried(answer("6W0600__three"), **confirmed).state is AnswerState.REFUSED


@pytest.mark.parametrize("result", [chr(code) for code in range(33, 127)] + ["44", "", "四"])
def test_every_result_has_a_meaning(result: str) -> None:
    told = Answer("1", "6W0600", OK, "", {"DEAL_RESULT": result}, ())
    state = queried(told, **DELIVERED).state
    assert state in {AnswerState.SETTLED, AnswerState.AWAITING_BANK, AnswerState.UNKNOWN}
    assert (state is AnswerState.SETTLED) == (result == "4")


@pytest.mark.parametrize(
    ("code", "text", "refused"),
    [
        ("8350ZX300021", "账户可用余额不足", True),
        ("8350ZX300021", "", False),
        ("8350ZX300067", "请求序列号重复", False),
        ("WLPT00000001", "余额不足", False),
        (OK, "余额不足", False),
        ("?", "余额不足", False),
    ],
)
def test_what_is_a_refusal(code: str, text: str, refused: bool) -> None:
    assert is_refusal(code, text) is refused
