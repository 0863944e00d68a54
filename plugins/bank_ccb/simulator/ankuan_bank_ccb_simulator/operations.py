"""What each TX_CODE does."""

from collections.abc import Callable
from datetime import date

from ankuan_bank_ccb_simulator.wire import NO_ROWS, NO_SUCH_ORDER, Ask, Reply, Row, WireRefusal, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import INCOME, OUTSIDE, AccountKind, Entry, EntryKind, Order, OrderState, Refusal
from ankuan_simcore.telling import told_balance, told_fen, told_name, told_page, told_rows

RESULTS = {
    OrderState.SETTLED: "4",
    OrderState.RETURNED: "4",
    OrderState.REFUSED: "3",
    OrderState.APPROVAL: "5",
    OrderState.PROCESSING: "9",
}
REFUSALS: dict[Refusal, tuple[str, str]] = {
    Refusal.NO_SUCH_ACCOUNT: ("8350ZX300013", "账号不存在或状态不正常"),
    Refusal.INSUFFICIENT: ("8350ZX300021", "账户可用余额不足"),
    Refusal.PAYEE_REFUSED: ("8350ZX300034", "收款账号有误"),
    Refusal.NAME_MISMATCH: ("8350ZX300036", "收款账号户名不符"),
    Refusal.BAD_AMOUNT: ("8350ZX300008", "金额有误"),
    Refusal.DUPLICATE: ("8350ZX300067", "请求序列号重复"),
    Refusal.OUT_OF_HOURS: ("8350ZX300070", "不在大额支付受理时间"),
    Refusal.SCRIPTED: ("8350ZX300099", "银行拒绝受理"),
}
_WORDS = {EntryKind.INTEREST: "结息", EntryKind.FEE: "手续费", EntryKind.REVERSAL: "冲正"}
_OTHER = ("8350ZX300098", "交易状态不允许")


def refusal(reason: Refusal) -> tuple[str, str]:
    """Code and text of a refusal."""
    return REFUSALS.get(reason, _OTHER)


def connect(_bank: Bank, _ask: Ask, _plans: list[Plan]) -> Reply:
    """6W9101."""
    return Reply()


def balance(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """6W0100."""
    main = bank.account(ask.needed("ACC_NO"), AccountKind.MAIN).number
    booked, available = bank.state.main_balance(main)
    return Reply(
        info={
            "ACC_NO": main,
            "BALANCE": yuan(told_balance(plans, booked)),
            "BALANCE1": yuan(told_balance(plans, available)),
            "INTEREST": "0.00",
            "INTEREST_RATE": "0.35",
            "ACC_STATUS": "正常",
        }
    )


def voucher(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """6W8020: a voucher that waits for a person."""
    order = Order(
        client_ref=ask.head["REQUEST_SN"],
        action="6W8020",
        payer=bank.account(ask.needed("PAY_ACCNO"), AccountKind.MAIN).number,
        payee=ask.needed("RECV_ACCNO"),
        payee_name=ask.needed("RECV_ACC_NAME"),
        payee_bank=ask.needed("RECV_OPENACC_DEPT"),
        fen=ask.fen("AMOUNT"),
        remark=ask.info.get("USEOF", ""),
        state=OrderState.SETTLED,
        submitted_at=bank.state.clock.now().isoformat(timespec="seconds"),
    )
    taken = bank.submit(order, plans)
    if taken.state is OrderState.REFUSED:
        code, text = refusal(Refusal(taken.code))
        raise WireRefusal(code, taken.text or text)
    info = {"CREDIT_NO": _voucher_no(taken), "DEAL_TYPE": RESULTS[taken.state], "VALIDATE_CODE": ""}
    return Reply(info=info)


def result(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """6W0600."""
    if find(plans, Fault.LIE_SUCCESS):
        return Reply(info={"CREDIT_NO": "V0", "DEAL_RESULT": "4", "MESSAGE": "交易成功"})
    order = bank.lookup(ask.needed("REQUEST_SN1"))
    if order is None:
        raise WireRefusal(*NO_SUCH_ORDER)
    info = {"CREDIT_NO": _voucher_no(order), "DEAL_RESULT": RESULTS[order.state], "MESSAGE": order.text}
    return Reply(info=info)


def detail(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """6WY101: bookings of some days, after a detail number."""
    main = bank.account(ask.needed("ACCNO1"), AccountKind.MAIN)
    first, last = _day(ask.needed("STARTDATE")), _day(ask.needed("ENDDATE"))
    after, wanted = int(ask.info.get("DET_NO") or "0"), min(int(ask.info.get("TOTAL_RECORD") or "10"), 200)
    balance_after, rows = 0, []
    for entry in bank.state.by_main.get(main.number, []):
        credited = entry.debit in {OUTSIDE, INCOME}
        if not credited and entry.credit not in {OUTSIDE, INCOME}:
            continue
        balance_after += entry.fen if credited else -entry.fen
        if first <= entry.value_date <= last and entry.no > after:
            rows.append((entry, credited, balance_after))
    page = told_rows(plans, told_page(plans, rows, 0, wanted))
    if not page:
        return Reply(*NO_ROWS, info={"ACCNO1": main.number})
    listed = [_row(plans, number, *row) for number, row in enumerate(page)]
    return Reply(info={"ACCNO1": main.number, "ACC_NAME": main.name, "TOTAL_PAGE": "1", "PAGE": "1"}, rows=listed)


def _row(plans: list[Plan], number: int, entry: Entry, credited: bool, balance_after: int) -> Row:
    balance = told_balance(plans, balance_after) if number == 0 else told_fen(plans, balance_after)
    return {
        "TRANDATE": entry.value_date.replace("-", ""),
        "TRANTIME": entry.booked_at[11:19],
        "CRE_TYP": "",
        "CRE_NO": "",
        "MESSAGE": {EntryKind.INTEREST: "结息", EntryKind.FEE: "手续费", EntryKind.REVERSAL: "冲正"}.get(
            entry.kind, ""
        ),
        "AMT": yuan(told_fen(plans, entry.fen)),
        "AMT1": yuan(balance),
        "FLAG1": "1" if credited else "0",
        "ACCNO2": entry.counter_account,
        "ACC_NAME1": told_name(plans, entry.counter_name),
        "FLAG2": "",
        "TRAN_FLOW": f"CCB{entry.no:013d}",
        "BFLOW": entry.client_ref,
        "DET_NO": str(entry.no),
        "DET": entry.remark,
    }


def _voucher_no(order: Order) -> str:
    return f"V{order.client_ref[-11:]}"


def _day(text: str) -> str:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
    except ValueError:
        raise WireRefusal("0130Z1100002", "日期格式错误") from None


OPERATIONS: dict[str, Callable[[Bank, Ask, list[Plan]], Reply]] = {
    "6W9101": connect,
    "6W0100": balance,
    "6W8020": voucher,
    "6W0600": result,
    "6WY101": detail,
}
