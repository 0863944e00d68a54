"""Balances: QACCBAL."""

from ankuan.plugin_api.bank import BankBalance
from ankuan_bank_icbc.compose import CURRENCY
from ankuan_bank_icbc.messages import OK
from ankuan_bank_icbc.session import Session
from ankuan_bank_icbc.values import BadValue, fen, needed


async def of_account(session: Session, account_no: str) -> BankBalance:
    """Booked and available balance of the account. Raises read errors."""
    row = {
        "iSeqno": "1",
        "AccNo": account_no,
        "CurrType": CURRENCY,
        "ReqReserved3": "",
        "AcctSeq": "",
        "MainAcctNo": "",
    }
    request = session.question("QACCBAL", {"TotalNum": "1", "BLFlag": "", "SynFlag": ""}, [row])
    answer = await session.read(request)
    try:
        if len(answer.rows) != 1 or answer.rows[0].get("iRetCode", OK) not in {OK, ""}:
            raise BadValue("no balance row")
        told = answer.rows[0]
        if needed(told, "AccNo") != account_no:
            raise BadValue("the balance of another account")
        return BankBalance(fen(needed(told, "Balance")), fen(needed(told, "UsableBalance")), session.kept)
    except BadValue as wrong:
        raise session.malformed("QACCBAL", wrong) from wrong
