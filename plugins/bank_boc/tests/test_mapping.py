"""What codes mean, over every code there can be."""

import pytest

from ankuan.plugin_api.bank import AnswerState
from ankuan_bank_boc.mapping import QUERY_STATES, SUBMIT_STATES, is_refusal, queried, submitted

NOT_FOUND = frozenset({"B204"})


def test_every_code_has_a_meaning() -> None:
    for code in [*(f"B{number:03d}" for number in range(1000)), "", "?", "E001", "T9", "银行"]:
        _has_a_meaning(code)


def _has_a_meaning(code: str) -> None:
    refused = is_refusal(code, "余额不足", NOT_FOUND)
    state = queried(code, "余额不足", None, NOT_FOUND).state
    if code in NOT_FOUND:
        assert state is AnswerState.NOT_FOUND
    elif code in QUERY_STATES:
        assert state is QUERY_STATES[code]
    else:
        assert state is (AnswerState.REFUSED if refused else AnswerState.UNKNOWN)
    assert submitted(code, "余额不足").state is not AnswerState.SETTLED


@pytest.mark.parametrize(
    ("code", "text", "refused"),
    [
        ("B302", "账户可用余额不足", True),
        ("B302", "", False),
        ("B306", "指令标识重复", False),
        ("E302", "余额不足", False),
        ("B059", "余额不足", False),
        ("B204", "无此指令", False),
        ("?", "余额不足", False),
    ],
)
def test_what_is_a_refusal(code: str, text: str, refused: bool) -> None:
    assert is_refusal(code, text, NOT_FOUND) is refused


def test_a_submission_is_never_settled() -> None:
    assert AnswerState.SETTLED not in SUBMIT_STATES.values()
    assert bool(submitted("?", "x").alarm)
