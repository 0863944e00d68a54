"""Lines of a fund account: the sub-accounts' book, then the public adjustment account."""

from dataclasses import replace
from datetime import date
from typing import Final

from ankuan.plugin_api.bank import BankLine, FundAccountRef, LinePage
from ankuan.plugin_api.errors import PluginError
from ankuan_bank_citic.cursor import SPAN, BadCursor, Cursor, decode, digest
from ankuan_bank_citic.lines import (
    HOST_DIGITS,
    adjustment_account_line,
    as_returned,
    may_be_returned,
    sub_account_lines,
)
from ankuan_bank_citic.mapping import BadValue
from ankuan_bank_citic.session import Session
from ankuan_bank_citic.values import needed, wire_day

PAGE_ROWS: Final = 100
MAIN_PAGE_ROWS: Final = 20
_RETURN_PAGES: Final = 50


async def read_page(
    session: Session, account: FundAccountRef, text: str | None, *, today: date, statement_from: date | None
) -> LinePage:
    """Lines after the cursor. Raises the read errors of the contract; the cursor then simply stays where it was."""
    try:
        cursor = decode(text, first_day=statement_from or today - SPAN)
    except BadCursor as broken:
        raise PluginError(f"明细游标不可用：{broken}") from broken
    lines, cursor, more = await _sub_account_page(session, account, cursor, today)
    if not more and account.adjustment_account_no:
        waiting, cursor, more = await _adjustment_page(session, account.adjustment_account_no, cursor, today)
        lines += waiting
    lines.sort(key=lambda line: line.booked_on)
    return LinePage(tuple(lines), cursor.encode(), more, session.kept)


async def _sub_account_page(
    session: Session, account: FundAccountRef, cursor: Cursor, today: date
) -> tuple[list[BankLine], Cursor, bool]:
    last_date, last_flow, last_seq = cursor.host
    fields = {
        "accountNo": account.account_no,
        "subAccNo": "",
        "queryType": "2",
        "startDate": last_date or wire_day(cursor.since),
        "endDate": wire_day(today),
        "tranType": "",
        "startRecord": "1",
        "pageNumber": str(PAGE_ROWS),
        "lastHostDate": last_date,
        "lastHostFlw": last_flow,
        "lastHostSeq": last_seq,
    }
    answer = await session.read("DLSTRNDT", fields)
    lines: dict[str, BankLine] = {}
    place = cursor.host
    try:
        for row in answer.rows:
            _below(row.get("subAccNo", ""), account.adjustment_account_no)
            for line in sub_account_lines(row):
                # A row told twice in one answer is one booking.
                lines.setdefault(line.bank_key, line)
            place = (needed(row, "TRANDATE"), needed(row, "HOSTFLW"), needed(row, "HOSTSEQ"))
    except BadValue as wrong:
        raise session.malformed("DLSTRNDT", wrong) from wrong
    checked = [await _known_return(session, account, line) for line in lines.values()]
    # A bank that answers the same page for ever must not keep the reader in a loop.
    more = len(answer.rows) >= PAGE_ROWS and place != cursor.host
    return checked, replace(cursor, host=place), more


async def _known_return(session: Session, account: FundAccountRef, line: BankLine) -> BankLine:
    """DLSTRNDT does not flag returned payments: DLTRNALL does (e3rtFlag 0), found by day, amount and number."""
    if not may_be_returned(line):
        return line
    start = 1
    for _ in range(_RETURN_PAGES):
        fields = {
            "accountNo": account.account_no,
            "lowAmount": line.amount.yuan,
            "upAmount": line.amount.yuan,
            "startDate": wire_day(line.booked_on),
            "endDate": wire_day(line.booked_on),
            "pageNumber": str(MAIN_PAGE_ROWS),
            "startRecord": str(start),
        }
        answer = await session.read("DLTRNALL", fields)
        for row in answer.rows:
            if row.get("tranNo") == line.bank_ref:
                return as_returned(line) if row.get("e3rtFlag") == "0" else line
        if len(answer.rows) < MAIN_PAGE_ROWS:
            break
        start += len(answer.rows)
    return line


async def _adjustment_page(
    session: Session, adjustment_no: str, cursor: Cursor, today: date
) -> tuple[list[BankLine], Cursor, bool]:
    first, last, more = cursor.window(today)
    fields = {
        "subAccNo": adjustment_no,
        "startDate": wire_day(first),
        "endDate": wire_day(last),
        "tranType": "",
        "minAmt": "",
        "maxAmt": "",
        "controlFlag": "1",
    }
    answer = await session.read("DLSUBDTL", fields)
    try:
        read = [adjustment_account_line(row) for row in answer.rows if _of(row.get("subAccNo", ""), adjustment_no)]
    except BadValue as wrong:
        raise session.malformed("DLSUBDTL", wrong) from wrong
    fresh = {line.bank_key: line for line in read if digest(line.bank_key) not in cursor.told}
    seen = [(line.booked_on, line.bank_key) for line in read]
    return list(fresh.values()), cursor.moved(last, seen), more


def _of(told: str, asked: str) -> bool:
    if told != asked:
        raise BadValue("a row of another account")
    return True


def _below(told: str, adjustment_no: str | None) -> None:
    # All sub-accounts of a main account, the public adjustment account among them, begin with the same twelve digits.
    if adjustment_no and told[:HOST_DIGITS] != adjustment_no[:HOST_DIGITS]:
        raise BadValue("a row below another main account")
