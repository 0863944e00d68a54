"""Sub-accounts and balances: DLBREGSN, DLSASQRY, DLSBALQR, DLBALQRY, DLSUBBAL."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import overload

from ankuan_bank_citic_simulator.codes import BAD_MESSAGE, DONE, REFUSALS, WireRefusal
from ankuan_bank_citic_simulator.wire import Ask, Reply, Row, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import Account, AccountKind, Refusal
from ankuan_simcore.telling import told_page, told_rows

_PAGE_ROWS = 200


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
    """DLSASQRY: state of sub-accounts; stt 0 is normal, 2 closed. Asked for one number, or for a list of rows."""
    numbers = [row.get("subAccNo", "") for row in ask.rows] or [ask.needed("subAccNo")]
    rows = []
    for number in numbers:
        account = bank.state.account(number)
        known = account is not None and account.kind in {AccountKind.SUB, AccountKind.ADJUSTMENT}
        code, text = (DONE, "交易成功") if known else REFUSALS[Refusal.NO_SUCH_ACCOUNT]
        row = {"status": code, "statusText": text, "subAccNo": number}
        if account is not None and known:
            row |= {"subAccNm": account.name, "stt": "2" if account.closed else "0"}
        rows.append(row)
    return Reply(rows=rows)


def sub_balances(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLSBALQR: one sub-account, or page by page all that were ever opened, in the order of their numbers."""
    main = bank.account(ask.needed("accountNo"), AccountKind.MAIN).number
    if number := ask.text("subAccNo"):
        accounts, total = [bank.account(number, AccountKind.SUB)], 1
    else:
        pool = _Pool(bank, main)
        count = min(ask.count("pageNumber", 10), _PAGE_ROWS)
        accounts, total = told_page(plans, pool, ask.count("startRecord", 1) - 1, count), len(pool)
    rows = [_pool_row(account) for account in told_rows(plans, accounts)]
    return Reply(fields={"totalRecords": str(total), "returnRecords": str(len(rows))}, rows=rows)


class _Pool(Sequence[Account]):
    """All sub-accounts of a main account by their place in the list, a million of them as quickly as ten."""

    def __init__(self, bank: Bank, main: str) -> None:
        self._bank, self._main = bank, main

    def __len__(self) -> int:
        return self._bank.sub_count(self._main)

    @overload
    def __getitem__(self, place: int) -> Account: ...
    @overload
    def __getitem__(self, place: slice) -> list[Account]: ...
    def __getitem__(self, place: int | slice) -> Account | list[Account]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, last, _ = place.indices(len(self))
        if first >= last:
            return []
        numbering = self._bank.numbering
        tails = range(numbering.last_tail + 2)
        tail = bisect_left(tails, first + 1, key=self._below) - 1
        return self._bank.subs(self._main, numbering.sub(self._main, tail - 1), last - first)

    def _below(self, tail: int) -> int:
        """How many sub-accounts have a smaller tail."""
        bulk = (max(0, min(tail - first, count)) for first, count, _ in self._bank.state.ranges[self._main])
        return bisect_left(self._bank.state.singles[self._main], tail) + sum(bulk)


def _pool_row(account: Account) -> Row:
    return {
        "SUBACCNO": account.number,
        "SUBACCNM": account.name,
        "TZAMT": "0.00",
        "XSACVL": yuan(account.available),
        "KYAMT": yuan(account.available),
        "SJAMT": yuan(account.balance),
        "DJAMT": yuan(account.held),
    }


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
