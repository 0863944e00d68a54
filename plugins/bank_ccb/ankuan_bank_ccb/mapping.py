"""PURE. What the bank's codes mean. Whatever stands in no table is ``unknown``.

The meanings of DEAL_TYPE and DEAL_RESULT are not settled (see README): only the values that the court's settings call
"done" or "failed" count, and only with the account's own detail behind them. As delivered no value is called failed: an
order wrongly called failed is paid twice.
"""

import re
from collections.abc import Set
from typing import Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Verdict
from ankuan_bank_ccb.messages import Answer

OK: Final = "000000"
NO_ROWS: Final = "8350ZX100000"
"""该帐户无满足条件的明细: an empty result, no failure."""
FRONT_END_PREFIXES: Final = ("WLPT", "E3")
"""The front-end's own: whether the bank has done it, nobody here knows."""
_REFUSAL: Final = re.compile(r"[0-9A-Z]{6,12}", re.ASCII)
_DOUBTFUL: Final = ("重复", "已存在", "已受理", "超时", "未知", "处理中", "稍后", "查询", "通讯", "确认")


def is_front_end(code: str) -> bool:
    """Whether the front-end itself answered."""
    return code.startswith(FRONT_END_PREFIXES)


def is_refusal(code: str, text: str) -> bool:
    """Whether the bank has positively refused a submission. A duplicate serial is *not* a refusal."""
    doubtful = not text or any(word in text for word in _DOUBTFUL)
    return bool(_REFUSAL.fullmatch(code)) and code not in {OK, NO_ROWS} and not is_front_end(code) and not doubtful


def submitted(answer: Answer) -> Verdict:
    """6W8020 makes a voucher that a person confirms at the bank: accepted means waiting for him."""
    code, text = answer.return_code, answer.message
    ref = answer.fields.get("CREDIT_NO") or None
    if code == OK:
        return Verdict(AnswerState.AWAITING_BANK, answer.fields.get("DEAL_TYPE", code), text, bank_ref=ref)
    state = AnswerState.REFUSED if is_refusal(code, text) else AnswerState.UNKNOWN
    known = state is AnswerState.REFUSED or is_front_end(code) or bool(_REFUSAL.fullmatch(code))
    return Verdict(state, code, text, alarm=None if known else f"返回码不在对照表中：{code[:20]}")


def queried(answer: Answer, *, done: Set[str], failed: Set[str], not_found: Set[str]) -> Verdict:
    """What 6W0600 proves by itself."""
    code, text = answer.return_code, answer.message
    if code in not_found:
        return Verdict(AnswerState.NOT_FOUND, code, text)
    if code != OK:
        return Verdict(AnswerState.UNKNOWN, code, text)
    result = answer.fields.get("DEAL_RESULT", "")
    message = answer.fields.get("MESSAGE", "") or text
    ref = answer.fields.get("CREDIT_NO") or None
    if result in done:
        return Verdict(AnswerState.SETTLED, result, message, bank_ref=ref)
    if result in failed:
        return Verdict(AnswerState.REFUSED, result, message, bank_ref=ref)
    if len(result) == 1 and result.isascii() and result.isalnum():
        return Verdict(AnswerState.AWAITING_BANK, result, message, bank_ref=ref)
    return Verdict(AnswerState.UNKNOWN, result[:20], message, alarm=f"处理结果不在对照表中：{result[:20]}")
