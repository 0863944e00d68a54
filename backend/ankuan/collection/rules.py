"""Matching: which case does an arrival belong to, and why (domain §5.4). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

SURE = 85
"""A case number read from a remark is taken without a person from this confidence on (0…100)."""


class MatchRule(StrEnum):
    """Which rule decided, in their order."""

    SUB_ACCOUNT = "sub_account"
    REMARK = "remark"
    NONE = "none"


RULE_TITLES = {MatchRule.SUB_ACCOUNT: "子账户", MatchRule.REMARK: "附言案号", MatchRule.NONE: "未匹配"}


class SubAccountStatus(StrEnum):
    """The life of a sub-account (domain §5.2)."""

    FREE = "free"
    BOUND = "bound"
    FROZEN = "frozen"
    CLOSED = "closed"
    COOLING = "cooling"


class ReceiptStatus(StrEnum):
    """How much of a receipt belongs to cases."""

    UNIDENTIFIED = "unidentified"
    PARTLY_ALLOCATED = "partly_allocated"
    ALLOCATED = "allocated"


_LATE = {
    SubAccountStatus.FROZEN: "已冻结",
    SubAccountStatus.CLOSED: "已销户",
    SubAccountStatus.COOLING: "已解绑",
}


@dataclass(frozen=True, slots=True)
class SubAccountFact:
    """What is known of the sub-account that was paid to.

    ``status`` None: no such number in the pool. ``case_id`` and ``case_is_closed`` speak of the case it is bound to.
    """

    number: str
    status: SubAccountStatus | None
    case_id: UUID | None = None
    case_is_closed: bool = False


@dataclass(frozen=True, slots=True)
class RemarkFact:
    """A case number read from the remark. ``case_id`` None: the court has no such case."""

    case_id: UUID | None
    number: str
    type_code: str
    confidence: int
    evidence: tuple[str, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The decision with its explanation, which is stored with the receipt."""

    rule: MatchRule
    case_id: UUID | None
    explanation: str


def match(sub_account: SubAccountFact | None, remark: Sequence[RemarkFact]) -> Match:
    """Decide: the sub-account, else exactly one sure case number in the remark, else nobody.

    Money that comes late, to a sub-account that stood for a case once or to one whose case is closed, is never given
    to another case by its remark: a person looks at it (domain §5.2).
    """
    if sub_account is None:
        return _by_remark(remark, "")
    name = f"子账户 {sub_account.number}"
    if sub_account.status is SubAccountStatus.BOUND and sub_account.case_id is not None:
        if sub_account.case_is_closed:
            return Match(MatchRule.NONE, None, f"{name} 绑定的案件已结案")
        return Match(MatchRule.SUB_ACCOUNT, sub_account.case_id, f"付款至{name}")
    if sub_account.status in _LATE:
        return Match(MatchRule.NONE, None, f"{name} {_LATE[sub_account.status]}，迟到款项")
    return _by_remark(remark, f"{name} 未绑定案件；")


def _by_remark(remark: Sequence[RemarkFact], before: str) -> Match:
    sure = [fact for fact in remark if fact.confidence >= SURE]
    usable = {fact.case_id for fact in sure if fact.case_id is not None and not fact.is_closed}
    if len(usable) > 1:
        return Match(MatchRule.NONE, None, f"{before}附言中有多个案号：{_numbers(sure)}")
    if len(usable) == 1:
        best = next(fact for fact in sure if fact.case_id in usable)
        # 执123号、124号: as long as 124 is unknown or closed, nobody can say how the money is to be divided.
        rivals = [f for f in sure if f.case_id != best.case_id and f.type_code == best.type_code]
        if rivals:
            return Match(MatchRule.NONE, None, f"{before}附言中还有不能入账的案号：{_numbers(rivals)}")
        explanation = f"{before}附言中的案号 {best.number}（把握 {best.confidence}）"
        return Match(MatchRule.REMARK, best.case_id, explanation)
    if any(fact.is_closed for fact in sure):
        return Match(MatchRule.NONE, None, f"{before}附言中的案件已结案：{_numbers(sure)}")
    known = [fact for fact in remark if fact.case_id is not None]
    if known:
        return Match(MatchRule.NONE, None, f"{before}附言中的案号不足以确认：{known[0].number}")
    if sure:
        return Match(MatchRule.NONE, None, f"{before}附言中的案号在本院未登记：{_numbers(sure)}")
    return Match(MatchRule.NONE, None, f"{before}附言中没有可识别的本院案号")


def _numbers(facts: Sequence[RemarkFact]) -> str:
    return "、".join(sorted({fact.number for fact in facts}))


def receipt_status(amount_fen: int, allocated_fen: int) -> ReceiptStatus:
    """The state of a receipt follows from how much of it (fen) is allocated; the database holds the same rule."""
    if allocated_fen == 0:
        return ReceiptStatus.UNIDENTIFIED
    return ReceiptStatus.PARTLY_ALLOCATED if allocated_fen < amount_fen else ReceiptStatus.ALLOCATED


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A case that money may belong to; ``score`` 0…100, ``evidence`` in words."""

    case_id: UUID
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What a matcher suggests: score 1…99, its reason, and the matcher's name for people."""

    case_id: UUID
    score: int
    reason: str
    matcher: str


def suggest(remark: Sequence[RemarkFact], matched: Sequence[Matched], *, limit: int = 5) -> tuple[Suggestion, ...]:
    """Rank the cases found in the remark and those that matchers suggest, best first.

    A case has its best score and all reasons for it. A closed case takes no money and is not suggested.
    """
    scores: dict[UUID, int] = {}
    evidence: dict[UUID, list[str]] = {}
    for fact in remark:
        if fact.case_id is not None and not fact.is_closed and fact.case_id not in scores:
            scores[fact.case_id] = fact.confidence
            evidence[fact.case_id] = [f"附言案号，把握 {fact.confidence}", *fact.evidence]
    closed = {fact.case_id for fact in remark if fact.is_closed}
    for each in sorted(matched, key=lambda one: -one.score):
        if each.case_id not in closed:
            scores[each.case_id] = max(scores.get(each.case_id, 0), each.score)
            evidence.setdefault(each.case_id, []).append(f"{each.reason}（{each.matcher}）")
    ranked = sorted(scores, key=lambda case_id: (-scores[case_id], case_id))
    return tuple(Suggestion(case_id, scores[case_id], tuple(evidence[case_id])) for case_id in ranked[:limit])


def to_open(*, free: int, waiting: int, low_water: int, refill_to: int) -> int:
    """How many sub-accounts to open now, so that ``waiting`` cases are served and the pool is full again.

    Nothing is opened above the court's low-water mark (policy ``sub_account_pool``).
    """
    left = free - waiting
    return max(0, refill_to - left) if left < low_water else 0
