"""PURE. What the bank's codes mean. Whatever stands in no table is ``unknown``."""

import re
from collections.abc import Set
from typing import Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Verdict

OK: Final = "B001"
MORE: Final = "B002"
SUBMIT_STATES: Final[dict[str, AnswerState]] = {
    "B001": AnswerState.ACCEPTED,
    "B054": AnswerState.ACCEPTED,
    "B059": AnswerState.ACCEPTED,
    "B052": AnswerState.AWAITING_BANK,
}
"""A submission is never more than accepted: B001 is confirmed by a query. B052: waits for approval in e-banking."""
QUERY_STATES: Final[dict[str, AnswerState]] = {
    "B001": AnswerState.SETTLED,
    "B054": AnswerState.ACCEPTED,
    "B059": AnswerState.ACCEPTED,
    "B052": AnswerState.AWAITING_BANK,
}
_REFUSAL: Final = re.compile(r"[A-Z]{1,2}[0-9]{3,6}", re.ASCII)
_FRONT_END: Final = ("E", "T")
_DOUBTFUL: Final = ("重复", "已存在", "已受理", "超时", "未知", "处理中", "稍后", "查询", "通讯", "确认")


def is_front_end(code: str) -> bool:
    """The front-end's own codes: whether the bank has done it, nobody here knows."""
    return code.startswith(_FRONT_END)


def is_refusal(code: str, text: str, not_found: Set[str] = frozenset()) -> bool:
    """Whether the bank has positively refused. A duplicate reference is *not* a refusal."""
    doubtful = not text or any(word in text for word in _DOUBTFUL)
    known = code in SUBMIT_STATES or code == MORE or code in not_found or is_front_end(code)
    return bool(_REFUSAL.fullmatch(code)) and not known and not doubtful


def submitted(code: str, text: str, bank_ref: str | None = None) -> Verdict:
    """What a status after a submission proves."""
    return _read(SUBMIT_STATES, code, text, bank_ref, frozenset())


def queried(code: str, text: str, bank_ref: str | None, not_found: Set[str]) -> Verdict:
    """What an order's own status in the answer to a query proves by itself."""
    if code in not_found:
        return Verdict(AnswerState.NOT_FOUND, code, text)
    return _read(QUERY_STATES, code, text, bank_ref, not_found)


def _read(table: dict[str, AnswerState], code: str, text: str, bank_ref: str | None, not_found: Set[str]) -> Verdict:
    state = table.get(code)
    if state is None and is_refusal(code, text, not_found):
        state = AnswerState.REFUSED
    known = state is not None or bool(_REFUSAL.fullmatch(code)) or code == MORE
    alarm = None if known else f"返回码不在对照表中：{code[:20]}"
    return Verdict(state or AnswerState.UNKNOWN, code, text, bank_ref=bank_ref, alarm=alarm)
