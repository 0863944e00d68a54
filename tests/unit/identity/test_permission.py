"""The permission decision, reach by reach."""

from types import MappingProxyType
from uuid import UUID

import pytest

from ankuan.identity.permission import PermissionGate, decide
from ankuan.kernel.errors import NotAllowed, NotFound
from ankuan.kernel.ids import new_id
from ankuan.platform.actor import Actor, Reach, system_actor

ME, OTHER, MY_DEPARTMENT, OTHER_DEPARTMENT = new_id(), new_id(), new_id(), new_id()
MY_COURT, BELOW, OUT_OF_SIGHT = 2, 3, 9


def _actor(reach: Reach) -> Actor:
    return Actor(
        kind="staff",
        id=ME,
        name="承办人甲",
        court_id=MY_COURT,
        department_id=MY_DEPARTMENT,
        courts=frozenset({MY_COURT, BELOW}),
        permissions=MappingProxyType({"case.read": reach}),
    )


@pytest.mark.parametrize(
    ("reach", "court", "handler", "department", "allowed"),
    [
        (Reach.OWN_CASE, MY_COURT, ME, OTHER_DEPARTMENT, True),
        (Reach.OWN_CASE, MY_COURT, OTHER, MY_DEPARTMENT, False),
        (Reach.OWN_CASE, MY_COURT, None, MY_DEPARTMENT, False),
        (Reach.OWN_CASE, BELOW, ME, MY_DEPARTMENT, False),
        (Reach.DEPARTMENT, MY_COURT, OTHER, MY_DEPARTMENT, True),
        (Reach.DEPARTMENT, MY_COURT, ME, OTHER_DEPARTMENT, False),
        (Reach.DEPARTMENT, MY_COURT, ME, None, False),
        (Reach.DEPARTMENT, BELOW, OTHER, MY_DEPARTMENT, False),
        (Reach.COURT, MY_COURT, OTHER, OTHER_DEPARTMENT, True),
        (Reach.COURT, BELOW, ME, MY_DEPARTMENT, False),
        (Reach.COURT_AND_BELOW, MY_COURT, None, None, True),
        (Reach.COURT_AND_BELOW, BELOW, None, None, True),
        (Reach.PROVINCE, BELOW, None, None, True),
    ],
)
def test_a_reach_covers_what_it_says(
    reach: Reach, court: int, handler: UUID | None, department: UUID | None, allowed: bool
) -> None:
    decision = decide(_actor(reach), "case.read", court_id=court, handler_id=handler, department_id=department)
    assert decision.allowed is allowed
    assert isinstance(decision.error, NotAllowed) is not allowed


@pytest.mark.parametrize("reach", list(Reach))
@pytest.mark.parametrize("permission", ["case.read", "disbursement.release"])
def test_a_court_out_of_sight_is_not_found_whatever_is_asked(reach: Reach, permission: str) -> None:
    decision = decide(_actor(reach), permission, court_id=OUT_OF_SIGHT, handler_id=ME, department_id=MY_DEPARTMENT)
    assert not decision.allowed
    assert isinstance(decision.error, NotFound)


def test_without_the_permission_nothing_is_allowed() -> None:
    with pytest.raises(NotAllowed) as caught:
        PermissionGate().require(_actor(Reach.PROVINCE), "case.register", court_id=MY_COURT)
    assert caught.value.details == {"permission": "case.register"}


def test_nobody_without_court_or_department_slips_through() -> None:
    nobody = Actor(
        kind="staff",
        id=None,
        name="?",
        courts=frozenset({2}),
        permissions=MappingProxyType({"case.read": Reach.OWN_CASE}),
    )
    assert not decide(nobody, "case.read", court_id=2, handler_id=None).allowed


def test_the_platform_itself_may_do_everything() -> None:
    assert decide(system_actor("worker"), "anything", court_id=OUT_OF_SIGHT).allowed
