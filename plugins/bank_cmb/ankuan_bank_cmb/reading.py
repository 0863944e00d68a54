"""Lines of a fund account: the account's statement, then the moves between its units."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

from ankuan.plugin_api.bank import BankLine, FundAccountRef, LineDirection, LineKind, LinePage
from ankuan.plugin_api.errors import PluginError
from ankuan_bank_cmb.compose import returned_query, statement_query, unit_history, unit_today
from ankuan_bank_cmb.cursor import SPAN, STAGES, BadCursor, Cursor, Mark, decode
from ankuan_bank_cmb.lines import Returned, account_line, returned_payment, unit_line, with_returns
from ankuan_bank_cmb.messages import Answer, Malformed, Request, Row
from ankuan_bank_cmb.session import Session
from ankuan_bank_cmb.units import Units
from ankuan_bank_cmb.values import BadValue

MOST_PAGES: Final = 2000
"""A bank that goes on for ever must not keep the reader in a loop."""
_RETURN_PAGES: Final = 50
_RETURN_DAYS: Final = timedelta(days=7)
"""How many days before its credit a return may be listed."""
_TABLES: Final = {
    "trsQryByBreakPoint": ("TRANSQUERYBYBREAKPOINT_Z2", "TRANSQUERYBYBREAKPOINT_Y1"),
    "NTDMTHLS": ("ntdmthlsz", "ntdmthlsy"),
    "NTDMTLST": ("ntdmtlstz", "ntdmtlsty"),
    "BB1PAYQB": ("bb1payqbz1", "bb1payqby1"),
    "BB1QRYBD": ("bb1qrybdz1", "bb1qrybdy1"),
}
"""Function -> the table of its rows, and the table that says where to go on."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and where the bank goes on after them (``None``: nowhere)."""

    rows: tuple[Row, ...]
    following: Mark | None


@dataclass(frozen=True, slots=True)
class Book:
    """Whose lines are read, and up to when."""

    account: FundAccountRef
    units: Units
    today: date
    statement_from: date | None


async def read_page(session: Session, book: Book, text: str | None) -> LinePage:
    """Lines after the cursor. Raises the read errors of the contract; the cursor then simply stays where it was."""
    try:
        cursor = decode(text, first_day=book.statement_from or book.today - SPAN)
    except BadCursor as broken:
        raise PluginError(f"明细游标不可用：{broken}") from broken
    first, last = cursor.window(book.today)
    lines: list[BankLine] = []
    stage: Cursor | None = cursor
    following: Mark | None = None
    while stage is not None and following is None:
        cursor = stage
        page = await ask_page(session, _request(book, cursor, first, last), cursor.mark)
        fresh = await _fresh(session, book, cursor, page)
        lines += fresh
        cursor = cursor.telling((line.booked_on, line.bank_key) for line in fresh)
        stage, following = cursor.next_stage(last), page.following
    if following is None:
        cursor, more = cursor.finished(last), last < book.today
    elif cursor.pages < MOST_PAGES:
        cursor, more = cursor.at(following, last), True
    else:
        raise session.malformed(STAGES[cursor.stage], BadValue("the bank goes on for ever"))
    lines.sort(key=lambda line: line.booked_on)
    return LinePage(tuple(lines), cursor.encode(), more, session.kept)


async def ask_page(session: Session, request: Request, mark: Mark) -> Page:
    """One page of any function that has pages. Raises the read errors, also for a break-point that does not move."""
    answer = await session.read(request)
    rows_name, after_name = _TABLES[request.function]
    try:
        rows = answer.rows(rows_name)
        following = _following(answer, after_name)
    except Malformed as wrong:
        raise session.malformed(request.function, wrong) from wrong
    if following is not None and following == mark:
        raise session.malformed(request.function, BadValue("the break-point does not move"))
    return Page(rows, following)


def _following(answer: Answer, name: str) -> Mark | None:
    after = answer.rows(name)
    if answer.function != "trsQryByBreakPoint":
        # A continuation with nothing in it is none.
        return Mark(after=after) if any(any(row.values()) for row in after) else None
    state = answer.rows("TRANSQUERYBYBREAKPOINT_Z1")
    flag = state[0].get("ctnFlag", "") if len(state) == 1 else "?"
    if flag == "N":
        return None
    mark = Mark(state[0].get("queryAcctNbr", ""), after) if flag == "Y" else Mark()
    if mark.is_start:
        # Without a place to go on from, the rest of the statement would be lost in silence.
        raise Malformed("ctnFlag and break-point do not fit")
    return mark


def _request(book: Book, cursor: Cursor, first: date, last: date) -> Request:
    mark = cursor.mark
    if STAGES[cursor.stage] == "account":
        return statement_query(book.account.account_no, first, last, resume=mark.resume, after=mark.after)
    if STAGES[cursor.stage] == "history":
        return unit_history(book.account, "", first, last, mark.after)
    return unit_today(book.account, "", mark.after)


async def _fresh(session: Session, book: Book, cursor: Cursor, page: Page) -> list[BankLine]:
    """The lines of a page that were not told before, each once."""
    found: dict[str, tuple[BankLine, Row]] = {}
    for row, line in mapped(session, STAGES[cursor.stage], page.rows, lambda row: _line(book, cursor, row)):
        if line is not None:
            found.setdefault(line.bank_key, (line, row))
    told = list(found.values())
    arrived = [line.booked_on for line, _ in told if _may_be_a_return(line) and not cursor.knows(line.bank_key)]
    returned = await _returned(session, min(arrived) - _RETURN_DAYS, max(arrived)) if arrived else []
    # Those told before are among them, so that a return that one of them was is not taken for another credit's.
    return [line for line in with_returns(told, returned) if not cursor.knows(line.bank_key)]


def _may_be_a_return(line: BankLine) -> bool:
    return line.kind is LineKind.EXTERNAL and line.direction is LineDirection.CREDIT


def _line(book: Book, cursor: Cursor, row: Row) -> BankLine | None:
    if STAGES[cursor.stage] != "account":
        if row.get("accnbr", "") != book.account.account_no:
            raise BadValue("a row of another account")
        return unit_line(row, book.units)
    return account_line(row, book.units)


async def _returned(session: Session, first: date, last: date) -> list[Returned]:
    rows = await all_rows(session, lambda mark: returned_query(first, last, mark.after), _RETURN_PAGES)
    return [back for _, back in mapped(session, "BB1PAYQB", rows, returned_payment)]


async def all_rows(session: Session, request: Callable[[Mark], Request], most_pages: int) -> list[Row]:
    """All pages at once. Raises the read errors, also when there are more than ``most_pages``."""
    rows: list[Row] = []
    mark = Mark()
    for _ in range(most_pages):
        page = await ask_page(session, request(mark), mark)
        rows += page.rows
        if page.following is None:
            return rows
        mark = page.following
    raise session.malformed(request(mark).function, BadValue("too many pages"))


def mapped(session: Session, function: str, rows: Sequence[Row], read: Callable[[Row], T]) -> Iterable[tuple[Row, T]]:
    """Each row with what it says. Raises MalformedAnswer when one of them says nothing that can be understood."""
    try:
        return [(row, read(row)) for row in rows]
    except BadValue as wrong:
        raise session.malformed(function, wrong) from wrong
