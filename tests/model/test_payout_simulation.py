"""The payout core against a bank that lies: twenty thousand histories, judged by the bank's own journal.

Failure points hit here: C4 C5 D1-D9 D11 D13 D24 E1 E2 E7. Canaries prove that the judge can see.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from ankuan.banking.rules import (
    Decision,
    Fact,
    InstructionLife,
    MoneyEffect,
    Policy,
    Queried,
    Submitted,
    decide,
)
from ankuan.banking.transitions import InstructionState
from ankuan.plugin_api.bank import AnswerState
from tests.model.payout_bank import Profile
from tests.model.payout_checker import complaints
from tests.model.payout_world import ORDER, Core, History, Workers

HISTORIES = int(os.environ.get("ANKUAN_PAYOUT_HISTORIES", "20000"))
CANARY_HISTORIES = 3000
MUST_HAPPEN = {
    "drop_before": 20,
    "drop_after": 20,
    "slow": 20,
    "garbage": 20,
    "refuse": 20,
    "flip": 20,
    "processing": 20,
    "query_noise": 20,
    "not_found_yet": 20,
    "duplicate": 20,
    "shows_refused_duplicate": 20,
    "forgets_refusal": 20,
    "race": 20,
    "killed_after_intent": 20,
    "killed_after_send": 20,
    "killed_before_commit": 20,
    "killed_in_query": 20,
    "stopped_before_send": 20,
    "stopped_before_commit": 20,
    "too_late_to_send": 20,
    "fenced": 20,
}


def history(seed: int, core: Core = decide) -> History:
    """One history; the seed decides everything in it."""
    rng = random.Random(seed)
    told = History(core, rng, Workers.draw(rng))
    told.run(Profile.draw(rng))
    return told


def judged(told: History) -> list[str]:
    return complaints(
        ordered=ORDER,
        bank=told.bank.journal,
        book=told.book,
        state=told.life.state.value,
        alarms=sorted(told.alarms),
    )


def test_never_paid_twice_never_lost_nothing_left_unknown() -> None:
    faults: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for seed in range(HISTORIES):
        told = history(seed)
        assert judged(told) == [], f"seed {seed}"
        faults.update(name for counted in (told.faults, told.bank.faults) for name, times in counted.items() if times)
        ends[" ".join(told.book)] += 1
    assert {name: faults[name] for name, least in MUST_HAPPEN.items() if faults[name] < least} == {}
    assert set(ends) == {"settle", "return", "return settled_after_refusal"}, ends
    assert min(ends.values()) >= 20


def test_a_seed_tells_the_same_history_again() -> None:
    first, second = history(4711), history(4711)
    assert first.bank.journal == second.bank.journal
    assert (first.book, first.life, first.faults) == (second.book, second.life, second.faults)


def _resends_on_time_out(life: InstructionLife, fact: Fact, policy: Policy, now: datetime) -> Decision:
    right = decide(life, fact, policy, now)
    if right.next_state is InstructionState.UNKNOWN and not isinstance(fact, Queried):
        return Decision(replace(right.life, state=InstructionState.READY), MoneyEffect.NONE, send_at=now)
    return right


def _believes_not_found_at_once(life: InstructionLife, fact: Fact, policy: Policy, now: datetime) -> Decision:
    right = decide(life, fact, policy, now)
    is_missing = isinstance(fact, Queried) and fact.answer is AnswerState.NOT_FOUND
    if is_missing and right.next_state is InstructionState.UNKNOWN:
        return Decision(replace(right.life, state=InstructionState.READY), MoneyEffect.NONE, send_at=now)
    return right


def _takes_a_time_out_for_a_refusal(life: InstructionLife, fact: Fact, policy: Policy, now: datetime) -> Decision:
    right = decide(life, fact, policy, now)
    if isinstance(fact, Submitted) and right.next_state is InstructionState.UNKNOWN:
        refused = replace(right.life, state=InstructionState.REFUSED, refused_at=now)
        return Decision(refused, MoneyEffect.RETURN)
    return right


def _believes_every_refusal_of_a_submission(
    life: InstructionLife, fact: Fact, policy: Policy, now: datetime
) -> Decision:
    is_refusal = isinstance(fact, Submitted) and fact.answer is AnswerState.REFUSED
    return decide(replace(life, sent=min(life.sent, 1)) if is_refusal else life, fact, policy, now)


def _forgets_to_ask(life: InstructionLife, fact: Fact, policy: Policy, now: datetime) -> Decision:
    right = decide(life, fact, policy, now)
    is_noise = isinstance(fact, Queried) and fact.answer is AnswerState.UNKNOWN
    return replace(right, query_at=None) if is_noise else right


def _opens_a_settled_order(life: InstructionLife, fact: Fact, policy: Policy, now: datetime) -> Decision:
    right = decide(life, fact, policy, now)
    if life.state is InstructionState.SETTLED and isinstance(fact, Submitted):
        return replace(right, money=MoneyEffect.RETURN)
    return right


CANARIES: list[tuple[Callable[..., Decision], str]] = [
    (_resends_on_time_out, "paid 2 times"),
    (_believes_not_found_at_once, "paid 2 times"),
    (_takes_a_time_out_for_a_refusal, "the bank paid, the product says refused"),
    (_forgets_to_ask, "when all was quiet"),
    (_opens_a_settled_order, "money returned"),
]


@pytest.mark.parametrize(("core", "symptom"), CANARIES)
def test_a_wrong_core_is_caught(core: Core, symptom: str) -> None:
    found = (complaint for seed in range(CANARY_HISTORIES) for complaint in judged(history(seed, core)))
    assert any(symptom in complaint for complaint in found)


def test_d9_a_bank_that_refuses_duplicates_is_believed_only_for_the_only_submission() -> None:
    """The mistake is mended later by the booking, at the price of an alarm: the right core has fewer of them."""
    wrong = sum(
        "settled_after_refusal" in history(s, _believes_every_refusal_of_a_submission).book for s in range(2000)
    )
    right = sum("settled_after_refusal" in history(s).book for s in range(2000))
    assert right < wrong
