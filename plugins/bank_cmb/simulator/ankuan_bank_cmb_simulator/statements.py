"""What was booked: trsQryByBreakPoint (the account), NTDMTHLS and NTDMTLST (its units), BB1PAYQB (what came back)."""

from collections.abc import Callable, Iterable
from typing import Any

from ankuan_bank_cmb_simulator.accounts import unit_account, unit_of
from ankuan_bank_cmb_simulator.codes import BAD_MESSAGE, WireRefusal
from ankuan_bank_cmb_simulator.payments import request_no
from ankuan_bank_cmb_simulator.wire import Ask, Fields, Reply, Row, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import Account, AccountKind, Entry, EntryKind, OrderState
from ankuan_simcore.telling import told_fen, told_name, told_page, told_rows

PAGE = 200
_NO_COUNTER = {EntryKind.INTEREST, EntryKind.FEE}


def sequence_no(entry: Entry) -> str:
    """transSequenceIdn."""
    return f"C{entry.no:014d}"


def account_lines(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """trsQryByBreakPoint: what crossed the edge of the account, by days, up to 200 rows a page."""
    asked = ask.only("TRANSQUERYBYBREAKPOINT_X1")
    main = bank.account(asked.needed("cardNbr"), AccountKind.MAIN).number
    first, last = f"{asked.day('beginDate'):%Y-%m-%d}", f"{asked.day('endDate'):%Y-%m-%d}"
    wanted = asked.one_of("loanCode", "", "C", "D")
    entries = [
        entry
        for entry in bank.state.by_main.get(main, [])
        if bank.crosses_edge(entry)
        and first <= entry.value_date <= last
        and wanted in {"", _direction(bank, entry, main)}
    ]
    entries.sort(key=lambda entry: (entry.value_date, entry.no))
    start = _break_point(ask, asked, main, entries)
    page = told_page(plans, entries, start, PAGE)
    state: Row = {"ctnFlag": "N", "queryAcctNbr": main}
    body: dict[str, list[Row]] = {"TRANSQUERYBYBREAKPOINT_Z1": [state]}
    if start + PAGE < len(entries):
        following = entries[start + PAGE]
        state["ctnFlag"] = "Y"
        point = {"acctNbr": main, "transDate": following.value_date.replace("-", "")}
        body["TRANSQUERYBYBREAKPOINT_Y1"] = [{**point, "expectNextSequence": str(following.no)}]
    balances = _balances(bank, main)
    rows = [_account_row(bank, entry, main, plans) for entry in told_rows(plans, page)]
    body["TRANSQUERYBYBREAKPOINT_Z2"] = [{**row, "acctOnlineBal": balances[row["transSequenceIdn"]]} for row in rows]
    return Reply(body=body)


def _break_point(ask: Ask, asked: Fields, main: str, entries: list[Entry]) -> int:
    after = ask.after("TRANSQUERYBYBREAKPOINT_Y1")
    if not after.row:
        return 0
    if asked.text("queryAcctNbr") != main or after.text("acctNbr") != main:
        raise WireRefusal(*BAD_MESSAGE, detail="queryAcctNbr")
    place = (f"{after.day('transDate'):%Y-%m-%d}", int(after.needed("expectNextSequence")))
    return next((at for at, entry in enumerate(entries) if (entry.value_date, entry.no) >= place), len(entries))


def _balances(bank: Bank, main: str) -> dict[str, str]:
    """Balance of the whole account after each booking that crossed its edge, in the order of booking."""
    balance, found = 0, {}
    for entry in bank.state.by_main.get(main, []):
        if bank.crosses_edge(entry):
            balance += entry.fen if _direction(bank, entry, main) == "C" else -entry.fen
            found[sequence_no(entry)] = yuan(balance)
    return found


def _own_side(bank: Bank, entry: Entry, main: str) -> Account:
    credit = bank.state.account(entry.credit)
    return credit if credit is not None and credit.main == main else bank.account(entry.debit)


def _direction(bank: Bank, entry: Entry, main: str) -> str:
    return "C" if _own_side(bank, entry, main).number == entry.credit else "D"


def _account_row(bank: Bank, entry: Entry, main: str, plans: list[Plan]) -> Row:
    own, direction = _own_side(bank, entry, main), _direction(bank, entry, main)
    bare = entry.kind in _NO_COUNTER
    word = {EntryKind.INTEREST: "结息 "}.get(entry.kind, "")
    return {
        "transDate": entry.value_date.replace("-", ""),
        "transTime": entry.booked_at[11:19].replace(":", ""),
        "transSequenceIdn": sequence_no(entry),
        "loanCode": direction,
        "transAmount": yuan(told_fen(plans, entry.fen)),
        "ctpAcctNbr": "" if bare else entry.counter_account,
        "ctpAcctName": "" if bare else told_name(plans, entry.counter_name),
        "ctpBankName": "" if bare else entry.counter_bank,
        "remarkTextClt": word + entry.remark,
        "yurRef": entry.client_ref,
        "requestNbr": request_no(entry.client_ref) if entry.client_ref else "",
        "virtualNbr": unit_of(bank, own) if own.kind is AccountKind.SUB else "",
        "reversalFlag": "*" if entry.kind is EntryKind.REVERSAL else "",
    }


def unit_history(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """NTDMTHLS: entries of the units on the days before today."""
    asked = ask.only("ntdmthlsx")
    first, last = f"{asked.day('begdat'):%Y-%m-%d}", f"{asked.day('enddat'):%Y-%m-%d}"
    return _unit_page(bank, ask, plans, "ntdmthls", lambda entry: first <= entry.day <= last and entry.day < bank.today)


def unit_today(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """NTDMTLST: today's entries of the units. Asked for one unit, moves to it that are under way go on."""
    asked = ask.only("ntdmtlstx")
    hidden = set()
    if asked.text("dmanbr"):
        target = unit_account(bank, asked.needed("accnbr"), asked.text("dmanbr")).number
        moves = [o for o in bank.state.orders.values() if o.action == "NTDMITRX" and o.payee == target]
        watched = [o for o in moves if o.state is OrderState.PROCESSING or o.hidden_queries or o.hidden_until]
        hidden = {order.client_ref for order in watched if bank.lookup(order.client_ref) is None}
    today = bank.today
    return _unit_page(bank, ask, plans, "ntdmtlst", lambda entry: entry.day == today and entry.client_ref not in hidden)


def _unit_page(bank: Bank, ask: Ask, plans: list[Plan], name: str, wanted: Callable[[Entry], Any]) -> Reply:
    asked = ask.only(f"{name}x")
    main = bank.account(asked.needed("accnbr"), AccountKind.MAIN).number
    only = unit_account(bank, main, asked.text("dmanbr")).number if asked.text("dmanbr") else ""
    sides = [side for side in _sides(bank, main, wanted) if only in {"", side[1].number}]
    start = int(ask.after(f"{name}y").text("ctnkey") or "0")
    page = told_page(plans, sides, start, PAGE)
    rows = [_unit_row(bank, entry, own, plans) for entry, own in told_rows(plans, page)]
    body = {f"{name}z": rows}
    if start + PAGE < len(sides):
        body[f"{name}y"] = [{"ctnkey": str(start + PAGE)}]
    return Reply(body=body)


def _sides(bank: Bank, main: str, wanted: Callable[[Entry], Any]) -> Iterable[tuple[Entry, Account]]:
    for entry in bank.state.by_main.get(main, []):
        if wanted(entry):
            for number in (entry.debit, entry.credit):
                account = bank.account(number)
                if account.main == main:
                    yield entry, account


def _unit_row(bank: Bank, entry: Entry, own: Account, plans: list[Plan]) -> Row:
    out = own.number == entry.debit
    other = bank.account(entry.credit if out else entry.debit)
    inside = other.main == own.main
    return {
        "accnbr": own.main,
        "dmanbr": unit_of(bank, own),
        "dmanam": own.name,
        "ccynbr": "10",
        "trxamt": yuan(told_fen(plans, entry.fen)),
        "trxdir": "D" if out else "C",
        "trxdat": entry.day.replace("-", ""),
        "trxtim": entry.booked_at[11:19].replace(":", ""),
        "trxnbr": f"N{entry.no:012d}",
        "trxtxt": entry.remark,
        "narinn": "",
        "rpyacc": own.main + unit_of(bank, other) if inside else entry.counter_account,
        "rpynam": other.name if inside else entry.counter_name,
        "onlbal": yuan(entry.debit_after if out else entry.credit_after),
        "autflg": "N",
    }


def returned(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """BB1PAYQB: payments that came back within days. It spans all accounts of the customer."""
    asked = ask.only("bb1payqbx1")
    asked.one_of("busCod", "N02030")
    first, last = f"{asked.day('begDat'):%Y-%m-%d}", f"{asked.day('endDat'):%Y-%m-%d}"
    entries = [
        entry
        for entry in bank.state.entries.values()
        if entry.kind is EntryKind.RETURNED and entry.parent and first <= entry.day <= last
    ]
    start = int(asked.text("ctnKey") or "0")
    page = told_rows(plans, told_page(plans, entries, start, 100))
    body = {"bb1payqbz1": [_returned_row(bank, entry, plans) for entry in page]}
    if start + 100 < len(entries):
        body["bb1payqby1"] = [{"ctnKey": str(start + 100)}]
    return Reply(body=body)


def _returned_row(bank: Bank, entry: Entry, plans: list[Plan]) -> Row:
    reference = bank.state.entries[entry.parent].client_ref
    return {
        "yurRef": reference,
        "reqNbr": request_no(reference),
        "trsAmt": yuan(told_fen(plans, entry.fen)),
        "crtAcc": entry.counter_account,
        "crtNam": entry.counter_name,
        "rtnDat": entry.day.replace("-", ""),
        "rtnNar": entry.remark,
    }
