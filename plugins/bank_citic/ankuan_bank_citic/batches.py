"""Batches: what their answers prove of each row. A row carries a number only, so it is found again by what it pays."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.evidence import Verdict
from ankuan.plugin_api.texts import reference_in
from ankuan_bank_citic.books import Trace
from ankuan_bank_citic.mapping import (
    NOT_FOUND_CODES,
    PARTLY,
    BadValue,
    batch_row_verdict,
    batch_verdict,
    row_submit_verdict,
    submit_verdict,
)
from ankuan_bank_citic.messages import Answer, Row
from ankuan_bank_citic.session import Session
from ankuan_bank_citic.values import money, needed, wire_day

_NUMBER: Final = re.compile(r"[0-9]{1,4}", re.ASCII)
_UNDER_WAY: Final = frozenset({AnswerState.ACCEPTED, AnswerState.AWAITING_BANK})
_UNMENTIONED: Final = Verdict(AnswerState.UNKNOWN, message="银行应答未提及该笔指令")


def submitted_rows(answer: Answer, count: int) -> list[Verdict]:
    """One verdict a row, in their order, of DLPAYBAT's answer. Raises BadValue when rows contradict each other."""
    partly = answer.status == PARTLY
    whole = Verdict(AnswerState.UNKNOWN, PARTLY, answer.text) if partly else submit_verdict(answer)
    if not answer.rows or (whole.state is AnswerState.UNKNOWN and not partly):
        return [whole] * count
    told: dict[int, Verdict] = {}
    for row in answer.rows:
        number = _number(row, count)
        verdict = row_submit_verdict(needed(row, "status"), row.get("statusText", ""))
        if told.setdefault(number, verdict) != verdict:
            raise BadValue(f"row {number} is told twice, differently")
    if whole.state is AnswerState.REFUSED and any(each.state is not AnswerState.REFUSED for each in told.values()):
        raise BadValue("the batch is refused, its rows are not")
    failed = answer.fields.get("errTotalNum", "")
    refused = sum(each.state is AnswerState.REFUSED for each in told.values())
    if _NUMBER.fullmatch(failed) and refused > int(failed):
        raise BadValue(f"{refused} rows are refused where {failed} failed")
    return [told.get(number, _UNMENTIONED) for number in range(1, count + 1)]


def _number(row: Row, count: int) -> int:
    text = row.get("ID", "")
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= count:
        raise BadValue(f"no such row {text[:10]!r}")
    return int(text)


async def row_verdict(session: Session, trace: Trace, batch_ref: str, today: date) -> Verdict:
    """What the bank says of one row: DLBATDET, and DLBATCOL where the rows alone prove nothing. Raises read errors."""
    details = await session.read("DLBATDET", {"clientID": batch_ref}, also=NOT_FOUND_CODES)
    try:
        found, is_marked = _fate(details.rows, trace)
        if found is not None and (is_marked or found.state is not AnswerState.REFUSED):
            return found
        since = trace.submitted_on - timedelta(days=1) if trace.submitted_on else trace.first_day(today)
        span = {"startDate": wire_day(since), "endDate": wire_day(today)}
        summary = await session.read("DLBATCOL", span, also=NOT_FOUND_CODES)
        batches = [row for row in summary.rows if row.get("clientID") == batch_ref]
        if len({tuple(sorted(row.items())) for row in batches}) > 1:
            raise BadValue("the batch is told twice, differently")
        if found is not None:
            return _unmarked_refusal(found, batches, details.rows)
        return _without_row(batches, details.rows)
    except BadValue as wrong:
        raise session.malformed("DLBATDET", wrong) from wrong


def _fate(rows: Sequence[Row], trace: Trace) -> tuple[Verdict | None, bool]:
    """The verdict on the row, and whether the row names our reference. ``None``: no row can be ours."""
    unmarked: set[Verdict] = set()
    marked: set[Verdict] = set()
    for row in rows:
        mark = reference_in(row.get("abstract", ""))
        pays = (money(needed(row, "tranAmount")), needed(row, "recAccountNo"), needed(row, "payAccountNo"))
        is_alike = pays == (trace.amount, trace.counter, trace.book)
        verdict = batch_row_verdict(needed(row, "status"), row.get("statusText", ""))
        if mark == trace.client_ref:
            if not is_alike:
                return replace(verdict, state=AnswerState.UNKNOWN, alarm="银行记录的金额或账号与指令不符"), True
            marked.add(verdict)
        elif mark is None and is_alike:
            unmarked.add(verdict)
    found = marked or unmarked
    if len(found) > 1:
        alarm = "同一流水号查得几种不同的状态" if marked else None
        return Verdict(
            AnswerState.UNKNOWN, message="批次内有账号、金额相同而状态不同的几笔，无法区分", alarm=alarm
        ), True
    return next(iter(found), None), bool(marked)


def _unmarked_refusal(found: Verdict, batches: Sequence[Row], rows: Sequence[Row]) -> Verdict:
    # A row that pays the same may be another one, as long as ours may be missing among those told.
    if len(batches) == 1 and batches[0].get("totalNumber") == str(len(rows)):
        return found
    return replace(found, state=AnswerState.UNKNOWN, message=f"{found.message}（批次明细不全，待核）")


def _without_row(batches: Sequence[Row], rows: Sequence[Row]) -> Verdict:
    """The batch's own state, when no row of it can be ours."""
    if not batches:
        return Verdict(AnswerState.NOT_FOUND, message="查无此批次")
    verdict = batch_verdict(needed(batches[0], "stt"))
    if verdict is None:
        return Verdict(AnswerState.NOT_FOUND, message="批次已处理，明细中没有这一笔")
    if rows and verdict.state not in {AnswerState.UNKNOWN, AnswerState.NOT_FOUND}:
        return replace(verdict, state=AnswerState.UNKNOWN, message="批次明细中没有这一笔")
    return verdict
