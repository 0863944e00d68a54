"""Money from the main account to a sub-account: the bank wants to hear which booking it came with."""

from datetime import date

from ankuan.plugin_api.bank import FundAccountRef, LineKind, TransferOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan_bank_citic.cursor import SPAN
from ankuan_bank_citic.lines import adjustment_account_line
from ankuan_bank_citic.mapping import BadValue
from ankuan_bank_citic.session import Session
from ankuan_bank_citic.values import wire_day

_FREE_KINDS = frozenset({LineKind.ADJUSTMENT, LineKind.INTEREST})


async def source_booking(session: Session, account: FundAccountRef, order: TransferOrder, today: date) -> str | None:
    """A booking that waits on the public adjustment account (DLSUBDTL, tranType 1), or ``None``. Raises read errors.

    Only what was moved there from sub-accounts, and interest. Money from outside waits there for its owner: to give it
    to somebody is an adjustment, in which a person names the booking.
    """
    if not account.adjustment_account_no:
        raise CannotExpress("该主账户未登记公共调账账号")
    fields = {
        "subAccNo": account.adjustment_account_no,
        "startDate": wire_day(today - SPAN),
        "endDate": wire_day(today),
        "tranType": "1",
        "minAmt": "",
        "maxAmt": "",
        "controlFlag": "1",
    }
    answer = await session.read("DLSUBDTL", fields)
    found = []
    try:
        for row in answer.rows:
            line = adjustment_account_line(row)
            if row.get("subAccNo") != account.adjustment_account_no:
                raise BadValue("a row of another account")
            is_free = row["CDFG"] == "C" and line.kind in _FREE_KINDS and row.get("MIXNO")
            if is_free and line.amount >= order.amount:
                place = f"{row['TRANDATE']}|{row['TRANNO']}|{row['MIXNO']}"
                found.append((line.amount != order.amount, line.booked_on, place))
    except BadValue as wrong:
        raise session.malformed("DLSUBDTL", wrong) from wrong
    return min(found)[2] if found else None
