"""Electronic receipts: DownEBill, by the four parts of a booking's identity and its day."""

import base64

from ankuan_bank_icbc_simulator.codes import NO_RECORD, WireRefusal
from ankuan_bank_icbc_simulator.statements import day_of, identity
from ankuan_bank_icbc_simulator.wire import Ask, Reply
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import AccountKind
from ankuan_simcore.receipts import receipt_pdf

_PARTS = ("AreaCode", "NetCode", "TellerNo", "TranSerialNo")


def download(bank: Bank, ask: Ask, _plans: list[Plan]) -> Reply:
    """DownEBill: a PDF in base64."""
    main = bank.account(ask.needed("AcctNo"), AccountKind.MAIN).number
    ask.needed("SignTime")
    asked = "|".join(ask.needed(name) for name in _PARTS)
    serial = ask.needed("TranSerialNo")
    entry = bank.state.entries.get(int(serial) if serial.isascii() and serial.isdigit() else 0)
    if entry is None or entry not in bank.state.by_main.get(main, []) or not bank.crosses_edge(entry):
        raise WireRefusal(*NO_RECORD)
    if (identity(main, entry), day_of(entry)) != (asked, ask.day("WorkDate")):
        raise WireRefusal(*NO_RECORD)
    content = base64.b64encode(receipt_pdf(bank, entry)).decode("ascii")
    named = {"AcctNo": main, "WorkDate": ask.text("WorkDate"), "TranSerialNo": serial}
    return Reply(fields={**named, "FileType": "pdf", "FileContent": content})
