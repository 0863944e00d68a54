"""Balances of the account and of its units, and the answer to the opening of a unit."""

from ankuan.plugin_api.bank import BankBalance
from ankuan_bank_cmb.messages import DONE, Answer, Malformed, Request, Row
from ankuan_bank_cmb.session import Session
from ankuan_bank_cmb.values import BadValue, needed, signed_money


async def of_account(session: Session, account_no: str, branch: str) -> BankBalance:
    """NTQADINF: online balance and available balance. Raises read errors."""
    answer = await session.read(Request("NTQADINF", {"ntqadinfx": [{"bbknbr": branch, "accnbr": account_no}]}))
    try:
        row = _only(answer, "ntqadinfz", accnbr=account_no)
        booked, available = signed_money(needed(row, "onlblv")), signed_money(needed(row, "avlblv"))
    except (BadValue, Malformed) as wrong:
        raise session.malformed("NTQADINF", wrong) from wrong
    return BankBalance(booked, available, session.kept)


async def of_unit(session: Session, account_no: str, unit: str) -> BankBalance:
    """NTDMABAL. The bank tells one balance of a unit and no holds on it."""
    answer = await session.read(Request("NTDMABAL", {"ntdmabalx": [{"accnbr": account_no, "dmanbr": unit}]}))
    try:
        row = _only(answer, "ntdmabalz", accnbr=account_no, dmanbr=unit)
        booked = signed_money(needed(row, "actbal"))
    except (BadValue, Malformed) as wrong:
        raise session.malformed("NTDMABAL", wrong) from wrong
    return BankBalance(booked, booked, session.kept)


def opened_name(session: Session, answer: Answer, asked: Row) -> str:
    """The name under which the unit was opened. Raises MalformedAnswer when another unit, or none, was."""
    try:
        row = _only(answer, "ntdmaaddz", accnbr=asked["accnbr"], dmanbr=asked["dmanbr"])
    except (BadValue, Malformed) as wrong:
        raise session.malformed("NTDMAADD", wrong) from wrong
    return row.get("dmanam") or asked["dmanam"]


def _only(answer: Answer, name: str, **asked: str) -> Row:
    rows = answer.rows(name)
    if len(rows) != 1:
        raise BadValue(f"{name} has {len(rows)} rows")
    if rows[0].get("errcod", DONE) not in {DONE, ""}:
        raise BadValue(f"errcod {rows[0]['errcod'][:20]}")
    for field, value in asked.items():
        if rows[0].get(field) != value:
            raise BadValue(f"{field} is another's")
    return rows[0]
