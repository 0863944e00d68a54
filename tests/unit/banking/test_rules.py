"""The decisions about orders at banks: a lattice of facts, and what may never happen (failures D, E2)."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ankuan.banking.rules import (
    AlarmKind,
    Decision,
    Fact,
    InstructionLife,
    LeaseLost,
    LineSeen,
    Looked,
    MoneyEffect,
    NotSent,
    Policy,
    Queried,
    SendStarted,
    Stopped,
    Submitted,
    decide,
)
from ankuan.banking.transitions import FINAL, LIFE, InstructionEvent, InstructionState
from ankuan.kernel.states import IllegalTransition
from ankuan.plugin_api.bank import AnswerState

S, A = InstructionState, AnswerState
T0 = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
POLICY = Policy(finality_window=timedelta(hours=6))
WINDOW = POLICY.lease + POLICY.finality_window


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def told(life: InstructionLife, *facts: Fact, now: datetime | None = None) -> tuple[InstructionLife, list[MoneyEffect]]:
    """Apply facts one after the other; returns the life and the money effects, in order."""
    money: list[MoneyEffect] = []
    for fact in facts:
        decision = decide(life, fact, POLICY, now or at(0))
        life = decision.life
        if decision.money is not MoneyEffect.NONE:
            money.append(decision.money)
    return life, money


def one(life: InstructionLife, fact: Fact, now: datetime | None = None) -> Decision:
    return decide(life, fact, POLICY, now or at(0))


SENT_ONCE, _ = told(InstructionLife(), SendStarted(at(0)))
UNKNOWN, _ = told(SENT_ONCE, Submitted(1, A.UNKNOWN, at(0)))
CLEARED, _ = told(UNKNOWN, Queried(A.NOT_FOUND, at(7)))
SENT_TWICE, _ = told(CLEARED, SendStarted(at(8)))
SENT_THRICE, _ = told(SENT_TWICE, Submitted(2, A.UNKNOWN, at(8)), Queried(A.NOT_FOUND, at(15)), SendStarted(at(16)))
REFUSED, _ = told(SENT_ONCE, Submitted(1, A.REFUSED, at(0)))
SETTLED, _ = told(SENT_ONCE, Submitted(1, A.SETTLED, at(0)))


def test_the_table_has_no_gaps() -> None:
    assert LIFE.gaps(InstructionState, InstructionEvent) == []
    assert LIFE.final() == {S.SETTLED}
    assert LIFE.events(S.REFUSED) == {InstructionEvent.SETTLE}


def test_only_what_is_ready_can_be_stopped() -> None:
    stopped = one(InstructionLife(), Stopped(at(1)))
    assert (stopped.next_state, stopped.money, stopped.send_at, stopped.query_at) == (
        S.REFUSED,
        MoneyEffect.RETURN,
        None,
        None,
    )
    cleared = one(CLEARED, Stopped(at(9)))
    assert (cleared.next_state, cleared.send_at) == (S.REFUSED, None)
    assert cleared.query_at is not None, "it had been sent once: looked at once more, for banks that change their mind"
    for life in (SENT_ONCE, UNKNOWN, SETTLED):
        assert one(life, Stopped(at(9))).next_state is life.state


FACTS: list[Fact] = [
    Submitted(1, A.UNKNOWN, at(0.1)),
    Submitted(1, A.ACCEPTED, at(0.1)),
    Submitted(1, A.AWAITING_BANK, at(0.1)),
    Submitted(1, A.REFUSED, at(0.1)),
    Submitted(2, A.REFUSED, at(8.1)),
    Submitted(2, A.UNKNOWN, at(8.1)),
    Submitted(3, A.REFUSED, at(16.1)),
    LeaseLost(1, at(0.2)),
    LeaseLost(2, at(8.2)),
    Queried(A.UNKNOWN, at(9)),
    Queried(A.ACCEPTED, at(10)),
    Queried(A.AWAITING_BANK, at(11)),
    Queried(A.NOT_FOUND, at(12)),
    Queried(A.NOT_FOUND, at(15)),
    Queried(A.REFUSED, at(16)),
    Queried(A.SETTLED, at(17)),
    LineSeen(exact=True, again=False, at=at(18)),
    LineSeen(exact=False, again=False, at=at(19)),
]


def _net(money: list[MoneyEffect]) -> tuple[int, int]:
    """How often the money left the case, and how often it lies in the case again, all effects told."""
    left = sum(effect in {MoneyEffect.SETTLE, MoneyEffect.SETTLED_AFTER_REFUSAL} for effect in money)
    back = money.count(MoneyEffect.RETURN) - money.count(MoneyEffect.SETTLED_AFTER_REFUSAL)
    return left, back


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("start", [SENT_ONCE, SENT_TWICE, SENT_THRICE], ids=["once", "twice", "thrice"])
def test_facts_in_any_order_lead_to_the_same_end(start: InstructionLife, size: int) -> None:
    for chosen in itertools.combinations(FACTS, size):
        ends = {(told(start, *order)[0], _net(told(start, *order)[1])) for order in itertools.permutations(chosen)}
        assert len(ends) == 1, chosen


@pytest.mark.parametrize(
    "chosen",
    [
        (FACTS[0], FACTS[3], FACTS[10], FACTS[14], FACTS[15], FACTS[16]),
        (FACTS[1], FACTS[7], FACTS[9], FACTS[12], FACTS[13], FACTS[17]),
        (FACTS[4], FACTS[6], FACTS[8], FACTS[11], FACTS[12], FACTS[13]),
    ],
)
@pytest.mark.parametrize("start", [SENT_ONCE, SENT_TWICE, SENT_THRICE], ids=["once", "twice", "thrice"])
def test_all_permutations_of_six_facts(start: InstructionLife, chosen: tuple[Fact, ...]) -> None:
    ends = {(told(start, *order)[0], _net(told(start, *order)[1])) for order in itertools.permutations(chosen)}
    assert len(ends) == 1


@pytest.mark.parametrize("fact", FACTS, ids=str)
@pytest.mark.parametrize("start", [SENT_ONCE, SENT_TWICE, UNKNOWN, REFUSED, SETTLED], ids=lambda s: s.state)
def test_a_fact_told_again_changes_nothing(start: InstructionLife, fact: Fact) -> None:
    once, _ = told(start, fact)
    again, money = told(once, fact)
    assert again == once
    assert money == []


def test_every_state_but_the_final_ones_is_due_some_time() -> None:
    for start, fact in itertools.product([SENT_ONCE, SENT_TWICE, UNKNOWN], FACTS):
        decision = one(start, fact)
        is_due = decision.send_at is not None or decision.query_at is not None
        assert is_due or decision.next_state in FINAL, (start, fact)
        assert decision.send_at is None or decision.query_at is None


@pytest.mark.parametrize("state", [state for state in S if state is not S.READY])
def test_only_a_ready_order_is_sent(state: InstructionState) -> None:
    with pytest.raises(IllegalTransition):
        one(replace(UNKNOWN, state=state), SendStarted(at(1)))


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        (at(0.1), S.UNKNOWN),
        (at(0) + POLICY.finality_window, S.UNKNOWN),
        (at(0) + WINDOW - timedelta(seconds=1), S.UNKNOWN),
        (at(0) + WINDOW, S.READY),
    ],
)
def test_not_found_means_something_only_when_the_window_is_over(asked: datetime, state: InstructionState) -> None:
    decision = one(UNKNOWN, Queried(A.NOT_FOUND, asked), now=asked)
    assert decision.next_state is state
    assert decision.resend_allowed is (state is S.READY)


def test_before_the_window_ends_the_next_question_is_not_later_than_its_end() -> None:
    decision = one(UNKNOWN, Queried(A.NOT_FOUND, at(5.9)), now=at(5.9))
    assert decision.query_at == at(0) + WINDOW


@pytest.mark.parametrize("word", [A.ACCEPTED, A.AWAITING_BANK])
def test_an_order_the_bank_has_spoken_of_is_never_sent_again(word: AnswerState) -> None:
    life, _ = told(SENT_ONCE, Submitted(1, word, at(0)))
    decision = one(life, Queried(A.NOT_FOUND, at(100)), now=at(100))
    assert not decision.resend_allowed
    assert AlarmKind.LOST_BY_BANK in decision.alarms


def test_a_refusal_of_the_second_submission_proves_nothing_about_the_first() -> None:
    decision = one(SENT_TWICE, Submitted(2, A.REFUSED, at(8)), now=at(8))
    assert (decision.next_state, decision.money) == (S.UNKNOWN, MoneyEffect.NONE)
    assert decision.query_at is not None
    later = one(decision.life, Queried(A.SETTLED, at(9)), now=at(9))
    assert (later.next_state, later.money) == (S.SETTLED, MoneyEffect.SETTLE)
    absent = one(decision.life, Queried(A.NOT_FOUND, at(15)), now=at(15))
    assert absent.resend_allowed
    third = one(one(absent.life, SendStarted(at(16))).life, Submitted(3, A.REFUSED, at(16)), now=at(16))
    assert (third.next_state, third.money) == (S.REFUSED, MoneyEffect.RETURN), "refused twice, never found"


def test_executed_after_a_refusal() -> None:
    decision = one(REFUSED, LineSeen(exact=True, again=False, at=at(30)))
    assert (decision.next_state, decision.money) == (S.SETTLED, MoneyEffect.SETTLED_AFTER_REFUSAL)
    assert AlarmKind.SETTLED_AFTER_REFUSAL in decision.alarms


@pytest.mark.parametrize("answer", list(A))
def test_a_settled_order_is_never_opened_again(answer: AnswerState) -> None:
    decision = one(SETTLED, Queried(answer, at(30)))
    assert (decision.next_state, decision.money) == (S.SETTLED, MoneyEffect.NONE)
    assert (AlarmKind.CONTRADICTION in decision.alarms) is (answer is A.REFUSED)
    assert decision.query_at is None


def test_a_refusal_is_looked_at_once_more() -> None:
    first = one(SENT_ONCE, Submitted(1, A.REFUSED, at(0)))
    assert first.query_at == at(0) + WINDOW
    for word in (A.REFUSED, A.NOT_FOUND):
        assert one(first.life, Queried(word, at(7)), now=at(7)).query_at is None
    assert one(first.life, Queried(A.UNKNOWN, at(7)), now=at(7)).query_at is not None
    contradiction = one(first.life, Queried(A.ACCEPTED, at(7)), now=at(7))
    assert AlarmKind.CONTRADICTION in contradiction.alarms
    assert contradiction.query_at is not None


def test_what_can_not_be_expressed_is_refused_only_if_nothing_was_sent_before() -> None:
    first = one(SENT_ONCE, NotSent(at(0), final=True))
    assert (first.next_state, first.money, first.query_at) == (S.REFUSED, MoneyEffect.RETURN, None)
    second = one(SENT_TWICE, NotSent(at(8), final=True), now=at(8))
    assert (second.next_state, second.money) == (S.UNKNOWN, MoneyEffect.NONE)
    assert AlarmKind.CANNOT_SEND in second.alarms


def test_a_worker_that_knows_that_it_did_not_send_lets_another_try() -> None:
    decision = one(SENT_ONCE, NotSent(at(0), final=False))
    assert (decision.next_state, decision.send_at) == (S.READY, at(0) + POLICY.try_again_after)
    assert decision.life.sends == 1
    assert decision.life.sent == 0


def test_a_lost_worker_means_asking_at_once() -> None:
    decision = one(SENT_ONCE, LeaseLost(1, at(1)), now=at(1))
    assert (decision.next_state, decision.query_at) == (S.UNKNOWN, at(1))


def test_d10_questions_grow_rarer_from_seconds_to_an_hour_and_a_person_is_told_after_two() -> None:
    life, now, gaps, told_at = UNKNOWN, at(0), [], None
    while now < at(48):
        decision = one(life, Queried(A.UNKNOWN, now), now=now)
        assert decision.query_at is not None
        gaps.append(decision.query_at - now)
        if told_at is None and AlarmKind.OVERDUE in decision.alarms:
            told_at = now
        now = decision.query_at
    assert gaps[0] == timedelta(seconds=2)
    assert max(gaps) == timedelta(hours=1)
    assert len(gaps) < 90
    assert told_at is not None
    assert at(2) <= told_at <= at(3)


def test_a_booking_that_differs_stops_all_sending() -> None:
    decision = one(CLEARED, LineSeen(exact=False, again=False, at=at(8)), now=at(8))
    assert (decision.next_state, decision.money) == (S.ACCEPTED, MoneyEffect.NONE)
    assert AlarmKind.LINE_DIFFERS in decision.alarms
    assert not one(decision.life, Queried(A.NOT_FOUND, at(30)), now=at(30)).resend_allowed


def test_a_second_booking_is_an_alarm() -> None:
    assert AlarmKind.PAID_TWICE in one(SETTLED, LineSeen(exact=True, again=True, at=at(1))).alarms


NO_QUERIES = replace(POLICY, answers_queries=False)
ASKED_LATE = replace(POLICY, query_after=timedelta(minutes=30))


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_no_query_is_due_before_the_bank_wants_to_be_asked(fact: Fact) -> None:
    for minutes in (0, 1, 29, 45):
        now = at(minutes / 60)
        decision = decide(SENT_ONCE, fact, ASKED_LATE, now)
        if decision.query_at is not None and decision.next_state is not S.SENDING:
            assert decision.query_at >= at(0.5), (fact, minutes)
    assert decide(SENT_ONCE, LeaseLost(1, at(0.7)), ASKED_LATE, at(0.7)).query_at == at(0.7)


def test_a_bank_that_is_never_asked_is_looked_at_when_people_must_be_told_and_then_daily() -> None:
    accepted = decide(SENT_ONCE, Submitted(1, A.AWAITING_BANK, at(0)), NO_QUERIES, at(0))
    assert accepted.query_at == at(0) + POLICY.alarm_after
    assert accepted.alarms == frozenset()
    looked = decide(accepted.life, Looked(at(2)), NO_QUERIES, at(2))
    assert (looked.life, looked.money) == (accepted.life, MoneyEffect.NONE)
    assert looked.alarms == {AlarmKind.OVERDUE}
    assert looked.query_at == at(26)
    settled = decide(looked.life, LineSeen(exact=True, again=False, at=at(30)), NO_QUERIES, at(30))
    assert (settled.next_state, settled.query_at) == (S.SETTLED, None)


def test_nothing_proves_absence_at_a_bank_that_is_never_asked() -> None:
    lost = decide(SENT_ONCE, LeaseLost(1, at(0.1)), NO_QUERIES, at(0.1))
    for hours in (3, 30, 300):
        looked = decide(lost.life, Looked(at(hours)), NO_QUERIES, at(hours))
        assert looked.next_state is S.UNKNOWN
        assert not looked.resend_allowed
    refused = decide(SENT_ONCE, Submitted(1, A.REFUSED, at(0)), NO_QUERIES, at(0))
    assert refused.query_at is None, "there is nobody to look a second time"


def test_the_first_day_is_that_of_the_first_try_that_may_have_left() -> None:
    """D15: a query that names another day would prove the absence of what the bank has paid."""
    life, _ = told(InstructionLife(), SendStarted(at(0)), NotSent(at(0), final=False), SendStarted(at(20)))
    assert life.first_sent_at == at(20)
    again, _ = told(SENT_TWICE, NotSent(at(8), final=False), Queried(A.NOT_FOUND, at(20)), SendStarted(at(30)))
    assert again.first_sent_at == at(0)


def test_an_order_of_which_nothing_ever_leaves_is_told() -> None:
    life = InstructionLife()
    for count in range(1, 241):
        now = T0 + count * POLICY.try_again_after
        life = decide(life, SendStarted(now), POLICY, now).life
        decision = decide(life, NotSent(now, final=False), POLICY, now)
        life = decision.life
        assert (AlarmKind.OVERDUE in decision.alarms) == (count == 240)
