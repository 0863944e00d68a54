"""What became of an order: the bank's answers, held against its books."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    AnswerState,
    FundAccountRef,
    PaymentOrder,
    TransferOrder,
)
from ankuan.plugin_api.errors import CannotExpress, MalformedAnswer, PluginError
from ankuan.plugin_api.evidence import Booking, Expected, Verdict, weigh
from ankuan_bank_cmb.compose import batch_query, payment_query, statement_query, unit_history, unit_today
from ankuan_bank_cmb.cursor import Mark
from ankuan_bank_cmb.lines import payment_booking, transfer_booking
from ankuan_bank_cmb.mapping import query_verdict, submit_verdict
from ankuan_bank_cmb.messages import DONE, Answer, Malformed, Request, Row
from ankuan_bank_cmb.reading import all_rows, mapped
from ankuan_bank_cmb.session import Broken, Heard, Session, Unheard
from ankuan_bank_cmb.units import Units

Found = list[tuple[str, Booking]]
"""Unit and booking."""
BOOK_PAGES: Final = 100
BATCH_PAGES: Final = 20
_RENAMED: Final = {name.lower(): name for name in ("yurRef", "reqNbr", "reqSts", "rtnFlg", "errCod", "errTxt")}


@dataclass(frozen=True, slots=True)
class Case:
    """A question about one order: whose, and the days in which it may have been booked."""

    session: Session
    account: FundAccountRef
    units: Units
    first: date
    last: date


def submitted(heard: Heard, table: str, client_ref: str) -> Verdict:
    """What the answer to a single order proves: its one row may go without our reference."""
    rows, verdict = _rows(heard, table)
    return verdict or submit_verdict(_answered(heard), rows, client_ref)


def submitted_row(heard: Heard, table: str, client_ref: str) -> Verdict:
    """What the answer to a batch proves of one row: a row that does not name it says nothing."""
    rows, verdict = _rows(heard, table)
    ours = [row for row in rows if row.get("yurRef") == client_ref]
    return verdict or submit_verdict(_answered(heard), ours, client_ref)


def moved(heard: Heard, client_ref: str) -> Verdict:
    """What the answer to NTDMITRX proves: the same states, under names in lower case."""
    rows, verdict = _rows(heard, "ntdmitrxz1")
    renamed = [{_RENAMED.get(name, name): value for name, value in row.items()} for row in rows]
    return verdict or submit_verdict(_answered(heard), renamed, client_ref)


def held_by(adjustment_ref: str) -> int:
    """Fen of the waiting line, as ``lines.account_line`` has noted them. Raises CannotExpress."""
    key, _, fen = adjustment_ref.rpartition("|")
    if not key or not (fen.isascii() and fen.isdigit()) or len(fen) > 17:
        raise CannotExpress("调账标识有误")
    return int(fen)


async def payment(case: Case, order: PaymentOrder) -> Verdict:
    """A final word of the bank is believed only with its books behind it, and the right unit behind those."""
    expected = Expected(order.client_ref, order.amount, order.payee_account.strip())
    verdict = await _asked(case, order, expected)
    if verdict.state not in {AnswerState.SETTLED, AnswerState.REFUSED}:
        return verdict
    debits = await _debits(case)
    paying = case.units.unit_or_default(order.pay_from_sub_account)
    for unit, booking in debits or ():
        if booking.client_ref == expected.client_ref and (unit or case.units.default) != paying:
            return replace(verdict, state=AnswerState.UNKNOWN, alarm="银行从另一子单元付款")
    # Our reference is a field of the statement: a debit without one is none of ours, however much it resembles.
    ours = None if debits is None else [booking for _, booking in debits if booking.client_ref is not None]
    return weigh(verdict, expected, ours)


async def transfer(case: Case, order: AdjustmentOrder | TransferOrder, request: Request) -> Verdict:
    """The bank has no question for a move between units: their entries are the answer.

    What is not in them may still come, so that its absence is ``not_found`` and nothing more.
    """
    row, number = request.body["ntdmatrxx1"][0], case.account.account_no
    source = number + row["dmadbt"]
    try:
        entries = await _entries(case, row["dmacrt"])
    except MalformedAnswer as broken:
        return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}")
    except PluginError as failure:
        return Verdict(AnswerState.UNKNOWN, message=str(failure))
    named = [entry for unit, entry in entries if entry.client_ref == order.client_ref and unit == row["dmacrt"]]
    if not named:
        return Verdict(AnswerState.NOT_FOUND)
    if row["dmadbt"] == case.units.default:
        # The other side may be told as the account itself.
        named = [replace(each, counter_account=source) if each.counter_account == number else each for each in named]
    return weigh(Verdict(AnswerState.SETTLED, DONE), Expected(order.client_ref, order.amount, source), named)


async def _asked(case: Case, order: PaymentOrder, expected: Expected) -> Verdict:
    """A row of a batch is looked for in its batch, then by itself; it is not found when neither knows it."""
    if order.batch_ref is not None:
        verdict = await _in_batch(case.session, order.batch_ref, expected)
        if verdict.state is not AnswerState.NOT_FOUND:
            return verdict
    heard = await case.session.ask(payment_query(order.client_ref))
    rows, broken = _rows(heard, "bb1payqrz1")
    if broken is not None:
        return broken
    answer = _answered(heard)
    if answer.code != DONE:
        return Verdict(AnswerState.UNKNOWN, answer.code, answer.text)
    return query_verdict(rows, expected)


async def _in_batch(session: Session, batch_ref: str, expected: Expected) -> Verdict:
    try:
        rows = await all_rows(session, lambda mark: batch_query(batch_ref, mark.after), BATCH_PAGES)
    except MalformedAnswer as broken:
        return Verdict(AnswerState.UNKNOWN, message=str(broken), alarm=f"银行应答无法识别：{broken}")
    except PluginError as failure:
        return Verdict(AnswerState.UNKNOWN, message=str(failure))
    ours = [row for row in rows if row.get("yurRef") == expected.client_ref]
    return query_verdict(ours, expected)


async def _debits(case: Case) -> Found | None:
    """Debits of the account, or ``None`` when its books can't be had now."""

    def page(mark: Mark) -> Request:
        asked = (case.account.account_no, case.first, case.last)
        return statement_query(*asked, resume=mark.resume, after=mark.after, only="D")

    try:
        return await _bookings(case, page, payment_booking)
    except PluginError:
        return None


async def _entries(case: Case, unit: str) -> Found:
    """Credits of a unit by moves between units. Raises read errors."""

    def of_before(mark: Mark) -> Request:
        return unit_history(case.account, unit, case.first, case.last, mark.after)

    def of_today(mark: Mark) -> Request:
        return unit_today(case.account, unit, mark.after)

    def read(row: Row) -> tuple[str, Booking] | None:
        return transfer_booking(row, case.units)

    # Today's first: an entry that becomes history at midnight is then seen twice, not never.
    today = await _bookings(case, of_today, read)
    return _distinct([*today, *await _bookings(case, of_before, read)])


async def _bookings(
    case: Case, page: Callable[[Mark], Request], read: Callable[[Row], tuple[str, Booking] | None]
) -> Found:
    rows = await all_rows(case.session, page, BOOK_PAGES)
    return _distinct([found for _, found in mapped(case.session, "books", rows, read) if found is not None])


def _distinct(found: Found) -> Found:
    """A row told twice is one booking."""
    return list({(unit, each.bank_ref): (unit, each) for unit, each in found}.values())


def _rows(heard: Heard, table: str) -> tuple[Sequence[Row], Verdict | None]:
    """Rows of what was heard, or what it amounts to when nothing that can be used was."""
    if isinstance(heard, Unheard):
        return (), Verdict(AnswerState.UNKNOWN, message=heard.note, alarm=heard.note if heard.alarm else None)
    if isinstance(heard, Broken):
        return (), Verdict(AnswerState.UNKNOWN, message=heard.reason, alarm=f"银行应答无法识别：{heard.reason}")
    try:
        return heard.rows(table), None
    except Malformed as broken:
        return (), Verdict(AnswerState.UNKNOWN, heard.code, str(broken), alarm=f"银行应答无法识别：{broken}")


def _answered(heard: Heard) -> Answer:
    """What ``_rows`` has let pass."""
    if not isinstance(heard, Answer):
        raise TypeError("no answer was heard")
    return heard
