"""Lines of a fund account: the bookings after a place, and the statements of days that are over."""

from datetime import date
from typing import Final

from ankuan.kernel.clock import business_date
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LinePage
from ankuan.plugin_api.errors import BankRefused, PluginError
from ankuan_bank_platform.client import Reply
from ankuan_bank_platform.cursor import BadCursor, Cursor, decode
from ankuan_bank_platform.documents import Malformed
from ankuan_bank_platform.lines import line
from ankuan_bank_platform.report import INTRADAY, STATEMENT, Account, Entry, balance, prove, read_account
from ankuan_bank_platform.session import NOT_FOUND, NOT_READY, Session

PAGE_ROWS: Final = 200


async def read_page(session: Session, main: str, text: str | None, statement_from: date | None) -> LinePage:
    """Lines after the cursor. Raises the read errors of the contract; the cursor then simply stays where it was.

    A statement is asked for only when nothing new was booked, so that a broken one never holds up new money.
    """
    try:
        cursor = decode(text)
    except BadCursor as broken:
        raise PluginError(f"明细游标不可用：{broken}") from broken
    entries, moved, today, more = await _bookings(session, main, cursor, statement_from)
    if entries or more:
        return LinePage(_lines(entries, main), moved.encode(), more or _is_over(moved, today), session.kept)
    if not _is_over(moved, today):
        return LinePage((), moved.encode(), more=False, exchanges=session.kept)
    entries, moved, ready = await _statement(session, main, moved)
    return LinePage(_lines(entries, main), moved.encode(), ready and _is_over(moved, today), session.kept)


async def _bookings(
    session: Session, main: str, cursor: Cursor, statement_from: date | None
) -> tuple[tuple[Entry, ...], Cursor, date, bool]:
    query = {"acct": main, "limit": str(PAGE_ROWS)}
    if cursor.after is not None:
        query["cursor"] = str(cursor.after)
    elif statement_from is not None:
        query["from"] = statement_from.isoformat()
    reply = await session.get("camt.052", "/v1/camt.052", **query)
    return session.read("camt.052", reply, lambda raw: _read_on(raw, main, cursor, question(reply)))


def _read_on(raw: bytes, main: str, cursor: Cursor, asked: str) -> tuple[tuple[Entry, ...], Cursor, date, bool]:
    report = read_account(raw, INTRADAY, account=main, question=asked)
    opening, closing = balance(report, "OPBD"), balance(report, "ITBD")
    prove(opening, report.entries, closing)
    known = [entry for entry in report.entries if cursor.after is not None and entry.number <= cursor.after]
    if cursor.balance is not None and opening + Money.total(each.signed for each in known) != cursor.balance:
        raise Malformed("the page does not begin where the one before ended")
    fresh = report.entries[len(known) :]
    last = fresh[-1].number if fresh else cursor.after or 0
    if report.last is None or report.last < last or (fresh and report.last != last):
        raise Malformed("ElctrncSeqNb is not the number of the last booking")
    if not fresh and not report.last_page:
        raise Malformed("an empty page that is not the last")
    today = business_date(report.made_at)
    moved = cursor.read_on(max(report.last, last), closing, today, fresh)
    return fresh, moved, today, not report.last_page


async def _statement(session: Session, main: str, cursor: Cursor) -> tuple[tuple[Entry, ...], Cursor, bool]:
    """The next statement: its entries if they are not those that were told, and whether there was one."""
    day = cursor.day
    if day is None:
        return (), cursor, False
    reply = await session.get("camt.053", "/v1/camt.053", acct=main, date=day.isoformat())
    try:
        entries = session.read("camt.053", reply, lambda raw: _whole_day(raw, main, day, question(reply)))
    except BankRefused as refused:
        if refused.code == NOT_READY:
            return (), cursor, False
        if refused.code == NOT_FOUND and cursor.agrees(()):
            # No statement of a day without bookings.
            return (), cursor.next_day(), True
        raise
    return (() if cursor.agrees(entries) else entries), cursor.next_day(), True


def _whole_day(raw: bytes, main: str, day: date, asked: str) -> tuple[Entry, ...]:
    report: Account = read_account(raw, STATEMENT, account=main, question=asked)
    if any(entry.booked_on != day for entry in report.entries):
        raise Malformed("a booking of another day")
    if not report.last_page:
        raise Malformed("a statement in several parts")
    prove(balance(report, "OPBD"), report.entries, balance(report, "CLBD"))
    return report.entries


def question(reply: Reply) -> str:
    """The query that was sent: reports repeat it, so that an answer to another one is told apart."""
    first = reply.exchange.request.split(b"\r\n", 1)[0].decode("ascii", errors="replace")
    return first.split(" ")[1].partition("?")[2] if first.count(" ") == 2 else ""


def _lines(entries: tuple[Entry, ...], main: str) -> tuple[BankLine, ...]:
    return tuple(line(entry, main) for entry in entries)


def _is_over(cursor: Cursor, today: date) -> bool:
    return cursor.day is not None and cursor.day < today
