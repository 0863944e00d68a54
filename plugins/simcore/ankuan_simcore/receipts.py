"""Electronic receipts: a one-page PDF for each booking. The same booking always gives the same bytes."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ankuan_simcore.bank import Bank
from ankuan_simcore.models import AccountKind, Entry, Refusal, RefusedError

_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R >>",
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
)
"""The song face that every reader of simplified Chinese has: a receipt needs no font inside."""


def receipt_no(entry: Entry) -> str:
    """The bank's number of the receipt of a booking: sixteen digits, date first."""
    return f"{entry.day.replace('-', '')}{entry.no:08d}"


def entry_of_receipt(bank: Bank, number: str) -> Entry:
    """The booking a receipt is for; RefusedError when there is no such receipt."""
    entry = bank.state.entries.get(int(number[8:]) if number.isascii() and number.isdigit() and number[8:] else 0)
    if entry is None or receipt_no(entry) != number:
        raise RefusedError(Refusal.NO_SUCH_SOURCE, number)
    return entry


def receipts_of(bank: Bank, number: str, first_day: str, last_day: str) -> list[Entry]:
    """Bookings with a receipt on a main account (what crossed its edge), a sub-account or an adjustment account."""
    account = bank.account(number)
    if account.kind is AccountKind.MAIN:
        found = [entry for entry in bank.state.by_main.get(number, []) if bank.crosses_edge(entry)]
    else:
        found = bank.state.by_account.get(number, [])
    return [entry for entry in found if first_day <= entry.day <= last_day]


def receipt_pdf(bank: Bank, entry: Entry, title: str = "电子回单") -> bytes:
    """The receipt as a PDF."""
    yuan, fen = divmod(entry.fen, 100)
    payer, payee = _side(bank, entry, entry.debit), _side(bank, entry, entry.credit)
    lines = [
        f"{title}    {receipt_no(entry)}",
        f"记账日期 {entry.day}    起息日期 {entry.value_date}",
        f"付款人 {payer[1]}    账号 {payer[0]}",
        f"收款人 {payee[1]}    账号 {payee[0]}",
        f"金额 CNY {yuan:,}.{fen:02d}",
        f"摘要 {entry.remark}",
    ]
    return pdf_page(lines)


def _side(bank: Bank, entry: Entry, number: str) -> tuple[str, str]:
    account = bank.state.account(number)
    if account is None or not account.main:
        return (entry.counter_account, entry.counter_name) if account and account.kind == "outside" else ("", "本行")
    shown = bank.shown(number)
    return shown, bank.account(account.main).name if account.kind is AccountKind.ADJUSTMENT else account.name


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by name; the same files always give the same bytes."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return out.getvalue()


def pdf_page(lines: list[str]) -> bytes:
    """A one-page PDF with lines of text."""
    shown = "".join(f"<{_bmp(line).encode('utf-16-be').hex().upper()}> Tj T*\n" for line in lines)
    content = f"BT /F1 12 Tf 22 TL 56 780 Td\n{shown}ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *_FONT,
    )
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _bmp(text: str) -> str:
    # The encoding knows two-byte characters only.
    return "".join(char if ord(char) < 0x10000 else "?" for char in text)
