"""Electronic receipts (回单): ordered for a day of an account, then listed, then fetched from the agent."""

import hashlib
import re
from datetime import date
from typing import Final

from ankuan.plugin_api.bank import BankLine, BankReceipt
from ankuan.plugin_api.errors import BankRefused
from ankuan_bank_cib.compose import Request
from ankuan_bank_cib.messages import Malformed, Node, Tree
from ankuan_bank_cib.session import Session

ORDER: Final = "ELECTRONICRECEIPTTRN"
LIST: Final = "ASYNRECEIPTINFOTRN"
_MOST_PAGES: Final = 200
_FILE_ID: Final = re.compile(r"[0-9A-Za-z_.\-]{1,100}", re.ASCII)
_READY, _FAILED = "2", "3"
_STATES: Final = frozenset({"0", "1", _READY, _FAILED})


async def fetch_receipt(session: Session, main: str, line: BankLine, today: date) -> BankReceipt | None:
    """The receipt of a line; ``None`` while the bank is not done. Raises read errors.

    The TRNUID belongs to the line and the day, so that asking again asks for the same order, not for another one.
    """
    digest = hashlib.sha256(line.bank_key.encode()).hexdigest()
    transaction = f"R{today:%y%m%d}{digest[:22]}"
    content = (
        Tree("RECEIPT_TYPE", "01"),
        Tree("ACCTID", line.sub_account_no or main),
        Tree("RECEIPTDATE", line.booked_on.isoformat()),
    )
    body = await session.read(Request(ORDER, (Tree("RQBODY", content),), transaction))
    try:
        inside = body.part("RSBODY")
        if not _is_ready(session, inside):
            return None
        order = inside.needed("CLT_REF_NO")
    except Malformed as wrong:
        raise session.malformed(ORDER, wrong) from wrong
    file_id = await _file_id(session, order, f"{line.bank_key}.pdf")
    if file_id is None:
        return None
    content_of = await session.download(file_id)
    if not content_of.startswith(b"%PDF-") or b"%%EOF" not in content_of[-64:]:
        raise session.malformed("DOWNLOAD", Malformed("not a whole PDF"))
    return BankReceipt(content_of, line.bank_key, session.kept)


async def _file_id(session: Session, order: str, name: str) -> str | None:
    """The file of that name among those of an order; ``None`` while the bank is not done."""
    for number in range(1, _MOST_PAGES + 1):
        asked = Tree("RQBODY", (Tree("CLT_REF_NO", order),), {"PAGE": str(number)})
        body = await session.read(Request(LIST, (asked,)))
        try:
            inside = body.part("RSBODY")
            if not _is_ready(session, inside):
                return None
            for row in inside.all("CONTENT"):
                if row.needed("FILE_NAME") == name:
                    return _checked(row.needed("FILE_ID"))
        except Malformed as wrong:
            raise session.malformed(LIST, wrong) from wrong
        if inside.attributes.get("MORE") != "Y":
            return None
    raise session.malformed(LIST, Malformed("the bank goes on for ever"))


def _is_ready(session: Session, inside: Node) -> bool:
    status = inside.needed("STATUS")
    if status not in _STATES:
        raise Malformed(f"STATUS {status[:5]!r}")
    if status == _FAILED:
        raise BankRefused("银行生成回单失败", status, session.kept)
    return status == _READY


def _checked(file_id: str) -> str:
    # It becomes a part of a path.
    if not _FILE_ID.fullmatch(file_id) or ".." in file_id:
        raise Malformed("FILE_ID is no name")
    return file_id
