"""Units and balances: NTDMAADD, NTQADINF, NTDMABAL."""

import re

from ankuan_bank_cmb_simulator.codes import BAD_MESSAGE, DONE, REFUSALS, WireRefusal
from ankuan_bank_cmb_simulator.wire import Ask, Reply, Row, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import Account, AccountKind, Refusal
from ankuan_simcore.telling import told_balance

DEFAULT_UNIT = "0" * 10


def open_unit(bank: Bank, ask: Ask, _plans: list[Plan]) -> Reply:
    """NTDMAADD: open one unit under the number that the customer has chosen."""
    row = ask.only("ntdmaaddx")
    unit = row.needed("dmanbr")
    if not re.fullmatch(r"(?!0{10})\d{10}", unit, re.ASCII) or len(row.needed("dmanam").encode("gbk", "replace")) > 62:
        raise WireRefusal(*BAD_MESSAGE, detail="dmanbr/dmanam")
    main = bank.account(row.needed("accnbr"), AccountKind.MAIN).number
    opened = bank.open_sub(main, row.needed("dmanam"), unit)
    told = {"accnbr": main, "dmanbr": unit, "dmanam": opened.name, "errcod": DONE, "errtxt": ""}
    return Reply(body={"ntdmaaddz": [told]})


def balances(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """NTQADINF: balances of up to thirty accounts."""
    rows = [_balance(bank, row.needed("bbknbr"), row.needed("accnbr"), plans) for row in ask.rows("ntqadinfx", most=30)]
    return Reply(body={"ntqadinfz": rows})


def _balance(bank: Bank, branch: str, number: str, plans: list[Plan]) -> Row:
    account = bank.state.account(number)
    if account is None or account.kind is not AccountKind.MAIN:
        code, text = REFUSALS[Refusal.NO_SUCH_ACCOUNT]
        return {"bbknbr": branch, "accnbr": number, "errcod": code, "errtxt": text}
    booked, available = bank.state.main_balance(number)
    return {
        "bbknbr": branch,
        "accnbr": number,
        "accnam": account.name,
        "ccynbr": "10",
        "onlblv": yuan(told_balance(plans, booked)),
        "avlblv": yuan(told_balance(plans, available)),
        "hldblv": yuan(booked - available),
        "accblv": yuan(booked),
        "stscod": "A",
        "errcod": DONE,
    }


def unit_balance(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """NTDMABAL: balance of one unit, the default unit included."""
    row = ask.only("ntdmabalx")
    account = unit_account(bank, row.needed("accnbr"), row.needed("dmanbr"))
    told = {
        "accnbr": account.main,
        "dmanbr": unit_of(bank, account),
        "dmanam": account.name,
        "ccynbr": "10",
        "actbal": yuan(told_balance(plans, account.balance)),
    }
    return Reply(body={"ntdmabalz": [told]})


def unit_account(bank: Bank, main: str, unit: str) -> Account:
    """The account of a unit; empty and ten zeros are the default unit."""
    bank.account(main, AccountKind.MAIN)
    if unit in {"", DEFAULT_UNIT}:
        return bank.account(bank.standing(main), AccountKind.ADJUSTMENT)
    found = bank.account(f"{main}{unit}", AccountKind.SUB)
    if found.main != main:
        raise WireRefusal(*REFUSALS[Refusal.NO_SUCH_ACCOUNT])
    return found


def unit_of(bank: Bank, account: Account) -> str:
    """The number of a unit."""
    return bank.numbering.tail(account.number) if account.kind is AccountKind.SUB else DEFAULT_UNIT
