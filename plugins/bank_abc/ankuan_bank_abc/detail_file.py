"""The result of CQRA10: a file in the front-end's folder, GBK, one row a line, 33 columns behind ``|``."""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan.plugin_api.texts import WrongEncoding, gb_text, reference_in
from ankuan.plugin_api.transport import MAX_ANSWER_BYTES
from ankuan.plugin_api.values import Malformed, day, moment, yuan

COLUMNS: Final = (
    *("Prov", "AccNo", "Cur", "TrDate", "TimeStab", "TrJrn", "TrType", "TrBankNo", "AccName", "AmtIndex", "OppProv"),
    *("OppAccNo", "OppCur", "OppName", "OppBkName", "CshIndex", "ErrDate", "ErrVchNo", "Amt", "Bal", "PreAmt"),
    *("TotChg", "VoucherType", "VoucherProv", "VoucherBat", "VoucherNo", "CustRef", "TransCode", "Teller", "VchNo"),
    *("Abs", "PostScript", "TrFrom"),
)
_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._\-]{0,63}", re.ASCII)
_SERIAL: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_RETURN_WORDS: Final = ("退汇", "退票")


@dataclass(frozen=True, slots=True)
class Detail:
    """A row: its line, and the serial the cursor goes on from."""

    line: BankLine
    serial: int


def read_file(folder: Path, name: str) -> bytes:
    """The whole file. Raises OSError, or Malformed for a name that leaves the folder or a file that is none."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise Malformed("file name")
    number = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(number, "rb") as file:
        told = os.fstat(file.fileno())
        if not stat.S_ISREG(told.st_mode) or told.st_size > MAX_ANSWER_BYTES:
            raise Malformed("not a file of a size that is read")
        return file.read(MAX_ANSWER_BYTES + 1)


def parse_rows(raw: bytes, account_no: str) -> list[Detail]:
    """All rows. Raises :class:`Malformed` and nothing else, whatever the bytes are: no line is guessed."""
    try:
        text = gb_text(raw)
    except WrongEncoding as wrong:
        raise Malformed(f"encoding: {wrong}") from wrong
    if text and not text.endswith("\n"):
        raise Malformed("the last row is cut off")
    return [_detail(row, account_no) for row in text.split("\n")[:-1]]


def _detail(row: str, account_no: str) -> Detail:
    cells = row.removesuffix("\r").split("|")
    if len(cells) != len(COLUMNS):
        raise Malformed(f"{len(cells)} columns, not {len(COLUMNS)}")
    told = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))
    if told["AccNo"] != account_no:
        raise Malformed("a row of another account")
    if not _SERIAL.fullmatch(told["TrJrn"]) or not told["TimeStab"]:
        raise Malformed("TrJrn or TimeStab")
    signed, after = yuan(told["Amt"]), yuan(told["Bal"])
    # The sign alone says whether money came or went: the balances beside it must say the same.
    if not signed or after - signed != yuan(told["PreAmt"]):
        raise Malformed("amount and balances do not fit")
    return Detail(_line(told, signed, after), int(told["TrJrn"]))


def _line(told: dict[str, str], signed: Money, after: Money) -> BankLine:
    direction = LineDirection.CREDIT if signed > Money.ZERO else LineDirection.DEBIT
    remark = " ".join(part for part in (told["Abs"], told["PostScript"]) if part)
    kind = _kind(direction, remark)
    paid = direction is LineDirection.DEBIT and kind is LineKind.EXTERNAL
    named = paid or kind is LineKind.RETURNED
    on = day(told["TrDate"])
    return BankLine(
        bank_key=f"{told['TrJrn']}:{told['TimeStab']}",
        direction=direction,
        kind=kind,
        amount=abs(signed),
        booked_on=on,
        booked_at=moment(on, told["TimeStab"][:6]),
        sub_account_no=None,
        counter_name=told["OppName"],
        counter_account=told["OppAccNo"],
        counter_bank=told["OppBkName"],
        remark=remark,
        balance_after=after,
        bank_ref=told["TrJrn"],
        client_ref=(told["CustRef"] or reference_in(remark)) if named else None,
    )


def _kind(direction: LineDirection, remark: str) -> LineKind:
    if "冲正" in remark:
        return LineKind.REVERSAL
    if direction is LineDirection.CREDIT:
        # "退回" is what people write too, so it counts only beside our own reference.
        is_ours = "退回" in remark and reference_in(remark) is not None
        if is_ours or any(word in remark for word in _RETURN_WORDS):
            return LineKind.RETURNED
    if remark.startswith("结息"):
        return LineKind.INTEREST
    return LineKind.FEE if direction is LineDirection.DEBIT and remark.startswith("手续费") else LineKind.EXTERNAL
