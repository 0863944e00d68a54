"""The bank's own books as evidence for an order."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import LineDirection
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.evidence import Booking
from ankuan_bank_citic.cursor import SPAN
from ankuan_bank_citic.lines import main_account_booking, sub_account_booking
from ankuan_bank_citic.mapping import BadValue
from ankuan_bank_citic.messages import Row
from ankuan_bank_citic.reading import MAIN_PAGE_ROWS
from ankuan_bank_citic.session import Session
from ankuan_bank_citic.values import wire_day

BOOKS_BACK: Final = timedelta(days=30)
"""How far back the books are searched for an order's execution, and further when its first try was earlier."""
_BOOK_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Trace:
    """An order as it was sent (``action``), and the booking it leaves behind: on ``book``, with ``counter`` facing it.

    ``is_main``: the book is the main account's. ``since``: the day before the first try, where that is known.
    """

    action: str
    client_ref: str
    amount: Money
    book: str
    is_main: bool
    direction: LineDirection
    counter: str
    submitted_on: date | None

    def first_day(self, today: date) -> date:
        """From which day on the bank is asked about it."""
        tried = (self.submitted_on or today) - timedelta(days=1)
        return max(min(tried, today - BOOKS_BACK), today - SPAN)


async def bookings(session: Session, trace: Trace, today: date) -> list[Booking] | None:
    """The lines that may be the execution, or ``None`` when the books can't be had now."""
    span = {"startDate": wire_day(trace.first_day(today)), "endDate": wire_day(today)}
    try:
        if trace.is_main:
            rows = await _main_rows(session, trace, span)
            found = [main_account_booking(row, trace.direction) for row in rows]
        else:
            fields = {"subAccNo": trace.book, **span, "tranType": "", "minAmt": "", "maxAmt": "", "controlFlag": "1"}
            answer = await session.read("DLSUBDTL", fields)
            found = [sub_account_booking(row, trace.direction) for row in answer.rows]
    except (PluginError, BadValue):
        return None
    return [booking for booking in found if booking is not None]


async def _main_rows(session: Session, trace: Trace, span: Row) -> list[Row]:
    rows: list[Row] = []
    for _ in range(_BOOK_PAGES):
        place = {"pageNumber": str(MAIN_PAGE_ROWS), "startRecord": str(len(rows) + 1)}
        bounds = {"accountNo": trace.book, "lowAmount": trace.amount.yuan, "upAmount": trace.amount.yuan}
        answer = await session.read("DLTRNALL", {**bounds, **span, **place})
        rows += answer.rows
        if len(answer.rows) < MAIN_PAGE_ROWS:
            break
    return rows
