"""The table of results is total, and nothing outside of it is evidence."""

from dataclasses import replace

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Expected
from ankuan_bank_icbc.mapping import QUERY_STATES, SUBMIT_STATES, query_verdict, submit_verdict
from ankuan_bank_icbc.messages import Answer

EXPECTED = Expected("26112100000000000017", Money(3_000), "6217000000000001234")
ROW = {"iSeqno": "26112100000000000017", "PayAmt": "3000", "RecAccNo": "6217000000000001234"}
A, W, R, S, U = (
    AnswerState.ACCEPTED,
    AnswerState.AWAITING_BANK,
    AnswerState.REFUSED,
    AnswerState.SETTLED,
    AnswerState.UNKNOWN,
)
TABLE = {"0": A, "1": A, "2": W, "3": W, "4": A, "5": A, "6": R, "7": S, "8": R, "9": A, "10": A, "11": R}


def answer(*rows: dict[str, str], code: str = "0", text: str = "交易成功") -> Answer:
    return Answer(code, text, "", {}, rows)


def test_the_tables_hold_every_documented_result() -> None:
    assert dict(QUERY_STATES) == TABLE
    assert dict(SUBMIT_STATES) == {**TABLE, "7": A}


@pytest.mark.parametrize("result", TABLE)
def test_a_documented_result_is_what_the_table_says(result: str) -> None:
    told = query_verdict(answer({**ROW, "Result": result, "instrRetCode": "0"}), EXPECTED)
    assert (told.state, told.alarm) == (TABLE[result], None)
    code = "E0021" if TABLE[result] is R else "0"
    told = submit_verdict(answer({**ROW, "Result": result, "iRetCode": code}), EXPECTED)
    assert (told.state, told.alarm) == (A if result == "7" else TABLE[result], None)


@pytest.mark.parametrize("code", ["", "0", "0000"])
@pytest.mark.parametrize("result", ["6", "8", "11"])
def test_a_submission_that_is_refused_without_a_reason_is_unknown(result: str, code: str) -> None:
    told = submit_verdict(answer({**ROW, "Result": result, "iRetCode": code}), EXPECTED)
    assert (told.state, bool(told.alarm)) == (U, True)


@pytest.mark.parametrize("result", ["", "12", "-1", "07", "7 ", "77", "成功", "X", "0.7", "6,7"])
def test_any_other_result_is_unknown_and_somebody_looks(result: str) -> None:
    for told in (
        query_verdict(answer({**ROW, "Result": result}), EXPECTED),
        submit_verdict(answer({**ROW, "Result": result}), EXPECTED),
    ):
        assert told.state is U
        assert told.alarm


@pytest.mark.parametrize("text", ["指令重复", "记录已存在", "交易已受理", "主机超时", "状态未知", "请稍后查询确认"])
@pytest.mark.parametrize("result", ["6", "8", "11"])
def test_a_refusal_in_doubt_is_unknown(result: str, text: str) -> None:
    row = {**ROW, "Result": result, "instrRetCode": "E0067", "instrRetMsg": text, "iRetCode": "E0067", "iRetMsg": text}
    assert query_verdict(answer(row), EXPECTED).state is U
    assert submit_verdict(answer(row), EXPECTED).state is U


def test_done_with_an_error_beside_it_is_a_contradiction() -> None:
    told = query_verdict(answer({**ROW, "Result": "7", "instrRetCode": "E0021"}), EXPECTED)
    assert (told.state, bool(told.alarm)) == (U, True)


@pytest.mark.parametrize("code", ["", "0", "00000"])
def test_done_with_any_number_of_zeros_is_done(code: str) -> None:
    assert query_verdict(answer({**ROW, "Result": "7", "instrRetCode": code}), EXPECTED).state is S


@pytest.mark.parametrize("change", [{"PayAmt": "3001"}, {"PayAmt": "30.00"}, {"RecAccNo": "6217000000000001235"}])
def test_another_amount_or_payee_is_no_evidence(change: dict[str, str]) -> None:
    for result in TABLE:
        row = {**ROW, **change, "Result": result}
        for told in (query_verdict(answer(row), EXPECTED), submit_verdict(answer(row), EXPECTED)):
            assert (told.state, bool(told.alarm)) == (U, True)


def test_a_row_may_keep_amount_and_payee_to_itself() -> None:
    assert query_verdict(answer({"QryiSeqno": ROW["iSeqno"], "Result": "7"}), EXPECTED).state is S


def test_b0116_is_not_found_when_asked_and_unknown_when_submitted() -> None:
    assert query_verdict(answer(code="B0116"), EXPECTED).state is AnswerState.NOT_FOUND
    assert submit_verdict(answer(code="B0116"), EXPECTED).state is U
    row = {"iSeqno": ROW["iSeqno"], "iRetCode": "B0116", "iRetMsg": "没有记录"}
    assert query_verdict(answer(row), EXPECTED).state is AnswerState.NOT_FOUND
    assert query_verdict(answer({**row, "Result": "9"}), EXPECTED).state is A


@pytest.mark.parametrize("code", ["E0067", "B0001", "-1", "1", "00", ""])
def test_a_package_refused_as_a_whole_proves_nothing(code: str) -> None:
    row = {**ROW, "Result": "6", "iRetCode": "E1"}
    assert submit_verdict(answer(row, code=code), EXPECTED).state is U
    assert query_verdict(answer(row, code=code), EXPECTED).state is U


def test_a_row_that_is_not_mentioned_is_unknown() -> None:
    other = {**ROW, "iSeqno": "26112100000000000018", "Result": "6"}
    for rows in ((), (other,)):
        assert submit_verdict(answer(*rows), EXPECTED).state is U
        assert query_verdict(answer(*rows), EXPECTED).state is U


def test_the_same_row_twice_is_one_word_and_two_words_are_none() -> None:
    row = {**ROW, "Result": "9"}
    assert submit_verdict(answer(row, row), EXPECTED).state is A
    told = submit_verdict(answer(row, {**row, "Result": "6"}), EXPECTED)
    assert (told.state, bool(told.alarm)) == (U, True)


def test_what_was_expected_decides_and_not_what_was_told() -> None:
    row = {**ROW, "Result": "7"}
    assert query_verdict(answer(row), EXPECTED).state is S
    assert query_verdict(answer(row), replace(EXPECTED, amount=Money(3_001))).state is U
