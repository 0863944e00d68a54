"""Who must approve, and who may do what: state, digest, turn, person, case, in this order."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.disbursement.rules import (
    EXCLUSIVE,
    Act,
    ApprovalPolicyInvalid,
    Kind,
    Life,
    Person,
    Step,
    approval_plan,
    deny,
    permission_for,
)
from ankuan.disbursement.transitions import Status
from ankuan.kernel.money import Money
from ankuan.registry.policies import packaged_default

TIERS = packaged_default("approval_tiers")
TWO = (Step(1, "bureau_chief"), Step(2, "vice_president"))
CHIEF = Person("p-chief", frozenset({"bureau_chief"}))
VICE = Person("p-vice", frozenset({"vice_president"}))


def life(status: Status, **given: object) -> Life:
    facts = {"digest": "d", "plan": TWO, "approved_level": 0, "case_open": True} | given
    return Life(status=status, **facts)  # type: ignore[arg-type]  # built from keywords of the tests


def code(act: Act, about: Life, person: Person, digest: str | None = "d") -> str | None:
    denial = deny(act, about, person, digest=digest)
    return denial.code if denial else None


@pytest.mark.parametrize(
    ("yuan", "roles"),
    [
        ("0.01", ["department_head"]),
        ("50000.00", ["department_head"]),
        ("50000.01", ["bureau_chief"]),
        ("500000.00", ["bureau_chief"]),
        ("500000.01", ["bureau_chief", "vice_president"]),
        ("99999999999.99", ["bureau_chief", "vice_president"]),
    ],
)
def test_packaged_tiers(yuan: str, roles: list[str]) -> None:
    plan = approval_plan(TIERS, kind=Kind.PAY_PARTY, total=Money.parse(yuan))
    assert [(step.level, step.role) for step in plan] == list(enumerate(roles, 1))


def test_a_kind_may_have_tiers_of_its_own() -> None:
    own = {"tiers": [{"up_to": None, "levels": ["vice_president"]}]}
    policy = TIERS | {"by_kind": {"fine": own}}
    assert approval_plan(policy, kind=Kind.FINE, total=Money(1)) == (Step(1, "vice_president"),)
    assert approval_plan(policy, kind=Kind.DEPOSIT, total=Money(1)) == (Step(1, "department_head"),)


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [{"up_to": "0.50", "levels": ["department_head"]}],
        [{"up_to": None, "levels": []}],
        [{"up_to": None, "levels": ["a", "b", "c"]}],
    ],
)
def test_a_policy_that_names_nobody_or_too_many_is_refused(tiers: list[object]) -> None:
    with pytest.raises(ApprovalPolicyInvalid):
        approval_plan({"tiers": tiers}, kind=Kind.PAY_PARTY, total=Money(100))


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_more_money_never_needs_fewer_levels(one: int, other: int) -> None:
    low, high = sorted((one, other))
    plans = [approval_plan(TIERS, kind=Kind.PAY_PARTY, total=Money(fen)) for fen in (low, high)]
    assert len(plans[0]) <= len(plans[1])


ALLOWED_STATES = {
    Act.EDIT: {"draft"},
    Act.SUBMIT: {"draft"},
    Act.WITHDRAW: {"draft", "in_approval", "approved", "audited"},
    Act.APPROVE: {"in_approval"},
    Act.SEND_BACK: {"in_approval", "approved", "audited"},
    Act.REJECT: {"in_approval", "approved"},
    Act.AUDIT: {"approved"},
    Act.RELEASE: {"audited"},
}


@pytest.mark.parametrize(("act", "status"), list(product(ALLOWED_STATES, Status)))
def test_each_act_has_its_states(act: Act, status: Status) -> None:
    found = code(act, life(status), CHIEF)
    assert (found is None) == (status in ALLOWED_STATES[act])
    assert found in {None, "wrong_state"}


@pytest.mark.parametrize("act", ALLOWED_STATES)
def test_another_content_than_the_one_seen_is_stale(act: Act) -> None:
    status = Status(sorted(ALLOWED_STATES[act])[0])
    assert code(act, life(status), CHIEF, digest="other") == "stale_digest"
    assert code(act, life(status), CHIEF, digest="") == "stale_digest"


def test_levels_are_taken_in_order() -> None:
    first, second = life(Status.IN_APPROVAL), life(Status.IN_APPROVAL, approved_level=1, acted=frozenset({"p-chief"}))
    for act in (Act.APPROVE, Act.SEND_BACK, Act.REJECT):
        assert code(act, first, CHIEF) is None
        assert code(act, first, VICE) == "not_your_turn"
        assert code(act, second, VICE) is None
        assert code(act, second, Person("p-other", frozenset({"bureau_chief"}))) == "already_decided"
        assert code(act, second, Person("p-none", frozenset())) == "not_your_turn"


@pytest.mark.parametrize("act", sorted(EXCLUSIVE))
def test_nobody_acts_twice_in_incompatible_parts(act: Act) -> None:
    status = Status(sorted(ALLOWED_STATES[act])[0])
    assert code(act, life(status, acted=frozenset({"p-chief"})), CHIEF) == "same_person"
    maker = code(act, life(status, makers=frozenset({"p-chief"})), CHIEF)
    assert maker == (None if act is Act.SUBMIT else "same_person")


def test_a_person_with_both_roles_still_approves_only_once() -> None:
    both = Person("p-both", frozenset({"bureau_chief", "vice_president"}))
    assert code(Act.APPROVE, life(Status.IN_APPROVAL, approved_level=1, acted=frozenset({"p-both"})), both) == (
        "same_person"
    )


def test_a_case_that_is_not_open_stops_money_but_not_the_way_back() -> None:
    for act, states in ALLOWED_STATES.items():
        found = code(act, life(Status(sorted(states)[-1]), case_open=False), CHIEF)
        assert found == ("case_not_open" if act in EXCLUSIVE else None), act


def test_state_comes_before_digest_before_turn_before_person_before_case() -> None:
    bad = {"acted": frozenset({"p-none"}), "case_open": False}
    nobody = Person("p-none", frozenset())
    assert code(Act.APPROVE, life(Status.DRAFT, **bad), nobody, "x") == "wrong_state"
    assert code(Act.APPROVE, life(Status.IN_APPROVAL, **bad), nobody, "x") == "stale_digest"
    assert code(Act.APPROVE, life(Status.IN_APPROVAL, **bad), nobody) == "not_your_turn"
    same = Person("p-none", frozenset({"bureau_chief"}))
    assert code(Act.APPROVE, life(Status.IN_APPROVAL, **bad), same) == "same_person"
    assert code(Act.APPROVE, life(Status.IN_APPROVAL, case_open=False), same) == "case_not_open"


def test_sending_back_belongs_to_whoever_decides_next() -> None:
    assert permission_for(Act.SEND_BACK, Status.IN_APPROVAL) == "disbursement.approve"
    assert permission_for(Act.REJECT, Status.APPROVED) == "disbursement.audit"
    assert permission_for(Act.SEND_BACK, Status.AUDITED) == "disbursement.release"
    assert permission_for(Act.SUBMIT, Status.DRAFT) == "disbursement.request"
