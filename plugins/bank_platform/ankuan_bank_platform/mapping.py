"""PURE. What the platform's statuses mean. The tables are total: whatever stands in none of them is ``unknown``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState

STATES: Final[Mapping[str, AnswerState]] = {
    "ACSC": AnswerState.SETTLED,
    "ACCC": AnswerState.SETTLED,
    "RJCT": AnswerState.REFUSED,
    "CANC": AnswerState.REFUSED,
    "PDNG": AnswerState.AWAITING_BANK,
    "RCVD": AnswerState.ACCEPTED,
    "ACTC": AnswerState.ACCEPTED,
    "ACCP": AnswerState.ACCEPTED,
    "ACSP": AnswerState.ACCEPTED,
    "PART": AnswerState.UNKNOWN,
}
"""TxSts and GrpSts. PART says that the rows differ: only they tell."""
DUPLICATES: Final = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05"})
"""Reasons that speak of an earlier order under the same reference: what became of that one, only a query tells."""
TIME_OUTS: Final = frozenset({"AB03", "AB04", "AB05", "AB06", "AB07", "AB08"})
"""Reasons of a rejection that somebody's silence caused: believed only when the books agree, so not of a submission."""
FINAL: Final = frozenset({AnswerState.SETTLED, AnswerState.REFUSED})


@dataclass(frozen=True, slots=True)
class Row:
    """TxInfAndSts. ``amount`` and ``payee_account``: the original order as the platform took it down, when told."""

    client_ref: str
    status: str
    reasons: tuple[str, ...] = ()
    text: str = ""
    bank_ref: str | None = None
    amount: Money | None = None
    payee_account: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """pain.002: ``message_ref`` is the MsgId of the pain.001 it is about, ``count`` the number of its orders."""

    message_ref: str
    status: str
    reasons: tuple[str, ...] = ()
    text: str = ""
    count: int | None = None
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What was ordered."""

    client_ref: str
    amount: Money
    payee_account: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A debit of the main account under our reference."""

    amount: Money
    payee_account: str
    booked_on: date
    bank_ref: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a message proves. ``alarm``: it contradicts itself, the books, or what was sent."""

    state: AnswerState
    code: str = ""
    message: str = ""
    bank_ref: str | None = None
    booked_on: date | None = None
    alarm: str | None = None


def submit_verdicts(report: Report, message_ref: str, orders: Sequence[Expected]) -> tuple[Verdict, ...]:
    """What the answer to pain.001 proves of each order. Never ``settled``: that takes a query."""
    if report.message_ref != message_ref:
        return _all_unknown(orders, report, "应答针对的是另一报文")
    if DUPLICATES & set(report.reasons):
        return _all_unknown(orders, report, None)
    refs = {order.client_ref for order in orders}
    if any(row.client_ref not in refs for row in report.rows):
        return _all_unknown(orders, report, "应答含有未提交的指令")
    return tuple(_submitted(report, order, len(orders)) for order in orders)


def query_verdict(report: Report, order: Expected, message_ref: str) -> Verdict:
    """What the answer to a query proves by itself; see ``weigh``."""
    rows = [row for row in report.rows if row.client_ref == order.client_ref]
    if len(rows) != 1 or len(report.rows) != 1 or report.message_ref != message_ref:
        return _unknown(report.status, report.text, "查询应答与所查指令不符")
    row = rows[0]
    verdict = _of_row(row, order)
    if verdict.state in FINAL and (row.amount is None or row.payee_account is None):
        return _unknown(row.status, row.text, "查询应答未附原指令的金额和收款账号")
    return verdict


def weigh(verdict: Verdict, order: Expected, bookings: Sequence[Booking] | None) -> Verdict:
    """Hold a final word against the account's own bookings (failures D11, D14, D16, D18).

    ``bookings``: debits under the order's reference, ``None`` when they could not be had. Settled needs the booking of
    that amount to that account, refused needs that there is none.
    """
    if verdict.state not in FINAL:
        return verdict
    code, text = verdict.code, verdict.message
    if bookings is None:
        return _unknown(code, f"{text}（账户明细暂不可得，待核）", None)
    if verdict.state is AnswerState.REFUSED:
        return _unknown(code, text, "平台称失败，账户明细却有这笔记账") if bookings else verdict
    if not bookings:
        return _unknown(code, text, "平台称成功，账户明细中没有这笔记账")
    if any((each.amount, each.payee_account) != (order.amount, order.payee_account) for each in bookings):
        return _unknown(code, text, "记账的金额或收款账号与指令不符")
    first = bookings[0]
    twice = f"同一指令记账 {len(bookings)} 次" if len(bookings) > 1 else None
    return Verdict(AnswerState.SETTLED, code, text, first.bank_ref, first.booked_on, twice)


def _submitted(report: Report, order: Expected, orders: int) -> Verdict:
    rows = [row for row in report.rows if row.client_ref == order.client_ref]
    if len(rows) > 1:
        return _unknown(report.status, report.text, "应答中同一指令出现多次")
    if rows:
        return _as_submitted(_of_row(rows[0], order), rows[0].reasons)
    if report.rows:
        return _unknown(report.status, "应答未提及这笔指令，以查询为准", None)
    if report.count != orders:
        return _unknown(report.status, report.text, "应答的笔数与报文不符")
    return _as_submitted(_of_status(report.status, report.reasons, report.text, None), report.reasons)


def _as_submitted(verdict: Verdict, reasons: Sequence[str]) -> Verdict:
    if verdict.state is AnswerState.SETTLED:
        return Verdict(AnswerState.ACCEPTED, verdict.code, verdict.message, verdict.bank_ref)
    if verdict.state is AnswerState.REFUSED and TIME_OUTS & set(reasons):
        return _unknown(verdict.code, verdict.message, None)
    return verdict


def _of_row(row: Row, order: Expected) -> Verdict:
    if row.amount not in {None, order.amount} or row.payee_account not in {None, order.payee_account}:
        return _unknown(row.status, row.text, "应答的金额或收款账号与指令不符")
    return _of_status(row.status, row.reasons, row.text, row.bank_ref)


def _of_status(status: str, reasons: Sequence[str], text: str, bank_ref: str | None) -> Verdict:
    state = STATES.get(status)
    code = "/".join([status, *reasons])
    if state is None:
        return _unknown(code, text, f"状态不在对照表中：{status[:10]}")
    if state is AnswerState.UNKNOWN or (state is AnswerState.REFUSED and DUPLICATES & set(reasons)):
        return _unknown(code, text, None)
    return Verdict(state, code, text, bank_ref)


def _unknown(code: str, text: str, alarm: str | None) -> Verdict:
    return Verdict(AnswerState.UNKNOWN, code, text, alarm=alarm)


def _all_unknown(orders: Sequence[Expected], report: Report, alarm: str | None) -> tuple[Verdict, ...]:
    code = "/".join([report.status, *report.reasons])
    return tuple(_unknown(code, report.text, alarm) for _ in orders)
