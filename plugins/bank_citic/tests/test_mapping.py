from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Booking, Expected, Verdict, weigh
from ankuan_bank_citic.mapping import CLIENT_SIDE_PREFIXES, SUBMIT_STATES, query_verdict, submit_verdict
from ankuan_bank_citic.messages import Answer, parse

FIXTURES = Path(__file__).parent.parent / "fixtures"
A = AnswerState

SUBMITTED = {
    "done": A.ACCEPTED,
    "submitted": A.ACCEPTED,
    "awaiting_approval": A.AWAITING_BANK,
    "insufficient": A.REFUSED,
    "duplicate": A.UNKNOWN,
    "client_side": A.UNKNOWN,
    "not_generated": A.UNKNOWN,
    "unknown": A.UNKNOWN,
    "outside_table": A.UNKNOWN,
    "refused_in_doubt": A.UNKNOWN,
}
QUERIED = {
    "paid": A.SETTLED,
    "failed": A.REFUSED,
    "failed_in_doubt": A.UNKNOWN,
    "processing": A.ACCEPTED,
    "awaiting_approval": A.AWAITING_BANK,
    "unknown": A.UNKNOWN,
    "rejected": A.REFUSED,
    "revoked": A.REFUSED,
    "contradiction": A.UNKNOWN,
    "failed_but_done": A.UNKNOWN,
    "new_flag": A.UNKNOWN,
    "two_answers": A.UNKNOWN,
    "not_found": A.NOT_FOUND,
    "no_rows": A.NOT_FOUND,
    "query_refused": A.UNKNOWN,
}
ALARMING = {"contradiction", "failed_but_done", "failed_in_doubt", "new_flag", "two_answers"}


@pytest.mark.parametrize(("case", "state"), SUBMITTED.items())
def test_submissions(case: str, state: AnswerState) -> None:
    verdict = submit_verdict(parse((FIXTURES / f"DLCTNSUB__{case}.xml").read_bytes()))
    assert verdict.state is state
    assert bool(verdict.alarm) == (case == "outside_table")


@pytest.mark.parametrize(("case", "state"), QUERIED.items())
def test_queries(case: str, state: AnswerState) -> None:
    verdict = query_verdict(parse((FIXTURES / f"DLCIDSTT__{case}.xml").read_bytes()))
    assert verdict.state is state
    assert bool(verdict.alarm) == (case in ALARMING)


def test_all_status_fixtures_are_in_the_tables() -> None:
    queried = {path.stem.split("__")[1] for path in FIXTURES.glob("DLCIDSTT__*.xml")}
    assert queried == set(QUERIED)


@pytest.mark.parametrize("prefix", CLIENT_SIDE_PREFIXES)
def test_a_client_side_code_is_unknown_wherever_it_stands(prefix: str) -> None:
    code = prefix.ljust(7, "1")
    assert submit_verdict(Answer(code, "失败", {}, ())).state is A.UNKNOWN
    for stt in "01234":
        row = {"stt": stt, "status": code, "statusText": "失败"}
        assert query_verdict(Answer("AAAAAAA", "", {}, (row,))).state is A.UNKNOWN


@given(st.text(max_size=9) | st.text(alphabet="ABCDEFK0123456789", min_size=6, max_size=8), st.text(max_size=10))
def test_the_table_is_total_and_nothing_else_is_final(code: str, text: str) -> None:
    verdict = submit_verdict(Answer(code, text, {}, ()))
    assert verdict.state is not A.SETTLED
    if code not in SUBMIT_STATES and verdict.state is not A.UNKNOWN:
        assert verdict.state is A.REFUSED
        assert code[:2].isalpha()
        assert code[-4:].isdigit()


@given(st.text(max_size=2), st.text(max_size=8) | st.sampled_from(sorted(SUBMIT_STATES)), st.text(max_size=5))
def test_only_a_documented_pair_is_final_in_a_query(stt: str, code: str, text: str) -> None:
    row = {"stt": stt, "status": code, "statusText": text}
    verdict = query_verdict(Answer("AAAAAAA", "", {}, (row,)))
    if verdict.state is A.SETTLED:
        assert (stt, code) in {("0", "AAAAAAA"), ("0", "")}
    if verdict.state is A.REFUSED:
        assert stt in {"1", "3", "4"}
        assert code not in SUBMIT_STATES


EXPECTED = Expected("R1", Money(100), "62170001")
RIGHT = Booking(Money(100), "62170001", "R1", date(2026, 11, 21), "KEB1")
PAID, FAILED = Verdict(A.SETTLED, "AAAAAAA"), Verdict(A.REFUSED, "BKE0034")


def booked(**changes: object) -> Booking:
    return replace(RIGHT, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "bookings", "state", "alarm"),
    [
        (PAID, [RIGHT], A.SETTLED, False),
        (PAID, [booked(client_ref=None)], A.SETTLED, False),
        (PAID, [RIGHT, RIGHT], A.SETTLED, True),
        (PAID, [RIGHT, booked(amount=Money(1))], A.UNKNOWN, True),
        (PAID, [booked(amount=Money(99))], A.UNKNOWN, True),
        (PAID, [booked(counter_account="6217")], A.UNKNOWN, True),
        (PAID, [booked(client_ref="R2")], A.UNKNOWN, True),
        (PAID, [booked(client_ref=None, amount=Money(99))], A.UNKNOWN, True),
        (PAID, [], A.UNKNOWN, True),
        (PAID, None, A.UNKNOWN, False),
        (FAILED, [], A.REFUSED, False),
        (FAILED, [booked(client_ref="R2")], A.REFUSED, False),
        (FAILED, [RIGHT], A.UNKNOWN, True),
        (FAILED, None, A.UNKNOWN, False),
        (Verdict(A.NOT_FOUND), [RIGHT], A.NOT_FOUND, False),
    ],
)
def test_a_final_word_needs_the_books(
    verdict: Verdict, bookings: list[Booking] | None, state: AnswerState, alarm: bool
) -> None:
    weighed = weigh(verdict, EXPECTED, bookings)
    assert (weighed.state, bool(weighed.alarm)) == (state, alarm)
    if state is A.SETTLED:
        assert (weighed.bank_ref, weighed.booked_on) == ("KEB1", date(2026, 11, 21))
