from typing import Any

import pytest
from cmb_bankside import FIXTURES, REFERENCE, body
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Expected
from ankuan_bank_cmb.mapping import REQUEST_STATES, RETURN_FLAGS, query_verdict, row_verdict, submit_verdict
from ankuan_bank_cmb.messages import DONE, Answer

A = AnswerState
EXPECTED = Expected(REFERENCE, Money(3_000), "6217000000000001234")

SUBMITTED = {
    "accepted": A.ACCEPTED,
    "data_accepted": A.ACCEPTED,
    "awaiting_approval": A.AWAITING_BANK,
    "settled_at_once": A.ACCEPTED,
    "refused": A.REFUSED,
    "not_taken": A.UNKNOWN,
    "new_flag": A.UNKNOWN,
    "new_state": A.UNKNOWN,
    "settled_with_error": A.UNKNOWN,
    "no_row": A.UNKNOWN,
    "other_reference": A.UNKNOWN,
}
QUERIED = {
    "paid": A.SETTLED,
    "returned": A.SETTLED,
    "failed": A.REFUSED,
    "rejected": A.REFUSED,
    "revoked": A.REFUSED,
    "expired": A.REFUSED,
    "merchant_revoked": A.UNKNOWN,
    "processing": A.ACCEPTED,
    "awaiting_approval": A.AWAITING_BANK,
    "no_rows": A.NOT_FOUND,
    "other_amount": A.UNKNOWN,
    "other_payee": A.UNKNOWN,
    "no_amount": A.UNKNOWN,
    "two_states": A.UNKNOWN,
    "other_reference": A.UNKNOWN,
}
ALARMING = {"new_flag", "new_state", "settled_with_error", "other_reference", "merchant_revoked"}
ALARMING |= {"other_amount", "other_payee", "no_amount", "two_states"}


def answer(name: str, code: str = DONE) -> Answer:
    return Answer(name, code, "", body(name))


@pytest.mark.parametrize(("case", "state"), SUBMITTED.items())
def test_submissions(case: str, state: AnswerState) -> None:
    told = answer(f"BB1PAYOP__{case}")
    verdict = submit_verdict(told, told.rows("bb1payopz1"), REFERENCE)
    assert verdict.state is state
    assert bool(verdict.alarm) == (case in ALARMING)
    if state is A.REFUSED:
        assert (verdict.code, verdict.message) == ("CSACA81", "可用余额不足")


@pytest.mark.parametrize("case", SUBMITTED)
def test_a_result_code_is_never_a_refusal(case: str) -> None:
    told = answer(f"BB1PAYOP__{case}", code="CSEC014")
    assert submit_verdict(told, told.rows("bb1payopz1"), REFERENCE).state is A.UNKNOWN


@pytest.mark.parametrize(("case", "state"), QUERIED.items())
def test_queries(case: str, state: AnswerState) -> None:
    verdict = query_verdict(answer(f"BB1PAYQR__{case}").rows("bb1payqrz1"), EXPECTED)
    assert verdict.state is state
    assert bool(verdict.alarm) == (case in ALARMING)


def test_all_status_fixtures_are_in_the_tables() -> None:
    for operation, table in (("BB1PAYOP", SUBMITTED), ("BB1PAYQR", QUERIED)):
        assert {path.stem.split("__")[1] for path in FIXTURES.glob(f"{operation}__*.json")} == set(table)


# Written down again on purpose: the table of the reference, not the one of the plugin.
TABLE: dict[tuple[str, str], AnswerState] = {
    **{(status, ""): A.AWAITING_BANK for status in ("AUT", "NTE", "WCF", "OPR")},
    **{(status, ""): A.ACCEPTED for status in ("BNK", "ACK", "APD")},
    ("FIN", "S"): A.SETTLED,
    ("FIN", "B"): A.SETTLED,
    **{("FIN", flag): A.REFUSED for flag in "FRCD"},
}


@pytest.mark.parametrize("status", ["AUT", "NTE", "WCF", "OPR", "BNK", "ACK", "APD", "FIN", "", "fin", "ZZZ"])
@pytest.mark.parametrize("flag", ["", *"SFBRDCMVUT", "s", "SS"])
def test_the_table_is_total(status: str, flag: str) -> None:
    verdict = row_verdict({"reqSts": status, "rtnFlg": flag, "errCod": DONE})
    expected = TABLE.get((status, flag if status == "FIN" else ""), A.UNKNOWN)
    assert verdict.state is expected
    assert bool(verdict.alarm) == (expected is A.UNKNOWN)


words = st.text(max_size=4) | st.sampled_from(["FIN", "AUT", "BNK", "S", "F", "B", "SUC0000", "CSEC014"])


@given(st.dictionaries(st.sampled_from(["reqSts", "rtnFlg", "errCod", "errTxt", "reqNbr"]), words))
def test_nothing_but_a_documented_pair_is_final(row: dict[str, Any]) -> None:
    verdict = row_verdict(row)
    if verdict.state is A.SETTLED:
        assert row["reqSts"] == "FIN"
        assert row["rtnFlg"] in {"S", "B"}
    if verdict.state is A.REFUSED:
        assert row["reqSts"] == "FIN"
        assert row["rtnFlg"] in {"F", "R", "C", "D"}
    submitted = submit_verdict(Answer("BB1PAYOP", DONE, "", {}), [row], REFERENCE)
    assert submitted.state is not A.SETTLED


def test_the_plugin_has_no_other_states() -> None:
    assert set(REQUEST_STATES) == {status for status, _ in TABLE if status != "FIN"}
    assert set(RETURN_FLAGS) == {flag for status, flag in TABLE if status == "FIN"}
