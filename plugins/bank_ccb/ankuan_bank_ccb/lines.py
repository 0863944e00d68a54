"""PURE. Rows of 6WY101 as bank lines. Malformed when a row is not what the tables say: no line is guessed."""

import re
from typing import Final

from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.evidence import Booking
from ankuan.plugin_api.texts import reference_in
from ankuan.plugin_api.values import Malformed, day, moment, needed, positive_yuan, yuan
from ankuan_bank_ccb.messages import Row

DIRECTIONS: Final = {"0": LineDirection.DEBIT, "1": LineDirection.CREDIT}
_RETURN_WORDS: Final = ("退汇", "退票")
_SERIAL: Final = re.compile(r"[0-9]{1,16}", re.ASCII)


def line_of(row: Row) -> BankLine:
    """One DETAILINFO."""
    direction = DIRECTIONS.get(row.get("FLAG1", ""))
    if direction is None:
        raise Malformed(f"FLAG1 {row.get('FLAG1', '')[:5]!r}")
    amount = positive_yuan(needed(row, "AMT"))
    remark = " ".join(part for part in (row.get("MESSAGE", ""), row.get("DET", "")) if part)
    on, flow = day(needed(row, "TRANDATE").replace("/", "")), needed(row, "TRAN_FLOW")
    kind = _kind(direction, remark)
    paid = direction is LineDirection.DEBIT and kind is not LineKind.REVERSAL
    serial = row.get("BFLOW", "")
    return BankLine(
        bank_key=f"{flow}:{serial}:{needed(row, 'DET_NO')}",
        direction=direction,
        kind=kind,
        amount=amount,
        booked_on=on,
        booked_at=moment(on, row.get("TRANTIME", "").replace(":", "")),
        sub_account_no=None,
        counter_name=row.get("ACC_NAME1", ""),
        counter_account=row.get("ACCNO2", ""),
        counter_bank="",
        remark=remark,
        balance_after=yuan(row["AMT1"]) if row.get("AMT1") else None,
        bank_ref=flow,
        client_ref=(_own(serial) or reference_in(remark)) if paid or kind is LineKind.RETURNED else None,
    )


def booking_of(line: BankLine) -> Booking:
    """A line as evidence for an order."""
    return Booking(line.amount, line.counter_account.strip(), line.client_ref, line.booked_on, line.bank_ref or "")


def detail_no(row: Row) -> int:
    """The running number the cursor goes on from."""
    text = needed(row, "DET_NO")
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise Malformed("DET_NO")
    return int(text)


def _own(serial: str) -> str | None:
    return serial if _SERIAL.fullmatch(serial) else None


def _kind(direction: LineDirection, remark: str) -> LineKind:
    if "冲正" in remark:
        return LineKind.REVERSAL
    if direction is LineDirection.CREDIT:
        # "退回" is what people write too, so it counts only beside our own reference.
        is_ours = "退回" in remark and reference_in(remark) is not None
        if is_ours or any(word in remark for word in _RETURN_WORDS):
            return LineKind.RETURNED
    if "结息" in remark or "利息" in remark:
        return LineKind.INTEREST if direction is LineDirection.CREDIT else LineKind.FEE
    if direction is LineDirection.DEBIT and "手续费" in remark:
        return LineKind.FEE
    return LineKind.EXTERNAL
