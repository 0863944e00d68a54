"""PURE. What the bank's codes mean. The tables are total: whatever stands in none of them is ``unknown``.

Sources: interface documents V5.0.0.0 of the bank (return codes, stt). See README, "Documented assumptions".
"""

import re
from dataclasses import replace
from typing import Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Verdict
from ankuan_bank_citic.messages import Answer

DONE: Final = "AAAAAAA"
CLIENT_SIDE_PREFIXES: Final = (
    *("ET", "CF09", "CF14", "CF15", "CF18", "CF19", "CF20", "CF21", "CF22", "CF23"),
    *("CM12", "ED10", "ED11", "ED12"),
)
"""The front-end could not talk to the bank; whether the bank has done it, nobody here knows."""

SUBMIT_STATES: Final[dict[str, AnswerState]] = {
    "AAAAAAA": AnswerState.ACCEPTED,
    "AAAAAAB": AnswerState.AWAITING_BANK,
    "AAAAAAC": AnswerState.ACCEPTED,
    "AAAAAAE": AnswerState.ACCEPTED,
    "AAAAAAF": AnswerState.ACCEPTED,
    "CCCCCCC": AnswerState.ACCEPTED,
    "EEEEEEE": AnswerState.UNKNOWN,
    "UNKNOWN": AnswerState.UNKNOWN,
}
PARTLY: Final = "BBBBBBB"
"""A batch of which some rows succeeded: its rows say which."""
BATCH_STATES: Final[dict[str, AnswerState]] = {
    "CP07815": AnswerState.NOT_FOUND,
    "CP07816": AnswerState.UNKNOWN,
    "CP07817": AnswerState.REFUSED,
    "CP07818": AnswerState.AWAITING_BANK,
    "CP07819": AnswerState.ACCEPTED,
    "CP07820": AnswerState.REFUSED,
    "CP07821": AnswerState.REFUSED,
    "CP07822": AnswerState.REFUSED,
    "CP07823": AnswerState.ACCEPTED,
    "CP07824": AnswerState.UNKNOWN,
    "CP07825": AnswerState.REFUSED,
}
"""DLBATCOL ``stt``: 16 empty, 17 rejected, 18 in approval, 19 approved, 20 schedule cancelled, 21 failed, 22 revoked,
23 in work, 24 revoke unknown, 25 all failed. A whole batch that is done has no state here: its rows have theirs."""
NOT_FOUND_CODES: Final = frozenset({"CP07815"})
"""No such client reference. An answer of a query; no proof that nothing was done."""

_REFUSAL: Final = re.compile(r"(?=.{7}\Z)[A-Z]{2,3}[0-9]{4,5}", re.ASCII)
_DOUBTFUL_TEXTS: Final = ("重复", "已存在", "已受理", "超时", "未知", "处理中", "稍后", "查询确认", "通讯")


class BadValue(ValueError):
    """A field of a row that is not of its documented type."""


def is_client_side(code: str) -> bool:
    """Whether the code is the front-end's own."""
    return code.startswith(CLIENT_SIDE_PREFIXES)


def is_refusal(code: str, text: str) -> bool:
    """Whether the bank has positively refused: letters then digits, no client-side prefix, a text, and no doubt in it.

    A duplicate reference is *not* a refusal: the first submission may well have been executed.
    """
    doubtful = not text or any(word in text for word in _DOUBTFUL_TEXTS)
    return bool(_REFUSAL.fullmatch(code)) and not is_client_side(code) and code not in NOT_FOUND_CODES and not doubtful


def batch_verdict(stt: str) -> Verdict | None:
    """What the state of a whole batch proves of each of its rows; ``None``: it is done, only its rows can tell."""
    if stt in {DONE, PARTLY}:
        return None
    state = BATCH_STATES.get(stt) or SUBMIT_STATES.get(stt)
    if state is None:
        return Verdict(AnswerState.UNKNOWN, stt, alarm=f"批次状态不在对照表中：{stt[:20]}")
    return Verdict(state, stt, "批次状态")


def batch_row_verdict(code: str, text: str) -> Verdict:
    """What the row of DLBATDET says of a payment: "done" is paid here, since it answers a query."""
    if code == DONE:
        return Verdict(AnswerState.SETTLED, code, text)
    state = BATCH_STATES.get(code) or SUBMIT_STATES.get(code)
    if state is None and is_refusal(code, text):
        state = AnswerState.REFUSED
    if state is None:
        doubtful = is_client_side(code) or bool(_REFUSAL.fullmatch(code))
        alarm = None if doubtful else f"状态代码不在对照表中：{code[:20]}"
        return Verdict(AnswerState.UNKNOWN, code, text, alarm=alarm)
    return Verdict(state, code, text)


def submit_verdict(answer: Answer) -> Verdict:
    """What the answer to a submission proves. Never ``settled``: the bank's "done" is confirmed by a query."""
    verdict = row_submit_verdict(answer.status, answer.text)
    return replace(verdict, bank_ref=answer.fields.get("tranNo") or None)


def row_submit_verdict(code: str, text: str) -> Verdict:
    """The same of one row of a batch."""
    state = SUBMIT_STATES.get(code)
    if state is None:
        state = AnswerState.REFUSED if is_refusal(code, text) else AnswerState.UNKNOWN
    known = (
        code in SUBMIT_STATES or state is AnswerState.REFUSED or is_client_side(code) or bool(_REFUSAL.fullmatch(code))
    )
    return Verdict(state, code, text, alarm=None if known else f"返回码不在对照表中：{code[:20]}")


def query_verdict(answer: Answer) -> Verdict:
    """What the answer to DLCIDSTT proves by itself. The outer status only says whether the query ran."""
    if answer.status in NOT_FOUND_CODES:
        return Verdict(AnswerState.NOT_FOUND, answer.status, answer.text)
    if answer.status != DONE:
        return Verdict(AnswerState.UNKNOWN, answer.status, answer.text)
    if not answer.rows:
        return Verdict(AnswerState.NOT_FOUND, answer.status, answer.text)
    verdicts = {
        _row_verdict(row.get("stt", ""), row.get("status", ""), row.get("statusText", "")) for row in answer.rows
    }
    if len(verdicts) > 1:
        return Verdict(AnswerState.UNKNOWN, answer.status, answer.text, alarm="同一流水号查得几种不同的状态")
    return verdicts.pop()


def _row_verdict(stt: str, code: str, text: str) -> Verdict:
    if code in NOT_FOUND_CODES:
        return Verdict(AnswerState.NOT_FOUND, code, text)
    if stt == "0":
        if code in {DONE, ""}:
            return Verdict(AnswerState.SETTLED, code, text)
    elif stt in {"1", "3", "4"}:
        if code == "" or is_refusal(code, text):
            return Verdict(AnswerState.REFUSED, code, text)
    elif stt == "2":
        state = SUBMIT_STATES.get(code, AnswerState.UNKNOWN)
        return Verdict(state if code != DONE else AnswerState.UNKNOWN, code, text)
    else:
        return Verdict(AnswerState.UNKNOWN, code, text, alarm=f"状态标志不在对照表中：{stt[:10]}")
    return Verdict(AnswerState.UNKNOWN, code, text, alarm=f"状态标志 {stt} 与状态代码 {code[:20]} 矛盾")
