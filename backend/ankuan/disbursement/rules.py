"""Who may do what to a disbursement, and who must: pure decisions on frozen facts (domain §7, I6, I10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ankuan.disbursement.transitions import Status
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.money import Money

MAX_LEVELS: Final = 2


class Act(StrEnum):
    """What people do to a disbursement; each leaves a row."""

    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    AUDIT = "audit"
    RELEASE = "release"


class Kind(StrEnum):
    """What is paid (domain §7)."""

    PAY_PARTY = "pay_party"
    REFUND_PAYER = "refund_payer"
    REFUND_COURT_FEE = "refund_court_fee"
    LITIGATION_FEE = "litigation_fee"
    ENFORCEMENT_FEE = "enforcement_fee"
    FINE = "fine"
    CRIMINAL_FINE = "criminal_fine"
    OTHER_COURT = "other_court"
    BANKRUPTCY_ADMINISTRATOR = "bankruptcy_administrator"
    DEPOSIT = "deposit"


MAKING: Final = frozenset({Act.CREATE, Act.EDIT, Act.SUBMIT})
EXCLUSIVE: Final = frozenset({Act.SUBMIT, Act.APPROVE, Act.AUDIT, Act.RELEASE})
"""One person does at most one of these on one version (I10)."""

OPEN_STATES: Final = frozenset({Status.IN_APPROVAL, Status.APPROVED, Status.AUDITED})
_WITHDRAWABLE: Final = OPEN_STATES | {Status.DRAFT}
_STATES: Final[Mapping[Act, frozenset[Status]]] = {
    Act.EDIT: frozenset({Status.DRAFT}),
    Act.SUBMIT: frozenset({Status.DRAFT}),
    Act.WITHDRAW: _WITHDRAWABLE,
    Act.APPROVE: frozenset({Status.IN_APPROVAL}),
    Act.SEND_BACK: OPEN_STATES,
    Act.REJECT: frozenset({Status.IN_APPROVAL, Status.APPROVED}),
    Act.AUDIT: frozenset({Status.APPROVED}),
    Act.RELEASE: frozenset({Status.AUDITED}),
}
PERMISSION: Final[Mapping[Act, str]] = {
    Act.CREATE: "disbursement.request",
    Act.EDIT: "disbursement.request",
    Act.SUBMIT: "disbursement.request",
    Act.WITHDRAW: "disbursement.request",
    Act.APPROVE: "disbursement.approve",
    Act.AUDIT: "disbursement.audit",
    Act.RELEASE: "disbursement.release",
}
_TURN: Final[Mapping[Status, Act]] = {
    Status.IN_APPROVAL: Act.APPROVE,
    Status.APPROVED: Act.AUDIT,
    Status.AUDITED: Act.RELEASE,
}

STATUS_TITLES: Final[Mapping[Status, tuple[str, str]]] = {
    Status.DRAFT: ("草稿", "Draft"),
    Status.IN_APPROVAL: ("审批中", "In approval"),
    Status.APPROVED: ("待稽核", "Waiting for the audit"),
    Status.AUDITED: ("待付款", "Waiting for release"),
    Status.RELEASED: ("付款中", "At the bank"),
    Status.SETTLED: ("已支付", "Paid"),
    Status.PARTLY_SETTLED: ("部分支付", "Partly paid"),
    Status.FAILED: ("付款失败", "Failed"),
    Status.WITHDRAWN: ("已撤回", "Withdrawn"),
    Status.REJECTED: ("已驳回", "Rejected"),
}


@dataclass(frozen=True, slots=True)
class Denial:
    """Why not: a stable code and the reason in both languages."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Step:
    """One level of approval: who decides."""

    level: int
    role: str


@dataclass(frozen=True, slots=True)
class Life:
    """What the rules need to know of a disbursement.

    ``makers`` wrote or submitted any version of it; ``acted`` did one of the exclusive acts on this version. Both hold
    person keys, not logins.
    """

    status: Status
    digest: str
    plan: tuple[Step, ...]
    approved_level: int
    case_open: bool
    makers: frozenset[str] = frozenset()
    acted: frozenset[str] = frozenset()

    @property
    def next_step(self) -> Step | None:
        """The level of approval that waits; ``None`` when none does."""
        if self.status is not Status.IN_APPROVAL or self.approved_level >= len(self.plan):
            return None
        return self.plan[self.approved_level]


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: the human being and the roles held."""

    key: str
    roles: frozenset[str]


class ApprovalPolicyInvalid(AnkuanError):
    """The court's ``approval_tiers`` name no level, or more than two, for this amount."""

    code = "approval_policy_invalid"
    kind = ErrorKind.REFUSED


def approval_plan(policy: Mapping[str, Any], *, kind: Kind, total: Money) -> tuple[Step, ...]:
    """Levels that must approve, by kind and amount (domain §7, S1: tiers; S0: at most two levels).

    ``policy``: ``{"tiers": [{"up_to": yuan or null, "levels": [role, …]}, …], "by_kind": {kind: {"tiers": […]}}}``;
    ``up_to`` is inclusive, the first tier that reaches decides. Raises :class:`ApprovalPolicyInvalid`.
    """
    own = policy.get("by_kind", {}).get(str(kind))
    tiers: Sequence[Mapping[str, Any]] = (own or policy).get("tiers", ())
    for tier in tiers:
        if tier["up_to"] is None or total <= Money.parse(tier["up_to"]):
            levels = list(tier["levels"])
            if not 1 <= len(levels) <= MAX_LEVELS:
                break
            return tuple(Step(number, role) for number, role in enumerate(levels, start=1))
    raise ApprovalPolicyInvalid(
        "本院审批权限设置有误，请联系法院管理员", "The court's approval tiers do not cover this amount"
    )


def deny(act: Act, life: Life, person: Person, *, digest: str | None = None) -> Denial | None:
    """Why ``person`` may not do ``act`` now; ``None`` when nothing speaks against it.

    Checked in this order: state, digest (when given), turn, person, case. Permission is the gate's business.
    """
    return (
        _deny_state(act, life)
        or (_deny_digest(life, digest) if digest is not None else None)
        or _deny_turn(act, life, person)
        or _deny_person(act, life, person)
        or _deny_case(act, life)
    )


def permission_for(act: Act, status: Status) -> str:
    """Permission an act needs; sending back and rejecting belong to whoever decides next."""
    if act in {Act.SEND_BACK, Act.REJECT}:
        return PERMISSION[_TURN.get(status, Act.APPROVE)]
    return PERMISSION[act]


def _deny_state(act: Act, life: Life) -> Denial | None:
    if life.status in _STATES[act]:
        return None
    zh, en = STATUS_TITLES[life.status]
    return Denial("wrong_state", f"付款申请当前为“{zh}”，不能进行此操作", f"The disbursement is now: {en}")


def _deny_digest(life: Life, digest: str) -> Denial | None:
    if digest == life.digest:
        return None
    return Denial("stale_digest", "内容已被修改，请重新查看后再办理", "The content has changed, please look again")


def _deny_turn(act: Act, life: Life, person: Person) -> Denial | None:
    step = life.next_step
    if act not in {Act.APPROVE, Act.SEND_BACK, Act.REJECT} or step is None or step.role in person.roles:
        return None
    if any(done.role in person.roles for done in life.plan[: life.approved_level]):
        return Denial("already_decided", "该级审批已由他人完成", "This level has been decided already")
    return Denial("not_your_turn", "当前环节不由您审批", "Another role decides at this level")


def _deny_person(act: Act, life: Life, person: Person) -> Denial | None:
    compared = life.acted if act is Act.SUBMIT else life.acted | life.makers
    if act not in EXCLUSIVE or person.key not in compared:
        return None
    return Denial(
        "same_person",
        "您已办理过本申请的其他环节，须由另一人办理",
        "You have already acted on this disbursement; another person must",
    )


def _deny_case(act: Act, life: Life) -> Denial | None:
    if act not in EXCLUSIVE or life.case_open:
        return None
    return Denial("case_not_open", "案件已中止或结案，不能付款", "The case is suspended or closed")
