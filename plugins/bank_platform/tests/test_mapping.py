"""The tables are total, and no word is believed beyond what it says."""

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan_bank_platform.mapping import (
    DUPLICATES,
    STATES,
    TIME_OUTS,
    Booking,
    Expected,
    Report,
    Row,
    Verdict,
    query_verdict,
    submit_verdicts,
    weigh,
)

REF, OTHER = "20261121000000000017", "20261121000000000018"
ORDER = Expected(REF, Money(902_900), "6217000000000001234")
ROW = Row(REF, "ACSC", amount=ORDER.amount, payee_account=ORDER.payee_account)
BOOKED = Booking(ORDER.amount, ORDER.payee_account, date(2026, 11, 21), "BP7")
NO_FINAL = {AnswerState.SETTLED, AnswerState.REFUSED}


def submitted(status: str, *reasons: str) -> AnswerState:
    report = Report(REF, "PART", rows=(replace(ROW, status=status, reasons=reasons),), count=1)
    (verdict,) = submit_verdicts(report, REF, [ORDER])
    return verdict.state


def queried(row: Row, message_ref: str = REF) -> Verdict:
    return query_verdict(Report(message_ref, "", rows=(row,), count=1), ORDER, REF)


WANTED = {
    "ACSC": (AnswerState.ACCEPTED, AnswerState.SETTLED),
    "ACCC": (AnswerState.ACCEPTED, AnswerState.SETTLED),
    "RJCT": (AnswerState.REFUSED, AnswerState.REFUSED),
    "CANC": (AnswerState.REFUSED, AnswerState.REFUSED),
    "PDNG": (AnswerState.AWAITING_BANK, AnswerState.AWAITING_BANK),
    "RCVD": (AnswerState.ACCEPTED, AnswerState.ACCEPTED),
    "ACTC": (AnswerState.ACCEPTED, AnswerState.ACCEPTED),
    "ACCP": (AnswerState.ACCEPTED, AnswerState.ACCEPTED),
    "ACSP": (AnswerState.ACCEPTED, AnswerState.ACCEPTED),
    "PART": (AnswerState.UNKNOWN, AnswerState.UNKNOWN),
}


def test_every_status_of_the_table() -> None:
    assert set(STATES) == set(WANTED)
    assert {code: (submitted(code), queried(replace(ROW, status=code)).state) for code in STATES} == WANTED


def test_every_other_status_of_four_letters_is_unknown() -> None:
    # Words of the letters that codes of the table consist of, and one that none has.
    for letters in itertools.product(sorted(set("".join(STATES)) | {"X"}), repeat=4):
        code = "".join(letters)
        if code not in STATES:
            assert submitted(code) is AnswerState.UNKNOWN
    assert queried(replace(ROW, status="ACWC")).alarm


@given(st.text(max_size=8))
def test_whatever_a_status_is_it_is_total(status: str) -> None:
    state = queried(replace(ROW, status=status)).state
    assert state is (WANTED[status][1] if status in WANTED else AnswerState.UNKNOWN)


@pytest.mark.parametrize("reason", sorted(DUPLICATES))
def test_d9_a_duplicate_is_never_a_refusal(reason: str) -> None:
    assert submitted("RJCT", reason) is AnswerState.UNKNOWN
    assert submitted("RJCT", "MS03", reason) is AnswerState.UNKNOWN
    assert queried(replace(ROW, status="RJCT", reasons=(reason,))).state is AnswerState.UNKNOWN
    report = Report(REF, "ACTC", reasons=(reason,), count=1, rows=(ROW,))
    assert [each.state for each in submit_verdicts(report, REF, [ORDER])] == [AnswerState.UNKNOWN]


@pytest.mark.parametrize("reason", sorted(TIME_OUTS))
def test_a_rejection_out_of_silence_counts_only_when_asked_again(reason: str) -> None:
    assert submitted("RJCT", reason) is AnswerState.UNKNOWN
    assert queried(replace(ROW, status="RJCT", reasons=(reason,))).state is AnswerState.REFUSED


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Money(90_290_000)},
        {"amount": Money(902_901)},
        {"payee_account": "6222000000000009999"},
        {"client_ref": OTHER},
        {"amount": None},
        {"payee_account": None},
    ],
)
def test_d14_a_final_word_about_another_order_is_unknown_with_an_alarm(changed: dict[str, object]) -> None:
    for status in ("ACSC", "RJCT"):
        verdict = queried(replace(ROW, status=status, **changed))  # type: ignore[arg-type]
        assert (verdict.state, bool(verdict.alarm)) == (AnswerState.UNKNOWN, True)


def test_d14_a_report_on_another_message_is_unknown_with_an_alarm() -> None:
    assert queried(ROW, message_ref=OTHER).alarm
    for verdict in submit_verdicts(Report(OTHER, "ACTC", count=1), REF, [ORDER]):
        assert (verdict.state, bool(verdict.alarm)) == (AnswerState.UNKNOWN, True)


def test_two_rows_for_one_order_are_unknown() -> None:
    rows = (ROW, replace(ROW, status="RJCT"))
    assert submit_verdicts(Report(REF, "PART", rows=rows, count=1), REF, [ORDER])[0].state is AnswerState.UNKNOWN
    assert query_verdict(Report(REF, "", rows=rows), ORDER, REF).state is AnswerState.UNKNOWN


def test_d25_rows_of_a_batch_are_judged_one_by_one() -> None:
    orders = [Expected(f"R{n}", Money(n), f"622200000000000000{n}") for n in range(1, 5)]
    rows = (Row("R3", "ACSC"), Row("R1", "RJCT", ("AC01",)), Row("R2", "QQQQ"))
    states = [each.state for each in submit_verdicts(Report("B1", "PART", rows=rows, count=4), "B1", orders)]
    assert states == [AnswerState.REFUSED, AnswerState.UNKNOWN, AnswerState.ACCEPTED, AnswerState.UNKNOWN]


@pytest.mark.parametrize(
    ("status", "count", "state"),
    [
        ("ACTC", 2, AnswerState.ACCEPTED),
        ("RJCT", 2, AnswerState.REFUSED),
        ("PDNG", 2, AnswerState.AWAITING_BANK),
        ("PART", 2, AnswerState.UNKNOWN),
        ("", 2, AnswerState.UNKNOWN),
        ("ACTC", 1, AnswerState.UNKNOWN),
        ("RJCT", None, AnswerState.UNKNOWN),
    ],
)
def test_a_group_status_alone_counts_for_all_when_it_counts_all(
    status: str, count: int | None, state: AnswerState
) -> None:
    orders = [ORDER, replace(ORDER, client_ref=OTHER)]
    found = submit_verdicts(Report("B1", status, count=count), "B1", orders)
    assert {each.state for each in found} == {state}


def test_a_row_nobody_ordered_makes_all_unknown() -> None:
    rows = (ROW, replace(ROW, client_ref=OTHER))
    (verdict,) = submit_verdicts(Report(REF, "ACTC", rows=rows, count=2), REF, [ORDER])
    assert (verdict.state, bool(verdict.alarm)) == (AnswerState.UNKNOWN, True)


SETTLED, REFUSED = Verdict(AnswerState.SETTLED, "ACSC"), Verdict(AnswerState.REFUSED, "RJCT")


@pytest.mark.parametrize(
    ("word", "bookings", "state", "alarm"),
    [
        (SETTLED, [BOOKED], AnswerState.SETTLED, False),
        (SETTLED, [BOOKED, BOOKED], AnswerState.SETTLED, True),
        (SETTLED, [], AnswerState.UNKNOWN, True),
        (SETTLED, None, AnswerState.UNKNOWN, False),
        (SETTLED, [replace(BOOKED, amount=Money(1))], AnswerState.UNKNOWN, True),
        (SETTLED, [BOOKED, replace(BOOKED, payee_account="6222000000000009999")], AnswerState.UNKNOWN, True),
        (REFUSED, [], AnswerState.REFUSED, False),
        (REFUSED, [BOOKED], AnswerState.UNKNOWN, True),
        (REFUSED, None, AnswerState.UNKNOWN, False),
        (Verdict(AnswerState.ACCEPTED), None, AnswerState.ACCEPTED, False),
    ],
)
def test_d11_d14_d16_d18_the_books_decide(
    word: Verdict, bookings: list[Booking] | None, state: AnswerState, alarm: bool
) -> None:
    found = weigh(word, ORDER, bookings)
    assert (found.state, bool(found.alarm)) == (state, alarm)
    if found.state is AnswerState.SETTLED:
        assert (found.bank_ref, found.booked_on) == (BOOKED.bank_ref, BOOKED.booked_on)
