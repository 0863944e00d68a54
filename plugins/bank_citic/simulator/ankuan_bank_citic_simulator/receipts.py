"""Electronic receipts: DLEDDRSQ lists them, DLEDCDTD hands them out as a zip of PDFs in base64."""

from base64 import b64encode

from ankuan_bank_citic_simulator.codes import BAD_MESSAGE, DONE, WireRefusal
from ankuan_bank_citic_simulator.statements import flow_no
from ankuan_bank_citic_simulator.wire import Ask, Reply, Row, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import AccountKind, Entry, EntryKind
from ankuan_simcore.receipts import entry_of_receipt, receipt_no, receipt_pdf, receipts_of, zip_of
from ankuan_simcore.telling import told_page, told_rows

_TRANSFER = "200000"
_LARGEST = 1_048_576
"""Characters that ``fileConTent`` holds."""


def listed(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLEDDRSQ: receipts of a main or a sub-account; qryType 1: of today, 2: of earlier days."""
    if ask.text("qryType") not in {"1", "2"}:
        raise WireRefusal(*BAD_MESSAGE, detail="qryType")
    number = ask.needed("accNo")
    first, last = ask.day("startDate").isoformat(), ask.day("endDate").isoformat()
    is_today = ask.text("qryType") == "1"
    least, most = (ask.fen(name) if ask.text(name) else 0 for name in ("minAmt", "maxAmt"))
    rows = [
        _row(bank, entry, number)
        for entry in receipts_of(bank, number, first, last)
        if (entry.day == bank.today) == is_today and least <= entry.fen and (not most or entry.fen <= most)
    ]
    start, count = ask.count("startNo", 1) - 1, ask.count("pageSize", 10)
    page = told_page(plans, told_rows(plans, rows), start, count)
    return Reply(fields={"totalCount": str(len(rows)), "returnRecords": str(len(page))}, rows=page)


def _row(bank: Bank, entry: Entry, number: str) -> Row:
    reversed_ = any(
        other.kind is EntryKind.REVERSAL and other.parent == entry.no
        for other in bank.state.by_account.get(entry.credit, [])
    )
    inside = [bank.state.account(side) for side in (entry.debit, entry.credit)]
    subs = [account.number for account in inside if account is not None and account.kind is AccountKind.SUB]
    return {
        "status": DONE,
        "bresqNo": _wire_no(entry),
        "billType": _TRANSFER,
        "transeqNo": flow_no(entry),
        "tranDate": entry.day.replace("-", ""),
        "tranAmt": yuan(entry.fen),
        "accNo": number,
        "accNo1": subs[0] if subs else "",
        "otherRaccNo1": entry.counter_account,
        "brStt": "2" if reversed_ else "1",
    }


def _wire_no(entry: Entry) -> str:
    return receipt_no(entry).rjust(28, "0")


def handed_out(bank: Bank, ask: Ask) -> Reply:
    """DLEDCDTD: the receipts that the rows name, together in one zip."""
    number = ask.needed("accNo")
    known = {_wire_no(entry): entry for entry in receipts_of(bank, number, "0000-00-00", "9999-99-99")}
    files: dict[str, bytes] = {}
    for row in ask.rows:
        named = row.get("brSeqNo", "")
        if named not in known:
            raise WireRefusal(*BAD_MESSAGE, detail="brSeqNo")
        entry = entry_of_receipt(bank, named[-16:])
        files[f"{named}.pdf"] = receipt_pdf(bank, entry, "中信银行电子回单")
    content = b64encode(zip_of(files)).decode("ascii")
    if not files or len(content) > _LARGEST:
        raise WireRefusal(*BAD_MESSAGE, detail="list")
    fields = {"fileConTent": content, "fileName": f"{number}.zip", "size": str(len(content))}
    return Reply(fields=fields, rows=[{"status": DONE, "pdfName": name} for name in files])
