"""What was booked: DLTRNALL (main account), DLSTRNDT (all sub-accounts), DLSUBDTL (one of them)."""

from collections.abc import Iterable
from datetime import timedelta

from ankuan_bank_citic_simulator.codes import BAD_MESSAGE, REFUSALS, TOO_LONG_SPAN, WireRefusal
from ankuan_bank_citic_simulator.wire import Ask, Reply, Row, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import INCOME, OUTSIDE, Account, AccountKind, Entry, EntryKind, Refusal
from ankuan_simcore.telling import told_page, told_rows

_SPAN = timedelta(days=92)
_INCREMENT_LIMIT = 500


def flow_no(entry: Entry) -> str:
    """HOSTFLW / TRANNO, 14 characters."""
    return f"KEB{entry.no:011d}"


def leg_no(entry: Entry, account: str) -> str:
    """HOSTSEQ, 13 characters: one of the two sides of a booking."""
    return f"{1 if entry.debit == account else 2:013d}"


def mix_no(entry: Entry) -> str:
    """MIXNO, 13 characters."""
    return f"M{entry.no:012d}"


def sub_lines(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLSTRNDT: bookings on the sub-accounts of a main account. queryType 1 pages, 2 goes on after a booking, 3 all."""
    main = bank.account(ask.needed("accountNo"), AccountKind.MAIN).number
    mode = ask.text("queryType")
    if mode not in {"1", "2", "3"}:
        raise WireRefusal(*BAD_MESSAGE, detail="queryType")
    rows = list(_sub_rows(bank, main, ask))
    wanted = ask.count("pageNumber", 10)
    if mode == "2":
        after = (ask.text("lastHostFlw"), ask.text("lastHostSeq"))
        rows = [row for row in rows if (row["HOSTFLW"], row["HOSTSEQ"]) > after][: min(wanted, _INCREMENT_LIMIT)]
    else:
        rows = _between(ask, rows, "TRANDATE")
        if mode == "1":
            rows = told_page(plans, rows, ask.count("startRecord", 1) - 1, min(wanted, 10))
    rows = told_rows(plans, rows)
    return Reply(fields={"returnRecords": str(len(rows))}, rows=rows)


def _sub_rows(bank: Bank, main: str, ask: Ask) -> Iterable[Row]:
    entries = bank.state.by_main.get(main, [])
    fees = {e.parent: e.fen for e in entries if e.kind is EntryKind.FEE and e.parent}
    # Skipping by number keeps a poll cheap however long the book is.
    start = int(ask.text("lastHostFlw")[3:] or "0") if ask.text("queryType") == "2" else 0
    for entry in entries:
        if entry.no < start or (entry.kind is EntryKind.FEE and entry.parent):
            continue
        for number, counter in ((entry.debit, entry.credit), (entry.credit, entry.debit)):
            account = bank.account(number)
            if account.kind is AccountKind.SUB and ask.text("subAccNo") in {"", number}:
                yield _sub_row(bank, entry, account, counter, fees.get(entry.no, 0))


def _sub_row(bank: Bank, entry: Entry, account: Account, counter: str, fee: int) -> Row:
    number, name, branch = _counter(bank, entry, counter)
    return {
        "subAccNo": account.number,
        "TRANTYPE": _tran_type(entry, account),
        "TRANDATE": entry.value_date.replace("-", ""),
        "TRANTIME": entry.booked_at[11:19].replace(":", ""),
        "HOSTFLW": flow_no(entry),
        "HOSTSEQ": leg_no(entry, account.number),
        "OPPACCNO": number,
        "OPPACCNAME": name,
        "OPPBRANCHNAME": branch,
        "CDFG": "D" if entry.debit == account.number else "C",
        "TRANAMT": yuan(entry.fen),
        "ACCBAL": yuan(entry.debit_after if entry.debit == account.number else entry.credit_after),
        "XTSFAM": yuan(fee),
        "RESUME": entry.remark,
        "OPPBANKNO": "",
    }


def _tran_type(entry: Entry, account: Account) -> str:
    special = {
        EntryKind.INTERNAL: "11",
        EntryKind.INTEREST: "13",
        EntryKind.FEE: "14",
        EntryKind.ADJUSTMENT: "16",
    }
    return special.get(entry.kind) or ("22" if account.kind is AccountKind.ADJUSTMENT else "23")


def _counter(bank: Bank, entry: Entry, counter: str) -> tuple[str, str, str]:
    if counter in {OUTSIDE, INCOME}:
        return entry.counter_account, entry.counter_name, entry.counter_bank
    other = bank.account(counter)
    return other.number, other.name, "中信银行"


def account_lines(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLSUBDTL: bookings on one sub-account, or on the public adjustment account; tranType 1: those to be moved."""
    account = bank.account(ask.needed("subAccNo"), AccountKind.SUB, AccountKind.ADJUSTMENT)
    if ask.day("endDate") - ask.day("startDate") > _SPAN:
        raise WireRefusal(*TOO_LONG_SPAN)
    waiting_only = ask.text("tranType") == "1"
    if waiting_only and account.kind is not AccountKind.ADJUSTMENT:
        raise WireRefusal(*REFUSALS[Refusal.NO_SUCH_ACCOUNT])
    rows = []
    for entry in bank.state.by_account.get(account.number, []):
        if waiting_only and bank.state.adjustable.get(entry.no, 0) <= 0:
            continue
        rows.append(_account_row(bank, entry, account, with_time=ask.text("controlFlag") == "1"))
    rows = _of_amount(ask, _between(ask, rows, "TRANDATE"), "minAmt", "maxAmt", "TRANAMT")
    rows = told_rows(plans, rows)
    return Reply(fields={"returnRecords": str(len(rows))}, rows=rows)


def _account_row(bank: Bank, entry: Entry, account: Account, *, with_time: bool) -> Row:
    out = entry.debit == account.number
    number, name, branch = _counter(bank, entry, entry.credit if out else entry.debit)
    row = {
        "subAccNo": account.number,
        "MNGNODE": "",
        "TRANAMT": yuan(entry.fen),
        "ACCBAL": yuan(entry.debit_after if out else entry.credit_after),
        "OTHERACCNO": number,
        "OTHERACCNAME": name,
        "OPENACCNAME": branch,
        "TRANTYPE": _tran_type(entry, account),
        "TRANDATE": entry.value_date.replace("-", ""),
        "MEMO": entry.remark,
        "TRANNO": flow_no(entry),
        "MIXNO": mix_no(entry) if entry.no in bank.state.adjustable and not out else "",
        "CDFG": "D" if out else "C",
        "CRYTYPE": "01",
    }
    return {**row, "TRANTIME": entry.booked_at[11:19].replace(":", "")} if with_time else row


def main_lines(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLTRNALL: what crossed the edge of the main account; moves between its sub-accounts do not show."""
    main = bank.account(ask.needed("accountNo"), AccountKind.MAIN).number
    if ask.day("endDate") - ask.day("startDate") > _SPAN:
        raise WireRefusal(*TOO_LONG_SPAN)
    rows, balance = [], 0
    for entry in bank.state.by_main.get(main, []):
        credited = entry.debit in {OUTSIDE, INCOME}
        if credited or entry.credit in {OUTSIDE, INCOME}:
            balance += entry.fen if credited else -entry.fen
            rows.append(_main_row(entry, credited=credited, balance=balance))
    rows = _of_amount(ask, _between(ask, rows, "tranDate"), "lowAmount", "upAmount", "tranAmount")
    first, count = ask.count("startRecord", 1) - 1, min(ask.count("pageNumber", 20), 20)
    page = told_page(plans, told_rows(plans, rows), first, count)
    return Reply(fields={"totalRecords": str(len(rows)), "returnRecords": str(len(page))}, rows=page)


def _main_row(entry: Entry, *, credited: bool, balance: int) -> Row:
    day = entry.value_date.replace("-", "")
    returned = entry.kind is EntryKind.RETURNED
    return {
        "tranDate": day,
        "tranTime": entry.booked_at[11:19].replace(":", ""),
        "tranNo": flow_no(entry),
        "sumTranNo": leg_no(entry, entry.credit if credited else entry.debit),
        "tranAmount": yuan(entry.fen),
        "creditDebitFlag": "C" if credited else "D",
        "oppAccountNo": entry.counter_account,
        "oppAccountName": entry.counter_name,
        "oppOpenBankName": entry.counter_bank,
        "abstract": entry.remark,
        "cashTransferFlag": "1",
        "balance": yuan(balance),
        "valueDate": day,
        "e3rtDate": day if returned else "",
        "e3rtFlag": "0" if returned else "1",
    }


def _between(ask: Ask, rows: list[Row], column: str) -> list[Row]:
    first, last = ask.day("startDate").strftime("%Y%m%d"), ask.day("endDate").strftime("%Y%m%d")
    return [row for row in rows if first <= row[column] <= last]


def _of_amount(ask: Ask, rows: list[Row], low: str, high: str, column: str) -> list[Row]:
    least = ask.fen(low) if ask.text(low) else 0
    most = ask.fen(high) if ask.text(high) else 10**17
    return [row for row in rows if least <= int(row[column].replace(".", "")) <= most]
