"""What each CCTransCode does. The detail goes into a file; the answer names it."""

from collections.abc import Callable
from dataclasses import dataclass

from ankuan_bank_abc_simulator.wire import CHARSET, NO_SUCH_ORDER, Ask, Reply, WireRefusal, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import INCOME, OUTSIDE, Account, AccountKind, Entry, EntryKind, Order, OrderState, Refusal
from ankuan_simcore.telling import told_balance, told_fen, told_name, told_page, told_rows
from ankuan_simcore.wires import Context

FILES = "files"
PAGE_ROWS = 500
STATES = {
    OrderState.PROCESSING: "0",
    OrderState.SETTLED: "1",
    OrderState.RETURNED: "1",
    OrderState.REFUSED: "2",
    OrderState.APPROVAL: "3",
}
REFUSALS: dict[Refusal, tuple[str, str]] = {
    Refusal.NO_SUCH_ACCOUNT: ("2301", "账号不存在或状态不正常"),
    Refusal.INSUFFICIENT: ("2302", "账户可用余额不足"),
    Refusal.PAYEE_REFUSED: ("2303", "收款账号有误"),
    Refusal.NAME_MISMATCH: ("2304", "收款账号户名不符"),
    Refusal.BAD_AMOUNT: ("2305", "金额有误"),
    Refusal.DUPLICATE: ("2306", "请求流水号重复"),
    Refusal.OUT_OF_HOURS: ("2307", "不在大额支付受理时间"),
    Refusal.SCRIPTED: ("2308", "银行拒绝受理"),
}
_WORDS = {EntryKind.INTEREST: "结息", EntryKind.FEE: "手续费", EntryKind.REVERSAL: "冲正"}


@dataclass(frozen=True, slots=True)
class _Booked:
    """A booking seen from the main account: what it adds, and the balance after it."""

    entry: Entry
    fen: int
    after: int


def refusal(reason: Refusal) -> tuple[str, str]:
    """Code and text of a refusal."""
    return REFUSALS.get(reason, ("2399", "交易状态不允许"))


def balance(bank: Bank, _context: Context, ask: Ask, plans: list[Plan]) -> Reply:
    """CQRA06."""
    main = bank.account(ask.needed("Cmp", "DbAccNo"), AccountKind.MAIN).number
    booked, available = bank.state.main_balance(main)
    told = {"Bal": yuan(told_balance(plans, booked)), "AvailBal": yuan(told_balance(plans, available))}
    return Reply(parts={"Cmp": {"DbAccNo": main, "DbProv": ask.parts["Cmp"].get("DbProv", "")}, "Acc": told})


def pay(bank: Bank, _context: Context, ask: Ask, plans: list[Plan]) -> Reply:
    """CFRT02, CFRT21."""
    order = Order(
        client_ref=ask.fields["ReqSeqNo"],
        action=ask.fields["CCTransCode"],
        payer=bank.account(ask.needed("Cmp", "DbAccNo"), AccountKind.MAIN).number,
        payee=ask.needed("Cmp", "CrAccNo"),
        payee_name=ask.needed("Corp", "CrAccName"),
        payee_bank=ask.parts["Corp"].get("CrBankName", ""),
        fen=ask.fen,
        remark=ask.parts["Corp"].get("Postscript", ""),
        state=OrderState.SETTLED,
        submitted_at=bank.state.clock.now().isoformat(timespec="seconds"),
    )
    taken = bank.submit(order, plans)
    if taken.state is OrderState.REFUSED:
        code, text = refusal(Refusal(taken.code))
        raise WireRefusal(code, taken.text or text)
    return Reply(text="已受理")


def result(bank: Bank, _context: Context, ask: Ask, plans: list[Plan]) -> Reply:
    """CQRT71: what became of one serial."""
    wanted = ask.needed("Corp", "OrgReqSeqNo")
    if find(plans, Fault.LIE_SUCCESS):
        return Reply(parts={"Corp": {"OrgReqSeqNo": wanted, "TrState": "1"}})
    order = bank.lookup(wanted)
    if order is None:
        raise WireRefusal(*NO_SUCH_ORDER)
    return Reply(parts={"Corp": {"OrgReqSeqNo": order.client_ref, "TrState": STATES[order.state]}})


def detail(bank: Bank, context: Context, ask: Ask, plans: list[Plan]) -> Reply:
    """CQRA10: bookings of some days after a serial, as a file."""
    main = bank.account(ask.needed("Cmp", "DbAccNo"), AccountKind.MAIN)
    first, last = _day(ask.needed("Corp", "StartDate")), _day(ask.needed("Corp", "EndDate"))
    after = int(ask.parts.get("Channel", {}).get("LastJrnNo", "0") or "0")
    total = 0
    rows: list[_Booked] = []
    for entry in bank.state.by_main.get(main.number, []):
        credited = entry.debit in {OUTSIDE, INCOME}
        if credited or entry.credit in {OUTSIDE, INCOME}:
            fen = entry.fen if credited else -entry.fen
            total += fen
            if first <= entry.value_date <= last and entry.no > after:
                rows.append(_Booked(entry, fen, total))
    page = told_page(plans, rows, 0, PAGE_ROWS)
    told = told_rows(plans, page)
    if not told:
        return Reply(parts={"Cmp": {"DbAccNo": main.number, "ContFlag": "0"}})
    name = f"CQRA10.{ask.fields['ReqSeqNo']}.txt"
    text = "".join(_row(plans, number, main, booked) for number, booked in enumerate(told))
    target = context.folder(FILES) / name
    target.write_bytes(text.encode(CHARSET, errors="replace"))
    more = "1" if len(rows) > len(page) else "0"
    return Reply(parts={"Cmp": {"DbAccNo": main.number, "BatchFileName": name, "FieldNum": "33", "ContFlag": more}})


def _row(plans: list[Plan], number: int, main: Account, booked: _Booked) -> str:
    entry = booked.entry
    amount, after = told_fen(plans, booked.fen), told_fen(plans, booked.after)
    before = after - amount
    if number == 0:
        after = told_balance(plans, booked.after)
    day, clock = entry.value_date.replace("-", ""), entry.booked_at[11:19].replace(":", "")
    counter, abstract = told_name(plans, entry.counter_name), _WORDS.get(entry.kind, "转账")
    cells = [
        *(
            "15",
            main.number,
            "01",
            day,
            f"{clock}000000",
            str(entry.no),
            "",
            "",
            main.name,
            "",
            "",
            entry.counter_account,
        ),
        *("01", counter, entry.counter_bank, "", "", "", yuan(amount), yuan(after), yuan(before), "", "", "", "", ""),
        *(entry.client_ref, "", "", "", abstract, entry.remark.replace("|", " "), ""),
    ]
    return "|".join(cell.replace("\n", " ") for cell in cells) + "\n"


def _day(told: str) -> str:
    if len(told) != 8 or not told.isdigit():
        raise WireRefusal("2002", "日期格式错误")
    return f"{told[:4]}-{told[4:6]}-{told[6:]}"


OPERATIONS: dict[str, Callable[[Bank, Context, Ask, list[Plan]], Reply]] = {
    "CQRA06": balance,
    "CQRA10": detail,
    "CFRT02": pay,
    "CFRT21": pay,
    "CQRT71": result,
}
