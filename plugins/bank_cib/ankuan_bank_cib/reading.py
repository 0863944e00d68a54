"""Rows of the statement. What a page says is believed when its balances bear it out, or when two readings agree."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ankuan.plugin_api.bank import BankLine, FundAccountRef, LinePage
from ankuan.plugin_api.day_window import BadCursor
from ankuan.plugin_api.errors import BankRefused, PluginError
from ankuan_bank_cib.compose import statement
from ankuan_bank_cib.cursor import FIRST_READ, decode, span
from ankuan_bank_cib.lines import Entry, entry_of
from ankuan_bank_cib.messages import Malformed, Node
from ankuan_bank_cib.numbers import Numbers
from ankuan_bank_cib.session import Session

OPERATION: Final = "BALNTRADEINQUIRYTRN"
BOTH: Final = "2"
DEBITS: Final = "0"
MOST_PAGES: Final = 200
_MORE: Final = {"Y": True, "N": False}


@dataclass(frozen=True, slots=True)
class Book:
    """Whose statement is read, and up to when."""

    account: FundAccountRef
    numbers: Numbers
    today: date
    statement_from: date | None
    is_late: bool = False
    """Late in the evening, when the bank may book on the next day already."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of which days is asked for. ``kind``: TRNTYPE, BOTH or DEBITS."""

    first: date
    last: date
    number: int
    kind: str = BOTH


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, each booking once, and whether another page follows."""

    entries: tuple[Entry, ...]
    more: bool


async def read_page(session: Session, book: Book, text: str | None) -> LinePage:
    """Lines after the cursor. Raises the read errors of the contract; the cursor then simply stays where it was."""
    try:
        cursor = decode(text, first_day=book.statement_from or book.today - FIRST_READ)
    except BadCursor as broken:
        raise PluginError(f"明细游标不可用：{broken}") from broken
    first, last = cursor.part(book.today)
    place = Place(first, last, cursor.window.page)
    page = await ask_page(session, book, place)
    fresh = cursor.window.fresh([entry.line for entry in page.entries])
    if not _borne_out(page.entries, {line.bank_key for line in fresh}):
        again = await ask_page(session, book, place)
        _agree(session, page, again)
    if page.more and not page.entries:
        raise session.malformed(OPERATION, Malformed("an empty page that is not the last"))
    lines = [entry.line for entry in page.entries]
    moved, more = cursor.after(lines, book.today, is_last_page=not page.more)
    return LinePage(tuple(sorted(fresh, key=_day)), moved.encode(), more, session.kept)


async def read_debits(session: Session, book: Book, since: date) -> list[BankLine]:
    """All debits since a day. Raises the read errors."""
    found: dict[str, BankLine] = {}
    spans = [
        span(since, book.today, in_today=in_today) for in_today in ([True] if since >= book.today else [False, True])
    ]
    for first, last in spans:
        await _collect(session, book, (first, last), found)
    if book.is_late:
        tomorrow = book.today + timedelta(days=1)
        # A bank that takes no question about tomorrow has booked nothing there.
        with contextlib.suppress(BankRefused):
            await _collect(session, book, (tomorrow, tomorrow), found)
    return list(found.values())


async def _collect(session: Session, book: Book, days: tuple[date, date], found: dict[str, BankLine]) -> None:
    for number in range(1, MOST_PAGES + 1):
        page = await ask_page(session, book, Place(*days, number, DEBITS))
        found.update((entry.line.bank_key, entry.line) for entry in page.entries)
        if not page.more or not page.entries:
            return
    raise session.malformed(OPERATION, Malformed("the bank goes on for ever"))


async def ask_page(session: Session, book: Book, place: Place) -> Page:
    """One page. Raises the read errors."""
    asked = (book.account.account_no, place.first, place.last)
    body = await session.read(statement(*asked, page=place.number, kind=place.kind))
    try:
        inside = body.part("RSBODY")
        check_account(inside, book.account.account_no)
        rows = inside.all("CONTENT")
        entries = _once([entry_of(row, book.numbers, place.first, place.last) for row in rows])
        return Page(entries, _more(inside, rows))
    except Malformed as wrong:
        raise session.malformed(OPERATION, wrong) from wrong


def check_account(inside: Node, account_no: str) -> None:
    """Raises Malformed for what is told of another account."""
    if inside.part("ACCTFROM").needed("ACCTID") != account_no:
        raise Malformed("the statement of another account")


def _more(inside: Node, rows: Sequence[Node]) -> bool:
    """MORE is an attribute of the body in one source, of CONTENT in the other. Without it nobody knows: Malformed."""
    told = inside.attributes.get("MORE") or next(
        (row.attributes["MORE"] for row in rows if "MORE" in row.attributes), ""
    )
    if told not in _MORE:
        raise Malformed(f"MORE {told[:5]!r}")
    return _MORE[told]


def _once(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """A row told twice in one answer is one booking; two rows of one number that differ are no statement."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if found.setdefault(entry.line.bank_key, entry) != entry:
            raise Malformed("two bookings of one ATTACHINFO")
    return tuple(found.values())


def _borne_out(entries: Sequence[Entry], fresh: set[str]) -> bool:
    """Whether each new row's amount is the step between the balances before and after it."""
    before = None
    for entry in entries:
        steps = before is not None and entry.balance is not None and before + entry.adds == entry.balance
        if entry.line.bank_key in fresh and not steps:
            return False
        before = entry.balance
    return True


def _agree(session: Session, page: Page, again: Page) -> None:
    """The first row of a history, and rows out of order, have no balance before them: they are read a second time.

    New rows may have come in between; none may be gone, and none may say something else.
    """
    second = {entry.line.bank_key: entry for entry in again.entries}
    for entry in page.entries:
        other = second.get(entry.line.bank_key)
        # The rows of a page shift when a back-dated one comes in before them.
        if other is not None and other.line != entry.line:
            raise session.malformed(OPERATION, Malformed("two readings tell one booking differently"))
        if other is None and not again.more:
            raise session.malformed(OPERATION, Malformed("a booking is gone at the second reading"))
    if not second and page.entries:
        raise session.malformed(OPERATION, Malformed("two readings have nothing in common"))


def _day(line: BankLine) -> date:
    return line.booked_on
