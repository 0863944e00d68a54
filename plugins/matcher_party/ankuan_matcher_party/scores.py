"""What each sign is worth, and the sentence that says so. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.matching import CaseFacts, MatchSuggestion

COMMON: Final = 5
"""A name or an account that more cases in progress share says nothing about any of them."""
SAME_NAME: Final = 60
"""When one case in progress has a party of the payer's name; shared among several."""
SAME_ACCOUNT: Final = 50
"""When money from the payer's account has gone to one case in progress; shared among several."""
SAME_AMOUNT: Final = 25
"""On top, when the case's claim is exactly the amount."""
AGREEING: Final = 20
"""On top, when name and account both point to the case."""
HIGHEST: Final = 95
"""Nothing seen from outside is certain: a person decides."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What points to a case: how many cases share the name, and the account.

    0: it does not point to this one. ``None``: more than ``COMMON`` share it, this one among them.
    """

    sharing_name: int | None
    sharing_account: int | None
    same_amount: bool


def signs_of(
    case: CaseFacts,
    amount: Money,
    payer_name: str,
    by_name: Collection[CaseFacts],
    by_account: Collection[CaseFacts],
) -> Signs:
    """Signs of one case, given the cases found by name and by account (one more than ``COMMON`` means: too many)."""
    has_name = bool(payer_name) and payer_name in case.party_names
    has_account = any(other.case_id == case.case_id for other in by_account)
    return Signs(
        sharing_name=_sharing(len(by_name)) if has_name else 0,
        sharing_account=_sharing(len(by_account)) if has_account else 0,
        same_amount=case.claim_amount == amount,
    )


def _sharing(found: int) -> int | None:
    return found if found <= COMMON else None


def suggestion(case: CaseFacts, signs: Signs) -> MatchSuggestion | None:
    """Score and reason; ``None`` when there is too little to suggest it."""
    name = SAME_NAME // signs.sharing_name if signs.sharing_name else 0
    account = SAME_ACCOUNT // signs.sharing_account if signs.sharing_account else 0
    is_named, is_known = signs.sharing_name != 0, signs.sharing_account != 0
    score = max(name, account)
    if is_named and is_known:
        score += AGREEING
    if signs.same_amount and (is_named or is_known):
        score += SAME_AMOUNT
    if score == 0:
        return None
    return MatchSuggestion(case.case_id, min(score, HIGHEST), _reason(signs, is_named=is_named, is_known=is_known))


def _reason(signs: Signs, *, is_named: bool, is_known: bool) -> str:
    parts = []
    if is_named:
        parts.append("付款人与当事人同名" + _among(signs.sharing_name))
    if is_known:
        parts.append("该付款账户曾向本案付款" + _among(signs.sharing_account))
    if signs.same_amount:
        parts.append("金额等于案件标的")
    return "，".join(parts)


def _among(sharing: int | None) -> str:
    if sharing is None:
        return f"（在办案件逾 {COMMON} 件）"
    return "" if sharing == 1 else f"（在办案件共 {sharing} 件）"
