"""Electronic receipts: order one (ASYCALHD), ask whether it is made (DCTASKID), fetch the file."""

import asyncio
from typing import Final

from ankuan.plugin_api.bank import BankLine, BankReceipt, FundAccountRef
from ankuan.plugin_api.errors import BankUnreachable
from ankuan_bank_cmb.config import origin
from ankuan_bank_cmb.messages import Answer, Malformed, Request, Row
from ankuan_bank_cmb.session import Session
from ankuan_bank_cmb.values import wire_day

_PAUSES: Final = (0.2, 0.5, 1.0, 2.0)
"""Seconds between questions whether the receipt is made. Then it is asked for another time."""
_PDF: Final = b"%PDF-"


async def fetch_receipt(session: Session, account: FundAccountRef, line: BankLine) -> BankReceipt | None:
    """The receipt of a booking of the account's statement; ``None`` while it isn't made. Raises read errors.

    Moves between units have none: the account itself has not moved.
    """
    if not line.bank_key.startswith("A:") or not line.bank_ref:
        return None
    on = wire_day(line.booked_on)
    asked = {"eacnbr": account.account_no, "begdat": on, "enddat": on, "primod": "PDF", "trsnbr": line.bank_ref}
    task = _only(session, await session.read(Request("ASYCALHD", {"asycalhdx": [asked]})), "asycalhdz1")
    number = task.get("rtndat", "")
    if not number:
        raise session.malformed("ASYCALHD", "no task")
    address = await _address(session, number)
    if address is None:
        return None
    return BankReceipt(await _file(session, address), number, session.kept)


async def _address(session: Session, task: str) -> str | None:
    for pause in _PAUSES:
        answer = await session.read(Request("DCTASKID", {"dctaskidx": [{"taskid": task}]}))
        address = _only(session, answer, "dctaskidz1").get("fileurl", "")
        if address:
            return address
        if pause * 2 > session.left:
            return None
        await asyncio.sleep(pause)
    return None


async def _file(session: Session, address: str) -> bytes:
    """Only from the place that the settings name: an address in an answer is no permission to call anybody."""
    try:
        place = origin(address)
    except ValueError as broken:
        raise session.malformed("DCTASKID", "the address of the receipt is none") from broken
    if place != session.desk.config.receipt_host:
        raise session.malformed("DCTASKID", "the receipt lies at another place than the settings name")
    made = await session.desk.gateway.fetch("receipt", address, session.left)
    session.exchanges.append(made)
    if made.note or made.response is None:
        raise BankUnreachable(f"receipt: {made.note}", session.kept)
    if not made.response.startswith(_PDF) or b"%%EOF" not in made.response[-1024:]:
        raise session.malformed("receipt", "not a whole PDF file")
    return made.response


def _only(session: Session, answer: Answer, name: str) -> Row:
    try:
        rows = answer.rows(name)
    except Malformed as wrong:
        raise session.malformed(answer.function, wrong) from wrong
    if len(rows) != 1:
        raise session.malformed(answer.function, f"{name} has {len(rows)} rows")
    return rows[0]
