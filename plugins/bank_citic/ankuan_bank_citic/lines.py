"""PURE. Rows of statements as bank lines. BadValue when a row is not what the document says: no line is guessed."""

from dataclasses import replace
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.evidence import Booking
from ankuan.plugin_api.texts import reference_in
from ankuan_bank_citic.mapping import BadValue
from ankuan_bank_citic.messages import Row
from ankuan_bank_citic.values import day, moment, money, needed

TRAN_KINDS: Final[dict[str, LineKind]] = {
    "11": LineKind.ADJUSTMENT,
    "12": LineKind.ADJUSTMENT,
    "13": LineKind.INTEREST,
    "14": LineKind.FEE,
    "15": LineKind.ADJUSTMENT,
    "16": LineKind.ADJUSTMENT,
    "22": LineKind.EXTERNAL,
    "23": LineKind.EXTERNAL,
}
"""TRANTYPE: 11 plain transfer, 12 initialisation, 13 interest, 14 fee, 15 forced transfer, 16 adjustment: all inside
the main account. 22 and 23 cross its edge."""
_RETURN_WORDS: Final = ("退汇", "退回", "退票")
_REVERSAL_WORDS: Final = ("冲正", "冲账", "抹账")
HOST_DIGITS: Final = 12


def may_be_returned(line: BankLine) -> bool:
    """Whether the remark of an external credit speaks of a return, so that DLTRNALL is worth asking."""
    external = line.kind is LineKind.EXTERNAL and line.direction is LineDirection.CREDIT
    return external and any(word in line.remark for word in _RETURN_WORDS)


def as_returned(line: BankLine) -> BankLine:
    """The same line, known to be a payment that came back."""
    return replace(line, kind=LineKind.RETURNED, client_ref=reference_in(line.remark))


def is_reversal(direction: LineDirection, remark: str) -> bool:
    """Whether a debit is the bank taking back its own credit: it says so first, and names no order of ours.

    A credit that says so stays a receipt until a person has looked: payers write their own remarks.
    """
    says_so = remark.strip().startswith(_REVERSAL_WORDS)
    return direction is LineDirection.DEBIT and says_so and reference_in(remark) is None


def sub_account_lines(row: Row) -> tuple[BankLine, ...]:
    """A DLSTRNDT row: one line, and a second one for the fee (XTSFAM) the bank took along with it."""
    on, account = day(needed(row, "TRANDATE")), needed(row, "subAccNo")
    flow, seq = needed(row, "HOSTFLW"), needed(row, "HOSTSEQ")
    fee = money(row.get("XTSFAM") or "0")
    counter = row.get("OPPACCNO", "")
    direction = _direction(row)
    remark = row.get("RESUME", "")
    kind = _kind(row, direction, account, counter, remark)
    own = direction is LineDirection.DEBIT and kind is LineKind.EXTERNAL
    line = BankLine(
        bank_key=f"S:{needed(row, 'TRANDATE')}:{flow}:{seq}",
        direction=direction,
        kind=kind,
        amount=_positive(needed(row, "TRANAMT")),
        booked_on=on,
        booked_at=moment(on, row.get("TRANTIME", "")),
        sub_account_no=account,
        counter_name=row.get("OPPACCNAME", ""),
        counter_account=counter,
        counter_bank=row.get("OPPBRANCHNAME", ""),
        remark=remark,
        balance_after=money(row["ACCBAL"]) if row.get("ACCBAL") else None,
        bank_ref=flow,
        client_ref=reference_in(remark) if own or kind is LineKind.ADJUSTMENT else None,
    )
    if not fee:
        return (line,)
    taken = replace(
        line,
        bank_key=f"{line.bank_key}:fee",
        direction=LineDirection.DEBIT,
        kind=LineKind.FEE,
        amount=_positive(fee.yuan),
        remark=f"手续费 {line.remark}".strip(),
        balance_after=None,
        client_ref=None,
    )
    return (line, taken)


def adjustment_account_line(row: Row) -> BankLine:
    """A DLSUBDTL row of the public adjustment account. A credit carries what DLMIXSUB wants to hear back."""
    on, flow, direction = day(needed(row, "TRANDATE")), needed(row, "TRANNO"), _direction(row)
    counter, remark, mix_no = row.get("OTHERACCNO", ""), row.get("MEMO", ""), row.get("MIXNO", "")
    kind = _kind(row, direction, needed(row, "subAccNo"), counter, remark)
    movable = direction is LineDirection.CREDIT and kind is not LineKind.ADJUSTMENT and mix_no
    ours = kind is LineKind.ADJUSTMENT or direction is LineDirection.DEBIT
    return BankLine(
        bank_key=f"P:{needed(row, 'TRANDATE')}:{flow}:{row['CDFG']}",
        direction=direction,
        kind=kind,
        amount=_positive(needed(row, "TRANAMT")),
        booked_on=on,
        booked_at=moment(on, row.get("TRANTIME", "")),
        sub_account_no=None,
        counter_name=row.get("OTHERACCNAME", ""),
        counter_account=counter,
        counter_bank=row.get("OPENACCNAME", ""),
        remark=remark,
        balance_after=money(row["ACCBAL"]) if row.get("ACCBAL") else None,
        bank_ref=flow,
        client_ref=reference_in(remark) if ours else None,
        adjustment_ref=f"{row['TRANDATE']}|{flow}|{mix_no}" if movable else None,
    )


def sub_account_booking(row: Row, wanted: LineDirection) -> Booking | None:
    """A DLSUBDTL row as evidence for an order; ``None`` for the other direction, and for a reversal."""
    direction, remark = _direction(row), row.get("MEMO", "")
    booking = Booking(
        _positive(needed(row, "TRANAMT")),
        row.get("OTHERACCNO", "").strip(),
        reference_in(remark),
        day(needed(row, "TRANDATE")),
        needed(row, "TRANNO"),
    )
    return booking if direction is wanted and not is_reversal(direction, remark) else None


def main_account_booking(row: Row, wanted: LineDirection) -> Booking | None:
    """A DLTRNALL row as evidence for an order; ``None`` for the other direction, and for a reversal."""
    direction, remark = _direction(row, "creditDebitFlag"), row.get("abstract", "")
    booking = Booking(
        _positive(needed(row, "tranAmount")),
        row.get("oppAccountNo", "").strip(),
        reference_in(remark),
        day(needed(row, "tranDate")),
        needed(row, "tranNo"),
    )
    return booking if direction is wanted and not is_reversal(direction, remark) else None


def _kind(row: Row, direction: LineDirection, account: str, counter: str, remark: str) -> LineKind:
    """By TRANTYPE, unless the counter account shows that the money never left the main account.

    An adjustment taken for a receipt would be money counted twice, so the account numbers overrule the code.
    """
    code = row.get("TRANTYPE", "")
    if len(counter) == len(account) and counter[:HOST_DIGITS] == account[:HOST_DIGITS]:
        return LineKind.ADJUSTMENT
    if code == "21":
        return LineKind.INTEREST if direction is LineDirection.CREDIT else LineKind.FEE
    kind = TRAN_KINDS.get(code, LineKind.EXTERNAL)
    return LineKind.REVERSAL if kind is LineKind.EXTERNAL and is_reversal(direction, remark) else kind


def _direction(row: Row, name: str = "CDFG") -> LineDirection:
    flags = {"C": LineDirection.CREDIT, "D": LineDirection.DEBIT}
    found = flags.get(row.get(name, ""))
    if found is None:
        raise BadValue(f"{name} {row.get(name, '')[:5]!r}")
    return found


def _positive(text: str) -> Money:
    amount = money(text)
    if amount <= Money.ZERO:
        raise BadValue(f"amount {text[:20]!r} is not above zero")
    return amount
