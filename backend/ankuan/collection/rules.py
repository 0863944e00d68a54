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


@dataclass(frozen=True, slots=True)
class SubAccountFact:
    """What is known of the sub-account that was paid to; ``case_id`` only while it is bound."""

    number: str
    status: str
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class RemarkFact:
    """A registered case whose number was read from the remark."""

    case_id: UUID
    number: str
    confidence: int
    evidence: tuple[str, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Match:
    """The decision with its explanation, which is stored with the receipt."""

    rule: MatchRule
    case_id: UUID | None
    explanation: str


def match(sub_account: SubAccountFact | None, remark: Sequence[RemarkFact]) -> Match:
    """Decide. The sub-account wins over the remark; two equally good cases in a remark are no match."""
    if sub_account and sub_account.case_id and sub_account.status == "bound":
        return Match(MatchRule.SUB_ACCOUNT, sub_account.case_id, f"付款至子账户 {sub_account.number}")
    why_not = _why_not(sub_account)
    sure = [fact for fact in remark if fact.confidence >= SURE and fact.is_open]
    if len({fact.case_id for fact in sure}) == 1:
        best = sure[0]
        return Match(MatchRule.REMARK, best.case_id, f"{why_not}附言中的案号 {best.number}（把握 {best.confidence}）")
    if len(sure) > 1:
        numbers = "、".join(sorted({fact.number for fact in sure}))
        return Match(MatchRule.NONE, None, f"{why_not}附言中有多个案号：{numbers}")
    if remark:
        return Match(MatchRule.NONE, None, f"{why_not}附言中的案号不足以确认：{remark[0].number}")
    return Match(MatchRule.NONE, None, f"{why_not}附言中没有可识别的本院案号")


def _why_not(sub_account: SubAccountFact | None) -> str:
    if sub_account is None:
        return ""
    words = {"free": "未绑定案件", "closed": "已销户", "cooling": "已解绑", "frozen": "已冻结"}
    return f"子账户 {sub_account.number} {words.get(sub_account.status, '未知')}；"


def receipt_status(amount_fen: int, allocated_fen: int) -> str:
    """The state of a receipt follows from how much of it is allocated."""
    if allocated_fen == 0:
        return "unidentified"
    return "partly_allocated" if allocated_fen < amount_fen else "allocated"
