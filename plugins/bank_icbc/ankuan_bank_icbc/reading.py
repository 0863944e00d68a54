"""Lines of a fund account: the days before, then today, each booking once, with its card and its return."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from ankuan.plugin_api.bank import BankLine, LinePage
from ankuan.plugin_api.errors import PluginError
from ankuan_bank_icbc.cards import on_cards
from ankuan_bank_icbc.cursor import FIRST_READ, SPAN, BadCursor, Cursor, decode
from ankuan_bank_icbc.lines import account_line, as_returned, may_be_returned
from ankuan_bank_icbc.messages import Request
from ankuan_bank_icbc.session import Session
from ankuan_bank_icbc.statements import (
    MOST_PAGES,
    ONE_DAY,
    Between,
    Statement,
    ask_page,
    card_entries,
    mapped,
    payments,
    within,
)

RETURNED_AFTER: Final = timedelta(days=30)
"""How long after a payment it can come back and still be recognised."""
_ANY: Final = Between()


async def read_page(session: Session, statement: Statement, text: str | None) -> LinePage:
    """Lines after the cursor. Raises the read errors of the contract; the cursor then simply stays where it was."""
    try:
        cursor = decode(text, first_day=session.desk.config.statement_from or statement.today - FIRST_READ)
    except BadCursor as broken:
        raise PluginError(f"明细游标不可用：{broken}") from broken
    cursor = cursor.awake(statement.today)
    lines: list[BankLine] = []
    more, yesterday = False, statement.today - ONE_DAY
    if not cursor.at_today and cursor.since <= yesterday:
        whole = cursor.since + SPAN
        until = cursor.until or (whole if whole < statement.earliest else yesterday)
        fresh, cursor, more = await _read(session, statement, replace(cursor, until=until))
        lines += fresh
        if not more and until < statement.earliest:
            cursor, more = cursor.finished(until), True
    if not more:
        fresh, cursor, more = await _read(session, statement, cursor if cursor.at_today else cursor.turned_to_today())
        lines += fresh
        cursor = cursor if more else cursor.finished(statement.earliest)
    return LinePage(tuple(lines), cursor.encode(), more, session.kept)


async def _read(session: Session, statement: Statement, cursor: Cursor) -> tuple[list[BankLine], Cursor, bool]:
    """One page of the listing that the cursor stands in; whether more of it follow."""
    request, first, last = _request(session, statement, cursor)
    page = await ask_page(session, request, statement.account_no)
    if page.following and cursor.pages >= MOST_PAGES:
        raise session.malformed(request.trans_code, "the bank goes on for ever")
    told = within(
        mapped(session, request.trans_code, page.rows, account_line), session, request.trans_code, first, last
    )
    fresh = sorted((line for line in told if not cursor.knows(line.bank_key)), key=lambda line: line.booked_on)
    known = await _understood(session, statement, fresh)
    cursor = cursor.telling((line.booked_on, line.bank_key) for line in known)
    return known, cursor.on_page(page.following, statement.today), bool(page.following)


def _request(session: Session, statement: Statement, cursor: Cursor) -> tuple[Request, date, date]:
    if cursor.at_today or cursor.until is None:
        fields = statement.of_today(_ANY, cursor.tag)
        return session.question("QPD", fields), statement.earliest, statement.today + ONE_DAY
    fields = statement.of_before(cursor.since, cursor.until, _ANY, cursor.tag)
    return session.question("QHISD", fields), cursor.since, cursor.until


async def _understood(session: Session, statement: Statement, lines: Sequence[BankLine]) -> list[BankLine]:
    """New lines with what only other questions tell: the card they belong to, the payment that came back."""
    found = list(lines)
    if found and session.desk.config.cards:
        days = [line.booked_on for line in found]
        found = on_cards(found, await card_entries(session, statement, min(days), max(days)))
    return [await _returned(session, statement, line) if may_be_returned(line) else line for line in found]


async def _returned(session: Session, statement: Statement, line: BankLine) -> BankLine:
    first = line.booked_on - RETURNED_AFTER
    before = await payments(session, statement, Between(least=line.amount), first, line.booked_on)
    return as_returned(line, before)
