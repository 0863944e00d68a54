"""PURE. What the bank's codes mean. Whatever stands in no table is ``unknown``."""

import re
from collections.abc import Set
from typing import Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Verdict

OK: Final = "0000"
QUERY_STATES: Final[dict[str, AnswerState]] = {
    "0": AnswerState.ACCEPTED,
    "1": AnswerState.SETTLED,
    "2": AnswerState.REFUSED,
    "3": AnswerState.AWAITING_BANK,
}
"""TrState of CQRT71 (assumed, see README)."""
_REFUSAL: Final = re.compile(r"[0-9A-Z]{4,8}", re.ASCII)
_FRONT_END: Final = ("9", "E")
_DOUBTFUL: Final = ("重复", "已存在", "已受理", "超时", "未知", "处理中", "稍后", "查询", "通讯", "确认")


def is_front_end(code: str) -> bool:
    """The front-end's own codes: whether the bank has done it, nobody here knows."""
    return code.startswith(_FRONT_END)


def is_refusal(code: str, text: str) -> bool:
    """Whether the bank has positively refused a submission. A duplicate serial is *not* a refusal."""
    doubtful = not text or any(word in text for word in _DOUBTFUL)
    return bool(_REFUSAL.fullmatch(code)) and code != OK and not is_front_end(code) and not doubtful


def submitted(code: str, text: str) -> Verdict:
    """What the answer to a payment proves. Never more than accepted: a query confirms."""
    if code == OK:
        return Verdict(AnswerState.ACCEPTED, code, text)
    if is_refusal(code, text):
        return Verdict(AnswerState.REFUSED, code, text)
    known = is_front_end(code) or bool(_REFUSAL.fullmatch(code))
    return Verdict(AnswerState.UNKNOWN, code, text, alarm=None if known else f"返回码不在对照表中：{code[:20]}")


def queried(code: str, text: str, state: str, not_found: Set[str]) -> Verdict:
    """What CQRT71 proves by itself: the code says whether the query ran, TrState what became of the order."""
    if code in not_found:
        return Verdict(AnswerState.NOT_FOUND, code, text)
    if code != OK:
        return Verdict(AnswerState.UNKNOWN, code, text)
    known = QUERY_STATES.get(state)
    alarm = None if known is not None else f"交易状态不在对照表中：{state[:20]}"
    return Verdict(known or AnswerState.UNKNOWN, state, text, alarm=alarm)
