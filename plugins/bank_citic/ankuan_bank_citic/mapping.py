"""PURE. What the bank's codes mean. The tables are total: whatever stands in none of them is ``unknown``.

Sources: interface documents V5.0.0.0 of the bank (return codes, stt). See README, "Documented assumptions".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
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
NOT_FOUND_CODES: Final = frozenset({"CP07815"})
"""No such client reference. An answer of a query; no proof that nothing was done."""

_REFUSAL: Final = re.compile(r"(?=.{7}\Z)[A-Z]{2,3}[0-9]{4,5}", re.ASCII)
_DOUBTFUL_TEXTS: Final = ("重复", "已存在", "已受理", "超时", "未知", "处理中", "稍后", "查询确认", "通讯")


class BadValue(ValueError):
    """A field of a row that is not of its documented type."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message proves. ``alarm``: it contradicts itself, the books, or what was sent."""

    state: AnswerState
    code: str = ""
    message: str = ""
    bank_ref: str | None = None
    booked_on: date | None = None
    alarm: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """A line of the payer's (or, for an adjustment, the receiver's) account that may be the order's execution."""

    amount: Money
    counter_account: str
    client_ref: str | None
    booked_on: date
    bank_ref: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What was ordered."""

    client_ref: str
    amount: Money
    counter_account: str


def is_client_side(code: str) -> bool:
    """Whether the code is the front-end's own."""
    return code.startswith(CLIENT_SIDE_PREFIXES)


def is_refusal(code: str, text: str) -> bool:
    """Whether the bank has positively refused: letters then digits, no client-side prefix, a text, and no doubt in it.

    A duplicate reference is *not* a refusal: the first submission may well have been executed.
    """
    doubtful = not text or any(word in text for word in _DOUBTFUL_TEXTS)
    return bool(_REFUSAL.fullmatch(code)) and not is_client_side(code) and code not in NOT_FOUND_CODES and not doubtful


def submit_verdict(answer: Answer) -> Verdict:
    """What the answer to a submission proves. Never ``settled``: the bank's "done" is confirmed by a query."""
    code, text = answer.status, answer.text
    state = SUBMIT_STATES.get(code)
    if state is None:
        state = AnswerState.REFUSED if is_refusal(code, text) else AnswerState.UNKNOWN
    known = (
        code in SUBMIT_STATES or state is AnswerState.REFUSED or is_client_side(code) or bool(_REFUSAL.fullmatch(code))
    )
    return Verdict(
        state,
        code,
        text,
        bank_ref=answer.fields.get("tranNo") or None,
        alarm=None if known else f"返回码不在对照表中：{code[:20]}",
    )


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


def weigh(verdict: Verdict, expected: Expected, bookings: Sequence[Booking] | None) -> Verdict:
    """Hold a final word of the bank against its own books (failures D11, D14, D16, D18).

    ``bookings``: lines of the account asked for, or ``None`` when they could not be had. Only what both the status and
    the books say is believed: settled needs the booking of that amount to that account, refused needs its absence.
    """
    if verdict.state not in {AnswerState.SETTLED, AnswerState.REFUSED}:
        return verdict
    if bookings is None:
        return Verdict(AnswerState.UNKNOWN, verdict.code, f"{verdict.message}（账户明细暂不可得，待核）")
    named = [booking for booking in bookings if booking.client_ref == expected.client_ref]
    if verdict.state is AnswerState.REFUSED:
        if named:
            return Verdict(AnswerState.UNKNOWN, verdict.code, verdict.message, alarm="银行称失败，账户明细却有这笔记账")
        return verdict
    right = [b for b in named if (b.amount, b.counter_account) == (expected.amount, expected.counter_account)]
    if len(right) != len(named):
        return Verdict(AnswerState.UNKNOWN, verdict.code, verdict.message, alarm="银行记账的金额或收款账号与指令不符")
    if not named:
        # The bank may have cut the reference off the remark: amount and payee must then speak for themselves.
        right = [
            b
            for b in bookings
            if b.client_ref is None and (b.amount, b.counter_account) == (expected.amount, expected.counter_account)
        ]
    if not right:
        return Verdict(AnswerState.UNKNOWN, verdict.code, verdict.message, alarm="银行称成功，账户明细中没有这笔记账")
    twice = f"同一流水号记账 {len(named)} 次" if len(named) > 1 else None
    first = right[0]
    return Verdict(AnswerState.SETTLED, verdict.code, verdict.message, first.bank_ref, first.booked_on, twice)
