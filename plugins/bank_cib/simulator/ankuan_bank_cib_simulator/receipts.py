"""Electronic receipts: ELECTRONICRECEIPTTRN orders those of a day, ASYNRECEIPTINFOTRN lists the files.

The bank gives none of today's. This simulator does, so that a test need not wait for tomorrow.
"""

from ankuan_bank_cib_simulator.statements import attach_info
from ankuan_bank_cib_simulator.wire import BAD_MESSAGE, Ask, Tag, WireRefusal, day, in_order, leaf, needed, text
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import Entry
from ankuan_simcore.receipts import receipt_pdf
from ankuan_simcore.telling import told_page

_PAGE_ROWS = 100
_READY = "2"
MOST_ORDERS = 5_000


class ReceiptDesk:
    """Orders of receipts, in memory: a restarted bank has forgotten them."""

    def __init__(self) -> None:
        self._orders: dict[str, tuple[str, str]] = {}

    def order(self, bank: Bank, ask: Ask, _plans: list[Plan]) -> list[Tag]:
        """ELECTRONICRECEIPTTRN. The same TRNUID again tells what became of the first one."""
        body = ask.part("RQBODY")
        in_order(body, "RECEIPT_TYPE", "ACCTID", "RECEIPTDATE")
        if text(body, "RECEIPT_TYPE") != "01":
            raise WireRefusal(*BAD_MESSAGE, detail="RECEIPT_TYPE")
        number, on = bank.account(needed(body, "ACCTID")).number, day(body, "RECEIPTDATE").isoformat()
        if on > bank.today:
            raise WireRefusal(*BAD_MESSAGE, detail="RECEIPTDATE")
        number, on = self._orders.setdefault(ask.transaction, (number, on))
        if len(self._orders) > MOST_ORDERS:
            del self._orders[next(iter(self._orders))]
        content = (
            leaf("ACCTID", number),
            leaf("CRE_TIME", bank.today),
            leaf("CLT_REF_NO", ask.transaction),
            leaf("STATUS", _READY),
        )
        return [Tag("RSBODY", content)]

    def files(self, bank: Bank, ask: Ask, plans: list[Plan]) -> list[Tag]:
        """ASYNRECEIPTINFOTRN: the files of an order, a hundred a page."""
        body = ask.part("RQBODY")
        known = self._orders.get(needed(body, "CLT_REF_NO", 30))
        page = body.get("PAGE", "1")
        if known is None or not page.isascii() or not page.isdigit() or int(page) < 1:
            raise WireRefusal(*BAD_MESSAGE, detail="CLT_REF_NO")
        number, on = known
        names = _names(bank, number, on)
        start = (int(page) - 1) * _PAGE_ROWS
        rows = [
            Tag("CONTENT", (leaf("SEQ", str(seq)), leaf("FILE_ID", f"{name}.F"), leaf("FILE_NAME", f"{name}.pdf")))
            for seq, name in enumerate(told_page(plans, names, start, _PAGE_ROWS), start=start + 1)
        ]
        head = (leaf("STATUS", _READY), leaf("FILESUM", str(len(names))), leaf("ACCTID", number))
        return [Tag("RSBODY", (*head, *rows), {"MORE": "Y" if start + _PAGE_ROWS < len(names) else "N"})]


def file_of(bank: Bank, file_id: str) -> bytes | None:
    """The bytes of a file, if there is one."""
    entry = bank.state.entries.get(int(file_id[8:20]) if file_id[8:20].isdigit() else 0)
    if entry is None or file_id not in {f"{attach_info(entry, is_debit=side)}.F" for side in (True, False)}:
        return None
    return receipt_pdf(bank, entry, f"兴业银行电子回单 {file_id[:25]}")


def _names(bank: Bank, number: str, on: str) -> list[str]:
    account = bank.account(number)
    below = {number} if number != account.main else {bank.standing(number)}
    entries: list[Entry] = bank.state.by_main.get(account.main, [])
    return [
        attach_info(entry, is_debit=side == entry.debit)
        for entry in entries
        for side in (entry.debit, entry.credit)
        if side in below and entry.value_date == on
    ]
