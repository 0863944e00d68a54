"""PURE. Rows of statements as bank lines. BadValue when a row is not what the document says: no line is guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.evidence import Booking
from ankuan.plugin_api.texts import reference_in
from ankuan_bank_cmb.messages import Row
from ankuan_bank_cmb.units import Units
from ankuan_bank_cmb.values import BadValue, day, moment, needed, positive_money, signed_money

_DIRECTIONS: Final = {"C": LineDirection.CREDIT, "D": LineDirection.DEBIT}
_REVERSALS: Final = {"": False, "N": False, "X": False, "*": True, "Y": True}
"""reversalFlag. X (补账) is a booking made late, not one taken back."""
_INTEREST_WORDS: Final = ("结息", "利息")
_RETURN_WORDS: Final = ("退汇", "退回", "退票")
_FEE_WORDS: Final = ("手续费", "工本费", "管理费", "服务费")


@dataclass(frozen=True, slots=True)
class Returned:
    """A payment of which the bank says that it came back (BB1PAYQB)."""

    client_ref: str
    request_no: str
    amount: Money
    counter_account: str
    on: date


def account_line(row: Row, units: Units) -> BankLine:
    """A row of trsQryByBreakPoint: what crossed the account's edge, on whichever unit."""
    on, key = day(needed(row, "transDate")), needed(row, "transSequenceIdn")
    direction, amount, reversal = _movement(row)
    counter, remark = row.get("ctpAcctNbr", ""), row.get("remarkTextClt", "")
    sub_account = units.number(row.get("virtualNbr", ""))
    kind = LineKind.REVERSAL if reversal else _kind(units, direction, counter, remark)
    own = direction is LineDirection.DEBIT and kind in {LineKind.EXTERNAL, LineKind.ADJUSTMENT}
    waits = sub_account is None and direction is LineDirection.CREDIT and kind is not LineKind.ADJUSTMENT
    return BankLine(
        bank_key=f"A:{key}",
        direction=direction,
        kind=kind,
        amount=amount,
        booked_on=on,
        booked_at=moment(on, row.get("transTime", "")),
        sub_account_no=sub_account,
        counter_name=row.get("ctpAcctName", ""),
        counter_account=counter,
        counter_bank=row.get("ctpBankName", ""),
        remark=remark,
        bank_ref=key,
        client_ref=(row.get("yurRef") or None) if own else None,
        adjustment_ref=f"{key}|{amount.fen}" if waits else None,
    )


def unit_line(row: Row, units: Units) -> BankLine | None:
    """A row of NTDMTLST or NTDMTHLS, if it is a move between units; others are told by the account's statement."""
    counter = row.get("rpyacc", "")
    if not units.is_own(counter):
        return None
    on, number, unit = day(needed(row, "trxdat")), needed(row, "trxnbr"), needed(row, "dmanbr")
    direction = _direction(row, "trxdir")
    remark = row.get("trxtxt", "")
    return BankLine(
        bank_key=f"U:{row['trxdat']}:{number}:{unit}:{row['trxdir']}",
        direction=direction,
        kind=LineKind.ADJUSTMENT,
        amount=positive_money(needed(row, "trxamt")),
        booked_on=on,
        booked_at=moment(on, row.get("trxtim", "")),
        sub_account_no=units.number(unit),
        counter_name=row.get("rpynam", ""),
        counter_account=counter,
        counter_bank="",
        remark=remark,
        bank_ref=number,
        client_ref=reference_in(remark),
    )


def payment_booking(row: Row) -> tuple[str, Booking] | None:
    """A row of trsQryByBreakPoint as evidence for a payment, with the unit that paid.

    ``None`` for a credit and for what was taken back.
    """
    direction, amount, reversal = _movement(row)
    if direction is not LineDirection.DEBIT or reversal:
        return None
    return row.get("virtualNbr", ""), Booking(
        amount,
        row.get("ctpAcctNbr", ""),
        row.get("yurRef") or None,
        day(needed(row, "transDate")),
        needed(row, "transSequenceIdn"),
    )


def transfer_booking(row: Row, units: Units) -> tuple[str, Booking] | None:
    """A row of NTDMTLST or NTDMTHLS as evidence for a transfer, with the unit that received.

    ``None`` for its debit side and for other entries.
    """
    counter = row.get("rpyacc", "")
    if not units.is_own(counter) or _direction(row, "trxdir") is not LineDirection.CREDIT:
        return None
    return needed(row, "dmanbr"), Booking(
        positive_money(needed(row, "trxamt")),
        counter,
        reference_in(row.get("trxtxt", "")),
        day(needed(row, "trxdat")),
        needed(row, "trxnbr"),
    )


def returned_payment(row: Row) -> Returned:
    """A row of BB1PAYQB."""
    return Returned(
        needed(row, "yurRef"),
        row.get("reqNbr", ""),
        positive_money(needed(row, "trsAmt")),
        needed(row, "crtAcc"),
        day(needed(row, "rtnDat")),
    )


def with_returns(told: Sequence[tuple[BankLine, Row]], returned: Sequence[Returned]) -> list[BankLine]:
    """The same lines; those that are payments which came back, known as such.

    By the bank's request number or our reference where the row carries one; else by amount, account and a day not
    after the line's. A return is one credit: of credits alike, the one that speaks of a return is taken, or else the
    first. When several payments fit, it came back, but nobody can say which one.
    """
    lines = [line for line, _ in told]
    waiting = list(returned)
    for at in sorted(
        range(len(lines)), key=lambda at: (not any(word in lines[at].remark for word in _RETURN_WORDS), at)
    ):
        line, row = told[at]
        fitting = _fitting(line, row, waiting)
        if fitting:
            waiting.remove(fitting[0])
            named = {each.client_ref for each in _fitting(line, row, returned)}
            reference = named.pop() if len(named) == 1 else None
            lines[at] = replace(line, kind=LineKind.RETURNED, client_ref=reference, adjustment_ref=None)
    return lines


def _fitting(line: BankLine, row: Row, returned: Sequence[Returned]) -> list[Returned]:
    if line.kind is not LineKind.EXTERNAL or line.direction is not LineDirection.CREDIT:
        return []
    request_no, reference = row.get("requestNbr", ""), row.get("yurRef", "")
    named = [r for r in returned if (request_no and r.request_no == request_no) or r.client_ref == reference]
    return named or [
        r
        for r in returned
        if (r.amount, r.counter_account) == (line.amount, line.counter_account) and r.on <= line.booked_on
    ]


def _movement(row: Row) -> tuple[LineDirection, Money, bool]:
    """Direction, amount above zero, and whether it takes a booking back: those may be told in red (below zero)."""
    flag = row.get("reversalFlag", "")
    if flag not in _REVERSALS:
        raise BadValue(f"reversalFlag {flag[:5]!r}")
    direction, amount = _direction(row, "loanCode"), signed_money(needed(row, "transAmount"))
    if _REVERSALS[flag] and amount < Money.ZERO:
        direction = LineDirection.DEBIT if direction is LineDirection.CREDIT else LineDirection.CREDIT
        amount = -amount
    if amount <= Money.ZERO:
        raise BadValue("transAmount is not above zero")
    return direction, amount, _REVERSALS[flag]


def _kind(units: Units, direction: LineDirection, counter: str, remark: str) -> LineKind:
    """An adjustment taken for a receipt would be money counted twice, so the account numbers speak first."""
    if units.is_own(counter):
        return LineKind.ADJUSTMENT
    if not counter and direction is LineDirection.CREDIT and any(word in remark for word in _INTEREST_WORDS):
        return LineKind.INTEREST
    if not counter and direction is LineDirection.DEBIT and any(word in remark for word in _FEE_WORDS):
        return LineKind.FEE
    return LineKind.EXTERNAL


def _direction(row: Row, name: str) -> LineDirection:
    found = _DIRECTIONS.get(row.get(name, ""))
    if found is None:
        raise BadValue(f"{name} {row.get(name, '')[:5]!r}")
    return found
