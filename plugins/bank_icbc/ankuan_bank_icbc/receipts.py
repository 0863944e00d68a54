"""Electronic receipts: DownEBill, signed, by the four parts of a booking's identity and its day."""

import binascii
from typing import Final

from ankuan.plugin_api.bank import BankLine, BankReceipt
from ankuan.plugin_api.errors import BankRefused
from ankuan_bank_icbc.compose import CURRENCY
from ankuan_bank_icbc.mapping import NOT_FOUND_CODES
from ankuan_bank_icbc.session import Session

CONTENT: Final = "FileContent"
_PDF: Final = b"%PDF-"


async def fetch_receipt(session: Session, account_no: str, line: BankLine) -> BankReceipt | None:
    """The receipt of a booking; ``None`` while the bank has none. Raises read errors."""
    identity = (line.bank_ref or "").split("|")
    if len(identity) != 5:
        return None
    on, area, branch, teller, serial = identity
    fields = {
        "AreaCode": area,
        "NetCode": branch,
        "TellerNo": teller,
        "WorkDate": on,
        "TranSerialNo": serial,
        "AcctNo": account_no,
        "CurrencyType": CURRENCY,
        "SignTime": session.now,
        **dict.fromkeys(("ReqReserved1", "ReqReserved2", "ReqReserved3", "ReqReserved4", "AcctSeq"), ""),
    }
    try:
        answer = await session.read(session.question("DownEBill", fields), signed=True)
    except BankRefused as refused:
        if refused.code in NOT_FOUND_CODES:
            return None
        raise
    if answer.fields.get("TranSerialNo", serial) != serial or answer.fields.get("AcctNo", account_no) != account_no:
        raise session.malformed("DownEBill", "the receipt of another booking")
    return BankReceipt(_pdf(session, answer.fields.get(CONTENT, "")), line.bank_ref or "", session.kept)


def _pdf(session: Session, text: str) -> bytes:
    try:
        content = binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except (binascii.Error, ValueError) as broken:
        raise session.malformed("DownEBill", "the file is not base64") from broken
    if not content.startswith(_PDF) or b"%%EOF" not in content[-1024:]:
        raise session.malformed("DownEBill", "not a whole PDF file")
    return content
