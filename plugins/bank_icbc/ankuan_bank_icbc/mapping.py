"""PURE. What the bank's codes mean. The tables are total: whatever stands in none of them is ``unknown``.

Sources: protocol notes on the NetSafe Client interface (Result 0 to 11, B0116). See README, "Documented assumptions".
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Expected, Verdict
from ankuan_bank_icbc.messages import OK, Answer
from ankuan_bank_icbc.values import BadValue, Row, fen

NOT_FOUND_CODES: Final = frozenset({"B0116"})
"""No such record. An answer of a query; no proof that nothing was done."""
QUERY_STATES: Final[Mapping[str, AnswerState]] = {
    "0": AnswerState.ACCEPTED,
    "1": AnswerState.ACCEPTED,
    "2": AnswerState.AWAITING_BANK,
    "3": AnswerState.AWAITING_BANK,
    "4": AnswerState.ACCEPTED,
    "5": AnswerState.ACCEPTED,
    "6": AnswerState.REFUSED,
    "7": AnswerState.SETTLED,
    "8": AnswerState.REFUSED,
    "9": AnswerState.ACCEPTED,
    "10": AnswerState.ACCEPTED,
    "11": AnswerState.REFUSED,
}
"""Result: 0 taken, 1 authorised, 2 and 3 waiting for authorisation, 4 waiting at the bank, 5 pending at the host, 6
refused by the bank, 7 done, 8 authorisation refused, 9 processing, 10 scheduled, 11 schedule cancelled."""
SUBMIT_STATES: Final[Mapping[str, AnswerState]] = {**QUERY_STATES, "7": AnswerState.ACCEPTED}
"""The same after a submission; that it is done is believed only when a query and the books say so."""
_DOUBTFUL: Final = ("重复", "已存在", "已受理", "超时", "未知", "处理中", "稍后", "查询确认", "通讯")


def submit_verdict(answer: Answer, expected: Expected) -> Verdict:
    """What the answer to PAYENT proves of one row. A row that it does not mention is unknown.

    A package that is refused as a whole is unknown too: no list of codes says which of them are final, and a reference
    told twice may well have been executed the first time.
    """
    if answer.code != OK:
        return Verdict(AnswerState.UNKNOWN, answer.code, answer.text)
    rows = [row for row in answer.rows if row.get("iSeqno") == expected.client_ref]
    if not rows:
        return Verdict(AnswerState.UNKNOWN, answer.code, "银行应答中没有这笔指令")
    verdict = _one(rows, expected, SUBMIT_STATES, ("iRetCode", "iRetMsg"))
    if verdict.state is AnswerState.REFUSED and not rows[0].get("iRetCode", "").strip(OK):
        # No books stand behind the answer to a submission: a refusal has to say why.
        return replace(verdict, state=AnswerState.UNKNOWN, alarm="银行称拒绝，却没有拒绝的返回码")
    return verdict


def query_verdict(answer: Answer, expected: Expected) -> Verdict:
    """What the answer to QPAYENT proves by itself. RetCode only says whether the query ran."""
    if answer.code in NOT_FOUND_CODES:
        return Verdict(AnswerState.NOT_FOUND, answer.code, answer.text)
    if answer.code != OK:
        return Verdict(AnswerState.UNKNOWN, answer.code, answer.text)
    rows = [row for row in answer.rows if expected.client_ref in (row.get("QryiSeqno"), row.get("iSeqno"))]
    if not rows:
        return Verdict(AnswerState.UNKNOWN, answer.code, "银行应答中没有这笔指令")
    if all(row.get("iRetCode") in NOT_FOUND_CODES and not row.get("Result") for row in rows):
        return Verdict(AnswerState.NOT_FOUND, rows[0]["iRetCode"], rows[0].get("iRetMsg", ""))
    return _one(rows, expected, QUERY_STATES, ("instrRetCode", "instrRetMsg"))


def _one(rows: Sequence[Row], expected: Expected, states: Mapping[str, AnswerState], named: tuple[str, str]) -> Verdict:
    verdicts = {_row_verdict(row, expected, states, named) for row in rows}
    if len(verdicts) > 1:
        return Verdict(AnswerState.UNKNOWN, alarm="同一指令得到几种不同的状态")
    return verdicts.pop()


def _row_verdict(row: Row, expected: Expected, states: Mapping[str, AnswerState], named: tuple[str, str]) -> Verdict:
    result, code, text = row.get("Result", ""), row.get(named[0], ""), row.get(named[1], "")
    is_plain = not code.strip(OK)
    told = result[:10] if is_plain else f"{result}:{code}"[:40]
    unknown = Verdict(AnswerState.UNKNOWN, told, text)
    state = states.get(result)
    if state is None:
        return replace(unknown, alarm=f"指令状态不在对照表中：{result[:10]}")
    if other := _about_another(row, expected):
        return replace(unknown, alarm=other)
    if result == "7" and not is_plain:
        return replace(unknown, alarm=f"指令状态 7 与返回码 {code[:20]} 矛盾")
    if state is AnswerState.REFUSED and any(word in text for word in _DOUBTFUL):
        return unknown
    return replace(unknown, state=state)


def _about_another(row: Row, expected: Expected) -> str | None:
    """An alarm when the row tells another amount or another payee than was ordered; it may tell neither."""
    try:
        amount = fen(row["PayAmt"]) if row.get("PayAmt") else expected.amount
    except BadValue:
        return "银行应答中的金额无法识别"
    payee = row.get("RecAccNo") or expected.counter_account
    if (amount, payee) != (expected.amount, expected.counter_account):
        return "银行应答的金额或收款账号与指令不符"
    return None
