"""Orders and their fate: BB1PAYOP, BB1PAYBH, BB1PAYQR, BB1QRYBD, NTDMITRX."""

import hashlib
import re

from ankuan_bank_cmb_simulator.accounts import unit_account
from ankuan_bank_cmb_simulator.codes import BAD_MESSAGE, DONE, WireRefusal, states
from ankuan_bank_cmb_simulator.wire import Ask, Fields, Reply, Row, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import AccountKind, Order, OrderState
from ankuan_simcore.telling import told_fen, told_name

BATCH_ROWS = 200
_REFERENCE = re.compile(r"[0-9A-Za-z]{1,30}")


def request_no(reference: str) -> str:
    """reqNbr: the bank's ten-digit number of a request."""
    return f"{int.from_bytes(hashlib.sha256(reference.encode()).digest()[:6], 'big') % 10**10:010d}"


def pay(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """BB1PAYOP: one payment."""
    _business(ask)
    taken = bank.submit(_payment(bank, ask, ask.only("bb1payopx1")), plans)
    return Reply(body={"bb1payopz1": [_taken_row(taken)]})


def pay_batch(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """BB1PAYBH: many payments in one segment; each row has its own fate."""
    _business(ask)
    head, rows = ask.only("bb1paybhx1"), ask.rows("bb1payopx1", most=BATCH_ROWS)
    head.one_of("ctnFlg", "N")
    if head.text("dtlNbr") != str(len(rows)) or not _REFERENCE.fullmatch(head.needed("bthNbr")):
        raise WireRefusal(*BAD_MESSAGE, detail="dtlNbr")
    batch = bank.submit_batch(head.text("bthNbr"), [_payment(bank, ask, row) for row in rows], plans)
    return Reply(body={"bb1paybhz1": [_taken_row(order) for order in bank.rows(batch)]})


def transfer(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """NTDMITRX: from one unit to another, under one account."""
    row = ask.only("ntdmatrxx1")
    main = row.needed("accnbr")
    row.needed("bbknbr")
    if len(row.text("trxtxt").encode("gbk", "replace")) > 60:
        raise WireRefusal(*BAD_MESSAGE, detail="trxtxt")
    order = Order(
        client_ref=_reference(row.needed("yurref")),
        action="NTDMITRX",
        payer=unit_account(bank, main, row.needed("dmadbt")).number,
        payee=unit_account(bank, main, row.needed("dmacrt")).number,
        payee_name="",
        payee_bank="",
        fen=row.fen("trxamt"),
        remark=row.text("trxtxt"),
        state=OrderState.SETTLED,
        submitted_at=_now(bank),
    )
    told = {name.lower(): value for name, value in _taken_row(bank.submit(order, plans)).items()}
    return Reply(body={"ntdmitrxz1": [told]})


def status(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """BB1PAYQR: what became of up to thirty references. A reference that is not known has no row."""
    rows = []
    for asked in ask.rows("bb1payqrx1", most=30):
        asked.one_of("busCod", "N02030")
        reference = asked.needed("yurRef")
        order = bank.lookup(reference)
        if find(plans, Fault.LIE_SUCCESS):
            rows.append({"yurRef": reference, "reqSts": "FIN", "rtnFlg": "S", "trsAmt": "0.01", "crtAcc": "1"})
        elif order is not None and order.action != "NTDMITRX":
            rows.append(_status_row(order, plans))
    return Reply(body={"bb1payqrz1": rows})


def batch_rows(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """BB1QRYBD: the rows of a batch, a hundred a page."""
    asked = ask.only("bb1qrybdy1")
    orders = bank.lookup_batch(asked.needed("bthNbr")) or []
    start = int(asked.text("ctnKey") or "0")
    body = {"bb1qrybdz1": [_status_row(order, plans) for order in orders[start : start + 100]]}
    if start + 100 < len(orders):
        body["bb1qrybdy1"] = [{"ctnKey": str(start + 100)}]
    return Reply(body=body)


def _business(ask: Ask) -> None:
    business = ask.only("bb1paybmx1")
    business.one_of("busCod", "N02030")
    business.needed("busMod")


def _payment(bank: Bank, ask: Ask, row: Fields) -> Order:
    row.one_of("ccyNbr", "10")
    row.one_of("rcvChk", "0", "1")
    channel, inside = row.one_of("stlChn", "G", "Q", "R", "I"), row.one_of("bnkFlg", "Y", "N")
    if not (row.text("brdNbr") or row.text("crtBnk")) or len(row.text("nusAge").encode("gbk", "replace")) > 62:
        raise WireRefusal(*BAD_MESSAGE, detail="crtBnk/nusAge")
    return Order(
        client_ref=_reference(row.needed("yurRef")),
        action=ask.function,
        payer=unit_account(bank, row.needed("dbtAcc"), row.text("dmaNbr")).number,
        payee=_outside(bank, row.needed("crtAcc")),
        payee_name=row.needed("crtNam"),
        payee_bank=row.text("crtBnk") or row.text("brdNbr"),
        fen=row.fen("trsAmt"),
        remark=row.text("nusAge"),
        state=OrderState.SETTLED,
        submitted_at=_now(bank),
        channel="large" if (channel, inside) == ("Q", "N") else "",
    )


def _outside(bank: Bank, number: str) -> str:
    ours = bank.state.account(number)
    if ours is not None and ours.kind is AccountKind.ADJUSTMENT:
        return ours.main
    return number


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise WireRefusal(*BAD_MESSAGE, detail="yurRef")
    return text


def _now(bank: Bank) -> str:
    return bank.state.clock.now().isoformat(timespec="seconds")


def _taken_row(order: Order) -> Row:
    return {"yurRef": order.client_ref, "reqNbr": request_no(order.client_ref), **states(order)}


def _status_row(order: Order, plans: list[Plan]) -> Row:
    told = states(order)
    return {
        **_taken_row(order),
        "dbtAcc": order.payer,
        "crtAcc": order.payee,
        "crtNam": told_name(plans, order.payee_name),
        "trsAmt": yuan(told_fen(plans, order.fen)),
        "ccyNbr": "10",
        "oprDat": order.submitted_at[:10].replace("-", ""),
        "rtnNar": told["errTxt"] if told["errCod"] != DONE else "",
    }
