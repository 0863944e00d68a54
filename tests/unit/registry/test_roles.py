"""Separation of powers, checked over all sets of roles; and the packaged roles say what the contract names."""

from itertools import chain, combinations

import pytest

from ankuan.platform.actor import Reach
from ankuan.registry.roles import packaged_roles
from ankuan.registry.rules import EXCLUSIVE_POWERS, IncompatibleRoles, check_separation, exclusive_powers

PERMISSIONS = {name: tuple(role.permissions) for name, role in packaged_roles().items()}
ALL_KNOWN = frozenset(
    [
        "case.read",
        "case.register",
        "case.manage",
        "receipt.read",
        "receipt.claim",
        "receipt.allocate_any",
        "disbursement.read",
        "disbursement.request",
        "disbursement.approve",
        "disbursement.audit",
        "disbursement.release",
        "fund_account.read",
        "fund_account.manage",
        "integration.read",
        "integration.messages",
        "plugin.manage",
        "statement.import",
        "overview.read",
        "alarm.read",
        "alarm.clear",
        "staff.read",
    ]
)


def test_no_role_holds_two_powers_that_exclude_each_other() -> None:
    for name, permissions in PERMISSIONS.items():
        assert len(EXCLUSIVE_POWERS & set(permissions)) <= 1, name


def test_each_exclusive_power_is_held_by_somebody() -> None:
    assert set(chain.from_iterable(PERMISSIONS.values())) >= EXCLUSIVE_POWERS


def test_every_set_of_roles_is_accepted_exactly_when_it_holds_one_power_at_most() -> None:
    refused = accepted = 0
    for size in range(len(PERMISSIONS) + 1):
        for roles in combinations(PERMISSIONS, size):
            powers = {p for role in roles for p in PERMISSIONS[role] if p in EXCLUSIVE_POWERS}
            assert exclusive_powers(roles, PERMISSIONS) == powers
            if len(powers) > 1:
                with pytest.raises(IncompatibleRoles):
                    check_separation(roles, PERMISSIONS)
                refused += 1
            else:
                check_separation(roles, PERMISSIONS)
                accepted += 1
    assert (refused, accepted) == (424, 88)
    assert refused + accepted == 2 ** len(PERMISSIONS)


def test_permissions_are_those_of_the_contract() -> None:
    assert set(chain.from_iterable(PERMISSIONS.values())) == ALL_KNOWN


def test_a_higher_court_and_an_auditor_only_read() -> None:
    for name in ("supervisor", "auditor"):
        role = packaged_roles()[name]
        assert all(permission.endswith(".read") for permission in role.permissions), name
    assert set(packaged_roles()["supervisor"].permissions.values()) == {Reach.PROVINCE}


def test_nobody_but_readers_reaches_beyond_the_own_court() -> None:
    for role in packaged_roles().values():
        for permission, reach in role.permissions.items():
            if not permission.endswith(".read"):
                assert reach in {Reach.OWN_CASE, Reach.COURT}, (role.name, permission)
