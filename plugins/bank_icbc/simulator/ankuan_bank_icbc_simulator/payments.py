"""Payments and their fate: PAYENT, QPAYENT."""

from ankuan_bank_icbc_simulator.codes import (
    BAD_MESSAGE,
    NO_RECORD,
    OK,
    REFUSALS,
    RESULTS,
    WRONG_TOTALS,
    WireRefusal,
)
from ankuan_bank_icbc_simulator.wire import Ask, Reply, Row, fen_of, needed, reference_of
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import AccountKind, Order, OrderState, Refusal
from ankuan_simcore.telling import told_fen

_ROW_LIMIT = 500
_LARGE_FROM = 5_000_000
"""Above this many fen a payment to another bank goes by the large-value system, which may keep hours."""
_ECHOED = ("iSeqno", "PayType", "PayAccNo", "RecAccNo", "RecAccNameCN", "SysIOFlg", "CurrType", "PostScript", "MCardNo")


def pay(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """PAYENT: a package of payments, each booked by itself (SettleMode 0)."""
    if (ask.text("OnlBatF"), ask.text("SettleMode")) != ("1", "0") or not 0 < len(ask.rows) <= _ROW_LIMIT:
        raise WireRefusal(*BAD_MESSAGE, detail="OnlBatF/SettleMode/rd")
    ask.needed("SignTime")
    orders = [_order(bank, ask, row) for row in ask.rows]
    if (ask.needed("TotalNum"), fen_of(ask.fields, "TotalAmt")) != (str(len(orders)), sum(each.fen for each in orders)):
        raise WireRefusal(*WRONG_TOTALS)
    batch = bank.submit_batch(ask.package, orders, plans)
    sent = {row["iSeqno"]: row for row in ask.rows}
    rows = [_paid_row(order, sent[order.client_ref], plans) for order in bank.rows(batch)]
    totals = {name: ask.text(name) for name in ("OnlBatF", "SettleMode", "TotalNum", "TotalAmt")}
    return Reply(fields=totals, rows=rows)


def _order(bank: Bank, ask: Ask, row: Row) -> Order:
    main = bank.account(needed(row, "PayAccNo"), AccountKind.MAIN).number
    to_other_bank = needed(row, "SysIOFlg") == "2"
    if row["SysIOFlg"] not in {"1", "2"} or row.get("PayType") not in {"1", "2"} or row.get("CurrType") != "001":
        raise WireRefusal(*BAD_MESSAGE, detail="SysIOFlg/PayType/CurrType")
    if row.get("Prop") not in {"0", "1"} or row.get("IsSameCity") not in {"1", "2"}:
        raise WireRefusal(*BAD_MESSAGE, detail="Prop/IsSameCity")
    if to_other_bank and not (row.get("RecBankName") or row.get("RecBankNo")):
        raise WireRefusal(*BAD_MESSAGE, detail="RecBankName")
    fen = fen_of(row, "PayAmt")
    return Order(
        client_ref=reference_of(row, "iSeqno"),
        action=ask.trans_code,
        payer=_payer(bank, main, row.get("MCardNo", "")),
        payee=needed(row, "RecAccNo"),
        payee_name=needed(row, "RecAccNameCN"),
        payee_bank=row.get("RecBankName") or row.get("RecBankNo", ""),
        fen=fen,
        remark=row.get("PostScript", ""),
        state=OrderState.SETTLED,
        submitted_at=bank.state.clock.now().isoformat(timespec="seconds"),
        channel="large" if to_other_bank and fen > _LARGE_FROM else "",
    )


def _payer(bank: Bank, main: str, card: str) -> str:
    """The card that pays, or the account for what no card owns. A card of another account is nobody's here."""
    if not card:
        return main
    found = bank.state.account(card)
    return card if found is not None and found.kind is AccountKind.SUB and found.main == main else "no such card"


def _paid_row(order: Order, sent: Row, plans: list[Plan]) -> Row:
    code, text = _reason(order)
    echoed = {name: sent.get(name, "") for name in _ECHOED}
    return {
        **echoed,
        "PayAmt": str(told_fen(plans, order.fen)),
        "OrderNo": f"{order.batch_ref[-12:]}{order.row:05d}",
        "Result": RESULTS[order.state],
        "iRetCode": code,
        "iRetMsg": text,
    }


def _reason(order: Order) -> tuple[str, str]:
    if order.state is not OrderState.REFUSED:
        return OK, "交易成功" if order.state in {OrderState.SETTLED, OrderState.RETURNED} else "已受理"
    code, text = REFUSALS.get(Refusal(order.code) if order.code else Refusal.SCRIPTED, REFUSALS[Refusal.SCRIPTED])
    return code, order.text or text


def fate(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """QPAYENT: of the rows asked for, or without any of the whole package. B0116: no record of it."""
    package = ask.needed("QryfSeqno")
    rows: list[Row] = []
    if not ask.rows:
        rows = [_fate_row(order, order.client_ref, plans) for order in bank.lookup_batch(package) or ()]
    for asked in ask.rows:
        order = _of_package(bank, package, reference_of(asked, "QryiSeqno"))
        if order is not None or find(plans, Fault.LIE_SUCCESS):
            rows.append(_fate_row(order, asked["QryiSeqno"], plans))
    if not rows:
        raise WireRefusal(*NO_RECORD)
    return Reply(fields={"QryfSeqno": package, "QrySerialNo": "", "OnlBatF": "1", "SettleMode": "0"}, rows=rows)


def _of_package(bank: Bank, package: str, reference: str) -> Order | None:
    known = bank.state.orders.get(reference)
    return bank.lookup(reference) if known is not None and known.batch_ref == package else None


def _fate_row(order: Order | None, reference: str, plans: list[Plan]) -> Row:
    row = {"iSeqno": reference, "QryiSeqno": reference, "iRetCode": OK, "iRetMsg": "查询成功"}
    if order is not None:
        code, text = _reason(order)
        row |= {
            "PayAccNo": order.payer.removesuffix("-0"),
            "RecAccNo": order.payee,
            "RecAccNameCN": order.payee_name,
            "PayAmt": str(told_fen(plans, order.fen)),
            "Result": RESULTS[order.state],
            "instrRetCode": code,
            "instrRetMsg": text,
            "BankRetTime": order.submitted_at[:19].translate(str.maketrans("", "", "-:T")),
        }
    if find(plans, Fault.LIE_SUCCESS):
        row |= {"Result": "7", "instrRetCode": OK, "instrRetMsg": "交易成功"}
    return row
