"""PURE. What the bank's states mean. The tables are total: whatever stands in none of them is ``unknown``.

reqSts and rtnFlg: the bank's own code tables. What they amount to here: README, "Documented assumptions".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan_bank_cmb.messages import DONE, Answer, Row
from ankuan_bank_cmb.values import BadValue, needed, positive_money

FINISHED: Final = "FIN"
REQUEST_STATES: Final[dict[str, AnswerState]] = {
    "AUT": AnswerState.AWAITING_BANK,
    "NTE": AnswerState.AWAITING_BANK,
    "WCF": AnswerState.AWAITING_BANK,
    "OPR": AnswerState.AWAITING_BANK,
    "BNK": AnswerState.ACCEPTED,
    "ACK": AnswerState.ACCEPTED,
    "APD": AnswerState.ACCEPTED,
}
"""reqSts of a request that is not finished."""
RETURN_FLAGS: Final[dict[str, AnswerState]] = {
    "S": AnswerState.SETTLED,
    "B": AnswerState.SETTLED,
    "F": AnswerState.REFUSED,
    "R": AnswerState.REFUSED,
    "C": AnswerState.REFUSED,
    "D": AnswerState.REFUSED,
}
"""rtnFlg of a finished one. B (退票): it was paid and came back, and the coming back is a booking of its own.
M, V, U and T have no agreed meaning for a payment of ours: a person must look."""


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
    """A line of the books that may be the order's execution. ``unit``: as the bank tells it."""

    amount: Money
    counter_account: str
    unit: str
    client_ref: str | None
    booked_on: date
    bank_ref: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What was ordered. ``units``: how the bank may name the unit that pays."""

    client_ref: str
    amount: Money
    counter_account: str
    units: frozenset[str]


def row_verdict(row: Row) -> Verdict:
    """What one row of states proves by itself."""
    status, flag = row.get("reqSts", ""), row.get("rtnFlg", "")
    error, text = row.get("errCod", ""), row.get("errTxt", "") or row.get("rtnNar", "")
    code = error if error not in {"", DONE} else f"{status}/{flag}" if flag else status
    bank_ref = row.get("reqNbr") or None
    if status == FINISHED:
        state = RETURN_FLAGS.get(flag, AnswerState.UNKNOWN)
        alarm = f"业务处理结果不在对照表中：{flag[:10]}" if flag not in RETURN_FLAGS else None
        if state is AnswerState.SETTLED and error not in {"", DONE} and flag == "S":
            return Verdict(AnswerState.UNKNOWN, code, text, bank_ref, alarm=f"处理结果成功与错误码 {error[:20]} 矛盾")
        return Verdict(state, code, text, bank_ref, alarm=alarm)
    if status in REQUEST_STATES:
        if error not in {"", DONE}:
            return Verdict(AnswerState.UNKNOWN, code, text, bank_ref)
        return Verdict(REQUEST_STATES[status], code, text, bank_ref)
    if status == "" and error not in {"", DONE}:
        # Not taken down under a number of the bank's. Only a query tells whether an earlier try was.
        return Verdict(AnswerState.UNKNOWN, code, text, bank_ref)
    return Verdict(AnswerState.UNKNOWN, code, text, bank_ref, alarm=f"业务请求状态不在对照表中：{status[:10]}")


def submit_verdict(answer: Answer, rows: Sequence[Row], client_ref: str) -> Verdict:
    """What the answer to a submission proves. Never ``settled``: the bank's "done" is confirmed by a query.

    A resultcode other than SUC0000 is no refusal: no document lists those that are final, and a doubled reference is
    one of them.
    """
    if answer.code != DONE:
        return Verdict(AnswerState.UNKNOWN, answer.code, answer.text)
    ours = [row for row in rows if row.get("yurRef", client_ref) == client_ref]
    if len(ours) != 1:
        alarm = "应答中没有这笔业务" if not ours else "应答中这笔业务出现多次"
        return Verdict(AnswerState.UNKNOWN, answer.code, answer.text, alarm=alarm if rows else None)
    verdict = row_verdict(ours[0])
    if verdict.state is AnswerState.SETTLED:
        return Verdict(AnswerState.ACCEPTED, verdict.code, verdict.message, verdict.bank_ref)
    return verdict


def query_verdict(rows: Sequence[Row], expected: Expected) -> Verdict:
    """What the rows of a query prove by themselves: all rows of our reference must say the same, of our payment."""
    ours = [row for row in rows if row.get("yurRef", "") == expected.client_ref]
    if not ours:
        alarm = "银行答复的不是所查业务" if rows else None
        return Verdict(AnswerState.UNKNOWN if rows else AnswerState.NOT_FOUND, alarm=alarm)
    verdicts = [row_verdict(row) for row in ours]
    first = verdicts[0]
    if len({verdict.state for verdict in verdicts}) > 1:
        return Verdict(AnswerState.UNKNOWN, first.code, first.message, alarm="同一参考号查得几种不同的状态")
    for row in ours:
        wrong = _difference(row, expected)
        if wrong:
            return Verdict(AnswerState.UNKNOWN, first.code, first.message, alarm=wrong)
    return first


def _difference(row: Row, expected: Expected) -> str | None:
    """Why a row is not about what was ordered (failures D14)."""
    try:
        amount, account = positive_money(needed(row, "trsAmt")), needed(row, "crtAcc")
    except BadValue as wrong:
        return f"查询答复缺少金额或收款账号：{wrong}"
    if amount != expected.amount:
        return "银行答复的金额与指令不符"
    return None if account == expected.counter_account else "银行答复的收款账号与指令不符"


def weigh(verdict: Verdict, expected: Expected, bookings: Sequence[Booking] | None) -> Verdict:
    """Hold a final word of the bank against its own books (failures D11, D14, D16, D18).

    ``bookings``: debits of the account, or ``None`` when they could not be had. Only what both the state and the books
    say is believed: settled needs the booking of that amount to that account, refused needs its absence.
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
    if not named:
        return Verdict(AnswerState.UNKNOWN, verdict.code, verdict.message, alarm="银行称成功，账户明细中没有这笔记账")
    return booked(verdict, expected, named)


def booked(verdict: Verdict, expected: Expected, named: Sequence[Booking]) -> Verdict:
    """Settled by ``named``, the bookings under our reference, unless one of them is another payment."""
    for booking in named:
        same = (booking.amount, booking.counter_account) == (expected.amount, expected.counter_account)
        if not same or booking.unit not in expected.units:
            wrong = "银行记账的金额、收款账号或付款子单元与指令不符"
            return Verdict(AnswerState.UNKNOWN, verdict.code, verdict.message, alarm=wrong)
    first = named[0]
    twice = f"同一参考号记账 {len(named)} 次" if len(named) > 1 else None
    return Verdict(AnswerState.SETTLED, verdict.code, verdict.message, first.bank_ref, first.booked_on, twice)
