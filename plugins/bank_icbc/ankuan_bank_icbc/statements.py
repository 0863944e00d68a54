"""Statements of the bank, page by page: QPD (today), QHISD (the days before), QRYGJDTL (the cards)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine
from ankuan.plugin_api.evidence import Booking
from ankuan_bank_icbc.cards import CardEntry, card_entry
from ankuan_bank_icbc.compose import CURRENCY
from ankuan_bank_icbc.lines import account_line, booking
from ankuan_bank_icbc.messages import Request
from ankuan_bank_icbc.session import Session
from ankuan_bank_icbc.values import BadValue, Row, wire_day

MOST_PAGES: Final = 2000
"""A bank that goes on for ever must not keep the reader in a loop."""
ONE_DAY: Final = timedelta(days=1)
_TAG_LENGTH: Final = 1000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Between:
    """Amounts to ask for, in fen, both included; ``None``: any."""

    least: Money | None = None
    most: Money | None = None

    @property
    def fields(self) -> Row:
        """MinAmt and MaxAmt."""
        bounds = {"MinAmt": self.least, "MaxAmt": self.most}
        return {name: str(bound.fen) if bound is not None else "" for name, bound in bounds.items()}


@dataclass(frozen=True, slots=True)
class Statement:
    """Whose statement is read. ``today``, as far as we know; ``earliest``: the bank's day is not before this one."""

    account_no: str
    area_code: str
    today: date
    earliest: date

    def of_today(self, between: Between, tag: str) -> Row:
        """QPD."""
        return {
            "AccNo": self.account_no,
            "AreaCode": self.area_code or self.account_no[:4],
            **between.fields,
            "BeginTime": "",
            "EndTime": "",
            "NextTag": tag,
            "ReqReserved1": "",
            "ReqReserved2": "",
            "CurrType": CURRENCY,
            "AcctSeq": "",
        }

    def of_before(self, first: date, last: date, between: Between, tag: str) -> Row:
        """QHISD."""
        return {
            "AccNo": self.account_no,
            "BeginDate": wire_day(first),
            "EndDate": wire_day(last),
            **between.fields,
            "BankType": "102",
            "NextTag": tag,
            "CurrType": CURRENCY,
            "DueBillNo": "",
            "AcctSeq": "",
        }

    def of_cards(self, first: date, last: date, tag: str) -> Row:
        """QRYGJDTL of all cards."""
        return {
            "AcctNo": self.account_no,
            "StartDate": wire_day(first),
            "EndDate": wire_day(last),
            "NextTag": tag,
            "AcctSeq": "",
            "CardNo": "",
            "CurrType": CURRENCY,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the bank's mark to go on from; empty after the last page."""

    rows: tuple[Row, ...]
    following: str


async def ask_page(session: Session, request: Request, account_no: str) -> Page:
    """One page. Raises the read errors, also for a mark that does not move and for another account's page."""
    answer = await session.read(request)
    told = answer.fields.get("AccNo") or answer.fields.get("AcctNo") or account_no
    following = answer.fields.get("NextTag", "")
    if told != account_no:
        raise session.malformed(request.trans_code, "the statement of another account")
    if len(following) > _TAG_LENGTH or (following and following == request.fields["NextTag"]):
        raise session.malformed(request.trans_code, "NextTag does not move")
    return Page(answer.rows, following)


def mapped(session: Session, trans_code: str, rows: tuple[Row, ...], read: Callable[[Row], T]) -> list[T]:
    """Each row, read. Raises MalformedAnswer for a row that can't be."""
    try:
        return [read(row) for row in rows]
    except BadValue as wrong:
        raise session.malformed(trans_code, wrong) from wrong


def within(lines: list[BankLine], session: Session, trans_code: str, first: date, last: date) -> list[BankLine]:
    """Lines of the days asked for, each once. Raises MalformedAnswer for any other.

    A booking told twice is one; but one identity with two contents is none that could be kept apart for ever.
    """
    once: dict[str, BankLine] = {}
    for line in lines:
        if not first <= line.booked_on <= last:
            raise session.malformed(trans_code, f"a row of {line.booked_on}, which was not asked for")
        known = once.setdefault(line.bank_key, line)
        if (known.booked_on, known.counter_account) != (line.booked_on, line.counter_account):
            raise session.malformed(trans_code, "OnlySequence names two bookings")
    return list(once.values())


async def card_entries(session: Session, statement: Statement, first: date, last: date) -> list[CardEntry]:
    """All rows of all cards in these days."""
    rows = await _all_rows(session, "QRYGJDTL", statement, lambda tag: statement.of_cards(first, last, tag))
    return mapped(session, "QRYGJDTL", rows, card_entry)


async def payments(session: Session, statement: Statement, between: Between, first: date, last: date) -> list[Booking]:
    """Payments that left the account from ``first`` to ``last`` and today, by its own books. Raises read errors."""
    found: list[BankLine] = []
    last = min(last, statement.today - ONE_DAY)
    if first <= last:
        rows = await _all_rows(session, "QHISD", statement, lambda tag: statement.of_before(first, last, between, tag))
        found += within(mapped(session, "QHISD", rows, account_line), session, "QHISD", first, last)
    rows = await _all_rows(session, "QPD", statement, lambda tag: statement.of_today(between, tag))
    today = mapped(session, "QPD", rows, account_line)
    found += within(today, session, "QPD", statement.earliest, statement.today + ONE_DAY)
    once = {line.bank_key: line for line in found}
    return [paid for line in once.values() if (paid := booking(line)) is not None]


async def _all_rows(
    session: Session, trans_code: str, statement: Statement, fields: Callable[[str], Row]
) -> tuple[Row, ...]:
    rows: list[Row] = []
    tag = ""
    for _ in range(MOST_PAGES):
        page = await ask_page(session, session.question(trans_code, fields(tag)), statement.account_no)
        rows += page.rows
        tag = page.following
        if not tag:
            return tuple(rows)
    raise session.malformed(trans_code, "the bank goes on for ever")
