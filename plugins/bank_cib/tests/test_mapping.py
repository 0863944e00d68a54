"""What codes mean, over every code there can be."""

import itertools

import pytest

from ankuan.plugin_api.bank import AnswerState
from ankuan_bank_cib.mapping import FATES, failed, fate, submitted

FINAL = {"PAYOUT", "FAIL", "EXPIRED", "CANCEL", "PART_PAYOUT"}
"""Those without a star in the document."""


def test_every_code_of_the_document_has_its_state() -> None:
    assert {code: state.value for code, state in FATES.items()} == {
        "PAYOUT": "settled",
        "FAIL": "refused",
        "EXPIRED": "refused",
        "CANCEL": "refused",
        "AUDITING": "awaiting_bank",
        "AUDITED": "awaiting_bank",
        "WAIT_FOR_AUDIT": "awaiting_bank",
        "SEND_BACK": "awaiting_bank",
        "SUBMIT_SUCC": "accepted",
        "PENDING": "accepted",
        "PROCESSING": "accepted",
        "PART_PAYOUT": "unknown",
    }
    ends = {AnswerState.SETTLED, AnswerState.REFUSED}
    assert {code for code, state in FATES.items() if state in ends} < FINAL


def test_whatever_stands_in_no_table_is_unknown_and_looked_at() -> None:
    near = {"".join(part) for code in FATES for part in itertools.combinations(code, len(code) - 1)}
    for code in [*near - set(FATES), *(code.lower() for code in FATES), "", "?", "银行", "PAYOUT ", "0"]:
        for verdict in (fate(code, "x"), submitted(code, "x")):
            assert (verdict.state, bool(verdict.alarm)) == (AnswerState.UNKNOWN, True), code


@pytest.mark.parametrize("code", FATES)
def test_a_submission_is_never_settled(code: str) -> None:
    state = submitted(code, "").state
    assert state is (AnswerState.ACCEPTED if code == "PAYOUT" else FATES[code])


def test_of_a_single_order_a_part_is_a_contradiction() -> None:
    assert fate("PART_PAYOUT", "").alarm


def test_a_code_of_the_agent_refuses_only_where_the_document_says_so() -> None:
    refusals = {"2002"}
    for number in range(20_000):
        verdict = failed(str(number), "x", refusals)
        expected = AnswerState.REFUSED if number == 2002 else AnswerState.UNKNOWN
        assert verdict.state is expected
        assert bool(verdict.alarm) is (number != 2002)
