"""PURE. Rows of b2e0035 as bank lines. Malformed when a row is not what the samples show: no line is guessed."""

from typing import Final

from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.evidence import Booking
from ankuan.plugin_api.texts import reference_in
from ankuan.plugin_api.values import Malformed, day, moment, positive_yuan, yuan
from ankuan_bank_boc.messages import Node

DIRECTIONS: Final = {"1": LineDirection.DEBIT, "2": LineDirection.CREDIT}
_RETURN_WORDS: Final = ("退汇", "退票")


def line_of(row: Node, account_no: str) -> BankLine:
    """One row. The counter account is the one of ``fractn`` and ``toactn`` that is not ours."""
    direction = DIRECTIONS.get(row.text("direction"))
    amount = positive_yuan(row.needed("txnamt"))
    if direction is None:
        raise Malformed("direction")
    payer, payee = row.part("fractn"), row.part("toactn")
    ours, other = (payer, payee) if direction is LineDirection.DEBIT else (payee, payer)
    if ours.text("actacn") not in {account_no, ""}:
        raise Malformed("a row of another account")
    names = ("toname", "tobank") if direction is LineDirection.DEBIT else ("acntname", "ibkname")
    remark = " ".join(part for part in (row.text("useinfo"), row.text("furinfo")) if part)
    on = day(row.needed("txndate"))
    kind = _kind(direction, row.text("bustype"), remark)
    paid = direction is LineDirection.DEBIT and kind is LineKind.EXTERNAL
    named = paid or kind is LineKind.RETURNED
    balance = row.text("acctbal")
    return BankLine(
        bank_key=row.needed("transid"),
        direction=direction,
        kind=kind,
        amount=amount,
        booked_on=on,
        booked_at=moment(on, row.text("txntime")),
        sub_account_no=None,
        counter_name=other.text(names[0]),
        counter_account=other.text("actacn"),
        counter_bank=other.text(names[1]),
        remark=remark,
        balance_after=yuan(balance) if balance else None,
        bank_ref=row.needed("transid"),
        client_ref=(row.text("insid") or reference_in(remark)) if named else None,
    )


def booking_of(line: BankLine) -> Booking:
    """A line as evidence for an order."""
    return Booking(line.amount, line.counter_account, line.client_ref, line.booked_on, line.bank_ref or "")


def _kind(direction: LineDirection, business: str, remark: str) -> LineKind:
    if "冲正" in business or "冲正" in remark:
        return LineKind.REVERSAL
    if direction is LineDirection.CREDIT:
        # "退回" is what people write too, so it counts only beside our own reference.
        is_ours = "退回" in remark and reference_in(remark) is not None
        if is_ours or any(word in remark for word in _RETURN_WORDS):
            return LineKind.RETURNED
    if "结息" in business:
        return LineKind.INTEREST
    return LineKind.FEE if direction is LineDirection.DEBIT and "手续费" in business else LineKind.EXTERNAL
