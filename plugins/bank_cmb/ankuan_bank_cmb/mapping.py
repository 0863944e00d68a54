"""PURE. What the bank's states mean. The tables are total: whatever stands in none of them is ``unknown``.

reqSts and rtnFlg: the bank's own code tables. What they amount to here: README, "Documented assumptions".
"""

from collections.abc import Sequence
from typing import Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Expected, Verdict
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
            return Verdict(
                AnswerState.UNKNOWN, code, text, bank_ref=bank_ref, alarm=f"处理结果成功与错误码 {error[:20]} 矛盾"
            )
        return Verdict(state, code, text, bank_ref=bank_ref, alarm=alarm)
    known = REQUEST_STATES.get(status)
    if known is not None:
        if error not in {"", DONE}:
            return Verdict(AnswerState.UNKNOWN, code, text, bank_ref=bank_ref)
        return Verdict(known, code, text, bank_ref=bank_ref)
    if status == "" and error not in {"", DONE}:
        # Not taken down under a number of the bank's. Only a query tells whether an earlier try was.
        return Verdict(AnswerState.UNKNOWN, code, text, bank_ref=bank_ref)
    return Verdict(AnswerState.UNKNOWN, code, text, bank_ref=bank_ref, alarm=f"业务请求状态不在对照表中：{status[:10]}")


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
