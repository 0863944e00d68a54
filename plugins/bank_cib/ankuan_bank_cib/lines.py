"""PURE. Rows of the statement as bank lines. Malformed when a row is not what the document says: none is guessed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.evidence import Booking
from ankuan.plugin_api.texts import reference_in
from ankuan_bank_cib.messages import Malformed, Node
from ankuan_bank_cib.numbers import Numbers
from ankuan_bank_cib.values import day_and_moment, money

_DIRECTIONS: Final = {"DEBIT": LineDirection.DEBIT, "CREDIT": LineDirection.CREDIT}
_OTHER_WAY: Final = {LineDirection.DEBIT: LineDirection.CREDIT, LineDirection.CREDIT: LineDirection.DEBIT}
_RETURN_WORDS: Final = ("退汇", "退票")
_INTEREST_WORDS: Final = ("结息", "利息")
_FEE_WORDS: Final = ("手续费", "工本费", "管理费", "服务费")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line with what only the whole page can prove: ``balance`` of the main account after it, and what it adds."""

    line: BankLine
    balance: Money | None
    adds: Money
    """Zero for a move below the main account."""


def entry_of(row: Node, numbers: Numbers, first: date, last: date) -> Entry:
    """A CONTENT row of BALNTRADEINQUIRYTRN, asked for the days from ``first`` to ``last``."""
    on, moment = day_and_moment(row.needed("DTACCT"))
    if not first <= on <= last:
        raise Malformed(f"a row of {on}, which was not asked for")
    direction, amount, is_reversal = _movement(row)
    counter, remark = row.value("CORRELATE_ACCTID"), row.value("MEMO")
    try:
        sub_account = numbers.told(row.value("SUBACCT"))
    except ValueError as wrong:
        raise Malformed(str(wrong)) from wrong
    summary = " ".join((row.value("SUMMNAME"), row.value("BUSINESSTYPE")))
    purpose = row.value("PURPOSE")
    reference = reference_in(remark) or reference_in(purpose)
    kind = LineKind.REVERSAL if is_reversal else _kind(numbers, direction, counter, f"{summary} {remark}", reference)
    own = kind in {LineKind.ADJUSTMENT, LineKind.RETURNED} or (
        kind is LineKind.EXTERNAL and direction is LineDirection.DEBIT
    )
    waits = direction is LineDirection.CREDIT and kind in {LineKind.EXTERNAL, LineKind.INTEREST} and not sub_account
    key = row.needed("ATTACHINFO")
    line = BankLine(
        bank_key=key,
        direction=direction,
        kind=kind,
        amount=amount,
        booked_on=on,
        booked_at=moment,
        sub_account_no=sub_account,
        counter_name=row.value("CORRELATE_NAME"),
        counter_account=counter,
        counter_bank=row.value("CORRELATE_BANKNAME"),
        remark=remark or purpose or row.value("SUMMNAME"),
        bank_ref=key,
        client_ref=reference if own else None,
        adjustment_ref=f"{key}|{amount.fen}" if waits else None,
    )
    told = row.value("BALAMT")
    signed = amount if direction is LineDirection.CREDIT else -amount
    adds = Money.ZERO if numbers.is_own(counter) else signed
    return Entry(line, money(told) if told else None, adds)


def booking_of(line: BankLine) -> Booking:
    """A line as evidence for an order."""
    return Booking(line.amount, line.counter_account.strip(), line.client_ref, line.booked_on, line.bank_key)


def _movement(row: Node) -> tuple[LineDirection, Money, bool]:
    """Direction, amount above zero, and whether it takes a booking back (TRNAMT below zero)."""
    direction = _DIRECTIONS.get(row.value("TRNTYPE"))
    if direction is None:
        raise Malformed(f"TRNTYPE {row.value('TRNTYPE')[:10]!r}")
    amount = money(row.needed("TRNAMT"))
    if amount == Money.ZERO:
        raise Malformed("TRNAMT is zero")
    if amount < Money.ZERO:
        return _OTHER_WAY[direction], -amount, True
    return direction, amount, False


def _kind(numbers: Numbers, direction: LineDirection, counter: str, text: str, reference: str | None) -> LineKind:
    """A move inside taken for a receipt would be money counted twice, so the account numbers speak first."""
    if numbers.is_own(counter):
        return LineKind.ADJUSTMENT
    if direction is LineDirection.CREDIT:
        # "退回" is what payers write too, so it counts only beside our own reference.
        if any(word in text for word in _RETURN_WORDS) or ("退回" in text and reference is not None):
            return LineKind.RETURNED
        if not counter and any(word in text for word in _INTEREST_WORDS):
            return LineKind.INTEREST
    elif not counter and any(word in text for word in _FEE_WORDS):
        return LineKind.FEE
    return LineKind.EXTERNAL
