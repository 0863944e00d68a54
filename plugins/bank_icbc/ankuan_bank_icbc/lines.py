"""PURE. Rows of QPD and QHISD as bank lines. BadValue when a row is not what it has to be: no line is guessed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.evidence import Booking
from ankuan.plugin_api.texts import reference_in
from ankuan_bank_icbc.values import BadValue, Row, above_zero, day, fen, moment, needed, wire_day

_DIRECTIONS: Final = {"1": LineDirection.DEBIT, "2": LineDirection.CREDIT}
_AMOUNTS: Final = {LineDirection.DEBIT: "DebitAmount", LineDirection.CREDIT: "CreditAmount"}
_TEXTS: Final = ("PostScript", "UseCN", "Summary", "AddInfo")
RETURN_WORDS: Final = ("退汇", "退回", "退票")
REVERSAL_WORD: Final = "冲正"
_FEE_WORDS: Final = ("手续费", "管理费", "工本费", "汇划费", "邮电费")
_INTEREST_WORDS: Final = ("结息", "利息")


def account_line(row: Row) -> BankLine:
    """A booking of the main account. Who owns it below the account, and whether it came back, is seen elsewhere.

    QPD tells ``Amount``, ``TradeDate``, ``TimeStamp`` and ``RepReserved3`` where QHISD has ``DebitAmount`` or
    ``CreditAmount``, ``Date``, ``Time`` and ``Toutfo``.
    """
    direction = _DIRECTIONS.get(row.get("Drcrf", ""))
    if direction is None:
        raise BadValue(f"Drcrf {row.get('Drcrf', '')[:5]!r}")
    amount = _amount(row, direction)
    on = day(needed(row, "Date", "TradeDate"))
    kind = _kind(row, direction)
    side = "D" if direction is LineDirection.DEBIT else "C"
    return BankLine(
        bank_key=f"{needed(row, 'OnlySequence')}:{side}{amount.fen}",
        direction=direction,
        kind=kind,
        amount=amount,
        booked_on=on,
        booked_at=moment(on, row.get("Time") or row.get("TimeStamp") or row.get("TradeTime", "")),
        sub_account_no=None,
        counter_name=row.get("RecipName", ""),
        counter_account=row.get("RecipAccNo", ""),
        counter_bank=row.get("RecipBkName") or row.get("RecBankName", ""),
        remark=" ".join(dict.fromkeys(row[name] for name in _TEXTS if row.get(name))),
        balance_after=fen(row["Balance"]) if row.get("Balance") else None,
        bank_ref=_bank_ref(row, wire_day(on)),
        client_ref=_own_reference(row) if (direction, kind) == (LineDirection.DEBIT, LineKind.EXTERNAL) else None,
    )


def booking(line: BankLine) -> Booking | None:
    """A payment of ours as evidence for an order; ``None`` for everything else."""
    if (line.direction, line.kind) != (LineDirection.DEBIT, LineKind.EXTERNAL):
        return None
    return Booking(line.amount, line.counter_account, line.client_ref, line.booked_on, line.bank_ref or line.bank_key)


def may_be_returned(line: BankLine) -> bool:
    """Whether a credit speaks of a return or a reversal, so that the payments before it are worth reading."""
    words = (*RETURN_WORDS, REVERSAL_WORD)
    is_credit = (line.direction, line.kind) == (LineDirection.CREDIT, LineKind.EXTERNAL)
    return is_credit and any(word in line.remark for word in words)


def as_returned(line: BankLine, payments: Iterable[Booking]) -> BankLine:
    """The credit as a payment that came back, if one went to that very account before; else as it is.

    Which one: the one that the remark names, else the only one of that amount. Otherwise it came back, and a person
    has to say which.
    """
    before = [
        paid
        for paid in payments
        if paid.counter_account == line.counter_account
        and line.counter_account
        and paid.amount >= line.amount
        and paid.booked_on <= line.booked_on
    ]
    if not before:
        return line
    named = reference_in(line.remark)
    known = {paid.client_ref for paid in before if paid.client_ref}
    equal = {paid.client_ref for paid in before if paid.amount == line.amount}
    reference = named if named in known else equal.pop() if len(equal) == 1 else None
    is_reversal = REVERSAL_WORD in line.remark and not any(word in line.remark for word in RETURN_WORDS)
    return replace(line, kind=LineKind.REVERSAL if is_reversal else LineKind.RETURNED, client_ref=reference)


def _amount(row: Row, direction: LineDirection) -> Money:
    """One amount, on the side that Drcrf names; the other side has none."""
    right = _AMOUNTS[direction]
    for other in _AMOUNTS.values():
        if other != right and row.get(other) and fen(row[other]) != Money.ZERO:
            raise BadValue(f"Drcrf {row['Drcrf']} and {other} do not fit")
    amounts = {above_zero(row[name]) for name in (right, "Amount") if row.get(name)}
    if len(amounts) != 1:
        raise BadValue(f"{len(amounts)} amounts")
    return amounts.pop()


def _kind(row: Row, direction: LineDirection) -> LineKind:
    """By the bank's own words, and only where no counter account shows that somebody else moved the money."""
    summary = row.get("Summary", "")
    texts = " ".join(row.get(name, "") for name in _TEXTS)
    if direction is LineDirection.DEBIT:
        if not row.get("RecipAccNo") and any(word in texts for word in _FEE_WORDS):
            return LineKind.FEE
        if REVERSAL_WORD in summary and not row.get("Ref"):
            return LineKind.REVERSAL
    elif any(word in summary for word in _INTEREST_WORDS) and not row.get("RecipAccNo"):
        return LineKind.INTEREST
    return LineKind.EXTERNAL


def _own_reference(row: Row) -> str | None:
    return row.get("Ref") or next((found for name in _TEXTS if (found := reference_in(row.get(name, "")))), None)


def _bank_ref(row: Row, on: str) -> str | None:
    """Day and identity of the receipt: area, branch, teller, serial number. The latter four begin anew each day."""
    told = row.get("Toutfo") or row.get("RepReserved3", "")
    parts = told.split("|")
    return f"{on}|{told}" if len(parts) == 4 and all(parts) else None
