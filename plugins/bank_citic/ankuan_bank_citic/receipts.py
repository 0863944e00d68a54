"""Electronic receipts (回单): DLEDDRSQ lists those of an account, DLEDCDTD hands one out, in a zip, in base64."""

import binascii
import re
import zlib
from base64 import b64decode
from datetime import date, timedelta
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from ankuan.plugin_api.bank import BankLine, BankReceipt, FundAccountRef
from ankuan_bank_citic.mapping import DONE, BadValue
from ankuan_bank_citic.messages import Answer, Row
from ankuan_bank_citic.session import Session
from ankuan_bank_citic.values import money, needed, wire_day

_TODAY, _EARLIER = "1", "2"
"""qryType and isCurrDay: T+0, T+1."""
_PAGE_ROWS: Final = 20
_MOST_PAGES: Final = 50
_MOST_CHARS: Final = 1_048_576
"""The document's bound on fileConTent."""
_MOST_FILES: Final = 20
_LARGEST_PDF: Final = 4 * 1024 * 1024
_RECEIPT_NO: Final = re.compile(r"[0-9A-Za-z]{1,28}", re.ASCII)
_ENCRYPTED: Final = 0x1


async def fetch_receipt(session: Session, account: FundAccountRef, line: BankLine, today: date) -> BankReceipt | None:
    """The receipt of a line; ``None`` while the bank has none. Raises read errors.

    The bank keeps today's receipts and earlier ones in two places; at midnight its day and ours are not the same.
    """
    holder = line.sub_account_no or account.adjustment_account_no or account.account_no
    places = [_TODAY] if line.booked_on >= today else [_EARLIER]
    if abs(line.booked_on - today) <= timedelta(days=1):
        places = [*places, _EARLIER if places == [_TODAY] else _TODAY]
    for place in places:
        row = await _listed(session, holder, line, place)
        if row is not None:
            return await _handed_out(session, holder, row, place)
    return None


async def _listed(session: Session, holder: str, line: BankLine, place: str) -> Row | None:
    day = wire_day(line.booked_on)
    fields = {
        "qryType": place,
        "accNo": holder,
        "billType": "0",
        "minAmt": line.amount.yuan,
        "maxAmt": line.amount.yuan,
        "startDate": day,
        "endDate": day,
        "pageSize": str(_PAGE_ROWS),
    }
    found: dict[str, Row] = {}
    read = 0
    for _ in range(_MOST_PAGES):
        answer = await session.read("DLEDDRSQ", {**fields, "startNo": str(read + 1)})
        try:
            found |= {_receipt_no(row): row for row in answer.rows if _is_of(row, line)}
            if len(found) > 1:
                raise BadValue("several receipts of one booking")
        except BadValue as wrong:
            raise session.malformed("DLEDDRSQ", wrong) from wrong
        read += len(answer.rows)
        # A bank may tell fewer rows a page than were asked for: its own count ends the reading, or an empty page.
        if not answer.rows or str(read) == answer.fields.get("totalCount"):
            break
    return next(iter(found.values()), None)


def _is_of(row: Row, line: BankLine) -> bool:
    if needed(row, "transeqNo") != line.bank_ref or needed(row, "tranDate") != wire_day(line.booked_on):
        return False
    # A fee goes under the number of the payment it was taken for.
    return money(needed(row, "tranAmt")) == line.amount


def _receipt_no(row: Row) -> str:
    number = needed(row, "bresqNo")
    if not _RECEIPT_NO.fullmatch(number):
        raise BadValue("bresqNo is no number")
    return number


async def _handed_out(session: Session, holder: str, row: Row, place: str) -> BankReceipt:
    number = _receipt_no(row)
    asked = {"brSeqNo": number, "billType": row.get("billType", "")}
    answer = await session.read("DLEDCDTD", {"isCurrDay": place, "accNo": holder}, [asked])
    try:
        return BankReceipt(_pdf(answer, number), number, session.kept)
    except BadValue as wrong:
        raise session.malformed("DLEDCDTD", wrong) from wrong


def _pdf(answer: Answer, number: str) -> bytes:
    """The one PDF that carries the receipt's number in its name. Raises BadValue."""
    if any(row.get("status", DONE) != DONE for row in answer.rows):
        raise BadValue("a file is not done")
    encoded = needed(answer.fields, "fileConTent")
    if len(encoded) > _MOST_CHARS:
        raise BadValue("fileConTent is too long")
    try:
        packed = b64decode("".join(encoded.split()), validate=True)
        with ZipFile(BytesIO(packed)) as archive:
            if len(archive.infolist()) > _MOST_FILES:
                raise BadValue("too many files in the zip")
            named = [each for each in archive.infolist() if _is_named(each.filename, number)]
            if len(named) != 1:
                raise BadValue(f"{len(named)} files carry the receipt's number")
            content = _unpacked(archive, named[0])
    except (binascii.Error, BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as broken:
        # NotImplementedError is a RuntimeError, UnicodeDecodeError and BadValue are ValueErrors.
        raise broken if isinstance(broken, BadValue) else BadValue(f"zip: {type(broken).__name__}") from broken
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-64:]:
        raise BadValue("not a whole PDF")
    return content


def _is_named(name: str, number: str) -> bool:
    return name.lower().endswith(".pdf") and re.search(rf"(?<![0-9A-Za-z]){number}(?![0-9A-Za-z])", name) is not None


def _unpacked(archive: ZipFile, file: ZipInfo) -> bytes:
    # What the zip says of its sizes is not believed: a bomb says what it likes. Reading stops at the bound.
    if file.flag_bits & _ENCRYPTED or file.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise BadValue("the file is encrypted, or packed in a way nobody agreed on")
    with archive.open(file) as packed:
        content = packed.read(_LARGEST_PDF + 1)
    if len(content) > _LARGEST_PDF:
        raise BadValue("the file is too large")
    return content
