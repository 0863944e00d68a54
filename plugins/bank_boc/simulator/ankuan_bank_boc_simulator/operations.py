"""What each transaction does."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from ankuan_bank_boc_simulator.wire import (
    MORE,
    NO_SUCH_ORDER,
    OK,
    Ask,
    Cells,
    Reply,
    WireRefusal,
    fen,
    needed,
    text,
    yuan,
)
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import INCOME, OUTSIDE, Account, AccountKind, Entry, EntryKind, Order, OrderState, Refusal
from ankuan_simcore.receipts import receipt_no, receipt_pdf
from ankuan_simcore.telling import told_balance, told_fen, told_name, told_page, told_rows

TOKEN = "T0KEN"  # noqa: S105 - everybody's at a simulated bank
STATES = {
    OrderState.SETTLED: OK,
    OrderState.RETURNED: OK,
    OrderState.PROCESSING: ("B054", "处理中"),
    OrderState.APPROVAL: ("B052", "待授权"),
}
REFUSALS: dict[Refusal, tuple[str, str]] = {
    Refusal.NO_SUCH_ACCOUNT: ("B301", "账号不存在或状态不正常"),
    Refusal.INSUFFICIENT: ("B302", "账户可用余额不足"),
    Refusal.PAYEE_REFUSED: ("B303", "收款账号有误"),
    Refusal.NAME_MISMATCH: ("B304", "收款账号户名不符"),
    Refusal.BAD_AMOUNT: ("B305", "金额有误"),
    Refusal.DUPLICATE: ("B306", "指令标识重复"),
    Refusal.OUT_OF_HOURS: ("B307", "不在大额支付受理时间"),
    Refusal.SCRIPTED: ("B308", "银行拒绝受理"),
}
_WORDS = {EntryKind.INTEREST: "结息", EntryKind.FEE: "手续费", EntryKind.REVERSAL: "冲正"}
_LARGEST_BATCH = 1000


@dataclass(frozen=True, slots=True)
class _Booked:
    """A booking seen from the main account, with the balance after it."""

    entry: Entry
    credited: bool
    total: int


def refusal(reason: Refusal) -> tuple[str, str]:
    """Code and text of a refusal."""
    return REFUSALS.get(reason, ("B399", "交易状态不允许"))


def sign_in(_bank: Bank, _ask: Ask, _plans: list[Plan]) -> Reply:
    """b2e0001."""
    return Reply(rows=[{"token": TOKEN}])


def balance(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """b2e0005."""
    main = bank.account(needed(ask.first, "account/actacn"), AccountKind.MAIN)
    booked, available = bank.state.main_balance(main.number)
    row: Cells = {
        "account": {"ibknum": text(ask.first, "account/ibknum"), "actacn": main.number, "actname": main.name},
        "balance": {
            "bokbal": yuan(told_balance(plans, booked)),
            "avabal": yuan(told_balance(plans, available)),
            "stpamt": "0.00",
        },
        "baldat": bank.today.replace("-", ""),
    }
    return Reply(rows=[row])


def pay(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """b2e0009: one row or many. A message with many rows is a batch, known by its rows' references."""
    if len(ask.rows) > _LARGEST_BATCH:
        raise WireRefusal("B103", "超过一千笔")
    orders = [
        Order(
            client_ref=needed(row, "insid"),
            action="b2e0009",
            payer=bank.account(needed(row, "fractn/actacn"), AccountKind.MAIN).number,
            payee=needed(row, "toactn/actacn"),
            payee_name=needed(row, "toactn/toname"),
            payee_bank=text(row, "toactn/tobknm"),
            fen=fen(row, "trnamt"),
            remark=text(row, "furinfo"),
            state=OrderState.SETTLED,
            submitted_at=bank.state.clock.now().isoformat(timespec="seconds"),
        )
        for row in ask.rows
    ]
    if len(orders) == 1:
        taken = [bank.submit(orders[0], plans)]
    else:
        taken = bank.rows(bank.submit_batch(f"M{ask.head['trnid']}{orders[0].client_ref}", orders, plans))
    return Reply(rows=[_order_row(order) for order in taken])


def _order_row(order: Order) -> Cells:
    code, told = STATES.get(order.state) or refusal(Refusal(order.code))
    return {
        "status": {"rspcod": code, "rspmsg": order.text or told},
        "insid": order.client_ref,
        "obssid": f"OBSS{order.entries[0]:010d}" if order.entries else "",
    }


def result(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """b2e0007: what became of one reference."""
    wanted = needed(ask.first, "insid")
    if find(plans, Fault.LIE_SUCCESS):
        return Reply(rows=[{"status": {"rspcod": OK[0], "rspmsg": "ok"}, "insid": wanted, "obssid": "OBSS0"}])
    order = bank.lookup(wanted)
    if order is None:
        raise WireRefusal(*NO_SUCH_ORDER)
    return Reply(rows=[_order_row(order)])


def lines(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """b2e0035: bookings of some days, by pages."""
    main = bank.account(needed(ask.first, "actacn"), AccountKind.MAIN)
    first, last = _day(needed(ask.first, "datescope/from")), _day(needed(ask.first, "datescope/to"))
    total = 0
    rows: list[_Booked] = []
    for entry in bank.state.by_main.get(main.number, []):
        credited = entry.debit in {OUTSIDE, INCOME}
        if credited or entry.credit in {OUTSIDE, INCOME}:
            total += entry.fen if credited else -entry.fen
            if first <= entry.value_date <= last:
                rows.append(_Booked(entry, credited, total))
    begin, wanted = int(needed(ask.first, "begnum")) - 1, min(int(needed(ask.first, "recnum")), 200)
    page = told_page(plans, rows, begin, wanted)
    told = told_rows(plans, page)
    listed = [_line(plans, number, main, booked) for number, booked in enumerate(told)]
    status = MORE if begin + len(page) < len(rows) else OK
    return Reply(status, {"totalnum": str(len(rows)), "notenum": str(len(listed))}, listed)


def _line(plans: list[Plan], number: int, main: Account, booked: _Booked) -> Cells:
    entry, credited = booked.entry, booked.credited
    counter = told_name(plans, entry.counter_name)
    ours, other = (main.number, main.name), (entry.counter_account, counter)
    (payer, payer_name), (payee, payee_name) = (other, ours) if credited else (ours, other)
    bank_name = entry.counter_bank
    after = told_balance(plans, booked.total) if number == 0 else told_fen(plans, booked.total)
    return {
        "fractn": {"ibknum": "", "actacn": payer, "acntname": payer_name, "ibkname": bank_name if credited else ""},
        "toactn": {"toibkn": "", "actacn": payee, "toname": payee_name, "tobank": "" if credited else bank_name},
        "transid": f"T{entry.no:014d}",
        "insid": entry.client_ref,
        "txndate": entry.value_date.replace("-", ""),
        "txntime": entry.booked_at[11:19].replace(":", ""),
        "txnamt": yuan(told_fen(plans, entry.fen)),
        "acctbal": yuan(after),
        "useinfo": "",
        "furinfo": entry.remark,
        "bustype": _WORDS.get(entry.kind, "转账"),
        "trncur": "CNY",
        "direction": "2" if credited else "1",
        "valdat": entry.value_date.replace("-", ""),
    }


def receipt(bank: Bank, ask: Ask, _plans: list[Plan]) -> Reply:
    """b2e0500: the receipt of one booking."""
    bank.account(needed(ask.first, "actacn"), AccountKind.MAIN)
    wanted = needed(ask.first, "transid")
    entry = bank.state.entries.get(int(wanted[1:])) if wanted[1:].isdigit() else None
    if entry is None:
        return Reply()
    content = base64.b64encode(receipt_pdf(bank, entry, "中国银行 电子回单")).decode()
    return Reply(rows=[{"transid": wanted, "receiptno": receipt_no(entry), "filecontent": content}])


def _day(told: str) -> str:
    if len(told) != 8 or not told.isdigit():
        raise WireRefusal("B104", "日期格式错误")
    return f"{told[:4]}-{told[4:6]}-{told[6:]}"


OPERATIONS: dict[str, Callable[[Bank, Ask, list[Plan]], Reply]] = {
    "b2e0001": sign_in,
    "b2e0005": balance,
    "b2e0007": result,
    "b2e0009": pay,
    "b2e0035": lines,
    "b2e0500": receipt,
}
