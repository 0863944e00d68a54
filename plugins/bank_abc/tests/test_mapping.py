"""What a message proves, over every code there can be."""

from pathlib import Path

import pytest

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.values import Malformed
from ankuan_bank_abc.mapping import OK, QUERY_STATES, is_refusal, queried, submitted
from ankuan_bank_abc.messages import parse

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOT_FOUND = frozenset({"2204"})


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.bin").read_bytes()


@pytest.mark.parametrize(
    ("case", "state"),
    [
        ("CFRT02__taken", AnswerState.ACCEPTED),
        ("CFRT02__refused", AnswerState.REFUSED),
        ("CFRT02__duplicate", AnswerState.UNKNOWN),
        ("CFRT02__front_end", AnswerState.UNKNOWN),
    ],
)
def test_submissions(case: str, state: AnswerState) -> None:
    answer = parse(raw(case))
    assert submitted(answer.code, answer.message).state is state


@pytest.mark.parametrize(
    ("case", "state"),
    [
        ("CQRT71__processing", AnswerState.ACCEPTED),
        ("CQRT71__done", AnswerState.SETTLED),
        ("CQRT71__failed", AnswerState.REFUSED),
        ("CQRT71__waiting", AnswerState.AWAITING_BANK),
        ("CQRT71__strange", AnswerState.UNKNOWN),
        ("CQRT71__not_found", AnswerState.NOT_FOUND),
    ],
)
def test_queries(case: str, state: AnswerState) -> None:
    answer = parse(raw(case))
    verdict = queried(answer.code, answer.message, answer.parts.get("Corp", {}).get("TrState", ""), NOT_FOUND)
    assert verdict.state is state
    assert bool(verdict.alarm) == (case == "CQRT71__strange")


def test_every_state_and_code_has_a_meaning() -> None:
    for state in [chr(code) for code in range(33, 127)] + ["", "11", "成"]:
        assert queried(OK, "", state, NOT_FOUND).state is QUERY_STATES.get(state, AnswerState.UNKNOWN)
    for number in range(10_000):
        code = f"{number:04d}"
        state_of = submitted(code, "余额不足").state
        refused = is_refusal(code, "余额不足")
        assert state_of is (
            AnswerState.ACCEPTED if code == OK else AnswerState.REFUSED if refused else AnswerState.UNKNOWN
        )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"0",
        b"1100   " + raw("CFRT02__taken")[7:],
        raw("CFRT02__taken")[:-1],
        raw("CFRT02__taken") + b" ",
        raw("CFRT02__taken").replace(b"RespCode", b"RespInfo"),
        b"06     <ap/>\n",
    ],
    ids=range(7),
)
def test_what_is_no_message(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body)
