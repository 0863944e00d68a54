"""Sub-accounts and balances: DLBREGSN, DLSASQRY, DLBALQRY, DLSUBBAL."""

import re

from ankuan_bank_citic_simulator.codes import BAD_MESSAGE, DONE, REFUSALS, WireRefusal
from ankuan_bank_citic_simulator.wire import Ask, Reply, Row, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.models import Account, AccountKind, Refusal


def register(bank: Bank, ask: Ask) -> Reply:
    """DLBREGSN: open one sub-account, numbered by the bank (0) or by the customer's tail of seven digits (1)."""
    if ask.text("appFlag") not in {"2", "3"} or ask.text("accGenType") not in {"0", "1"}:
        raise WireRefusal(*BAD_MESSAGE, detail="appFlag/accGenType")
    tail = None
    if ask.text("accGenType") == "1":
        tail = ask.needed("subAccNo")
        if not re.fullmatch(r"(?!0{7})\d{7}", tail, re.ASCII):
            raise WireRefusal(*BAD_MESSAGE, detail="subAccNo")
    main = ask.needed("mainAccNo")
    opened = bank.open_sub(main, ask.needed("subAccNm"), tail)
    return Reply(fields={"subAccNo": opened.number, "subAccNm": opened.name, "hostNo": bank.numbering.prefix(main)})


def signing(bank: Bank, ask: Ask) -> Reply:
    """DLSASQRY: state of sub-accounts; stt 0 is normal. Asked for one number, or for a list of rows."""
    numbers = [row.get("subAccNo", "") for row in ask.rows] or [ask.needed("subAccNo")]
    rows = []
    for number in numbers:
        account = bank.state.account(number)
        known = account is not None and account.kind in {AccountKind.SUB, AccountKind.ADJUSTMENT}
        code, text = (DONE, "正常") if known else REFUSALS[Refusal.NO_SUCH_ACCOUNT]
        row = {"status": code, "statusText": text, "subAccNo": number}
        rows.append({**row, "subAccNm": account.name, "stt": "0"} if account is not None and known else row)
    return Reply(rows=rows)


def main_balance(bank: Bank, ask: Ask) -> Reply:
    """DLBALQRY: balances of main accounts, one row each."""
    return Reply(rows=[_balance_row(bank, row.get("accountNo", "")) for row in ask.rows])


def _balance_row(bank: Bank, number: str) -> Row:
    account = bank.state.account(number)
    if account is None or account.kind is not AccountKind.MAIN:
        code, text = REFUSALS[Refusal.NO_SUCH_ACCOUNT]
        return {"status": code, "statusText": text, "accountNo": number}
    booked, available = bank.state.main_balance(number)
    entries = bank.state.by_main.get(number)
    return {
        "status": DONE,
        "statusText": "交易成功",
        "accountNo": number,
        "accountName": account.name,
        "currencyID": "01",
        "openBankName": "中信银行示例支行",
        "lastTranDate": entries[-1].value_date.replace("-", "") if entries else "",
        "usableBalance": yuan(available),
        "balance": yuan(booked),
        "forzenAmt": yuan(booked - available),
    }


def sub_balance(bank: Bank, ask: Ask) -> Reply:
    """DLSUBBAL: balance of one sub-account or of the public adjustment account."""
    account: Account = bank.account(ask.needed("subAccNo"), AccountKind.SUB, AccountKind.ADJUSTMENT)
    return Reply(
        fields={
            "subAccNo": account.number,
            "subAccNm": account.name,
            "actBal": yuan(account.available),
            "balance": yuan(account.balance),
            "frozenAmt": yuan(account.held),
            "overAmt": "0.00",
            "cryType": "01",
        }
    )
