"""Payments in one message: DLPAYBAT takes them, DLBATDET tells of the rows, DLBATCOL of the batches of some days."""

import re

from ankuan_bank_citic_simulator.codes import (
    BAD_MESSAGE,
    DONE,
    IMPORTED,
    NO_SUCH_REFERENCE,
    PARTLY,
    WAITING_APPROVAL,
    WireRefusal,
)
from ankuan_bank_citic_simulator.payments import REFERENCE, channel, fate
from ankuan_bank_citic_simulator.wire import Ask, Reply, Row, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import AccountKind, Batch, Order, OrderState
from ankuan_simcore.telling import told_rows

_NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
_MARK = re.compile(r"\[([0-9A-Za-z]{1,20})\]")
_MOST_ROWS = 9_999


def pay_batch(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLPAYBAT: payments to other banks, large or small value; each row has its own fate."""
    batch_ref = ask.needed("clientID")
    numbers = [row.get("ID", "") for row in ask.rows]
    if not REFERENCE.fullmatch(batch_ref) or not 0 < len(numbers) <= _MOST_ROWS:
        raise WireRefusal(*BAD_MESSAGE, detail="clientID/list")
    if len(set(numbers)) < len(numbers) or not all(_NUMBER.fullmatch(number) for number in numbers):
        raise WireRefusal(*BAD_MESSAGE, detail="ID")
    orders = [_order(bank, batch_ref, Ask(ask.action, row)) for row in ask.rows]
    if ask.text("totalNumber") != str(len(orders)) or ask.fen("totalAmount") != sum(order.fen for order in orders):
        raise WireRefusal(*BAD_MESSAGE, detail="totalNumber/totalAmount")
    batch = bank.submit_batch(batch_ref, orders, plans)
    told = bank.rows(batch)
    numbered = [(numbers[order.row - 1], order) for order in told]
    failed = [order for order in told if order.state is OrderState.REFUSED]
    paid = [order for order in told if order.state is OrderState.SETTLED]
    fields = {
        "sucTotalNum": str(len(paid)),
        "sucTotalAmt": yuan(sum(order.fen for order in paid)),
        "errTotalNum": str(len(failed)),
        "errTotalAmt": yuan(sum(order.fen for order in failed)),
    }
    code, text = _outcome(told)
    return Reply(code, text, fields, told_rows(plans, [_fate_row(number, order) for number, order in numbered]))


def _order(bank: Bank, batch_ref: str, row: Ask) -> Order:
    if row.text("payType") not in {"02", "03"}:
        raise WireRefusal(*BAD_MESSAGE, detail="payType")
    payer = bank.account(row.needed("payAccountNo"), AccountKind.MAIN, AccountKind.SUB).number
    mark = _MARK.search(row.text("abstract"))
    return Order(
        # The bank has no reference for a row. Its journal wants one: the customer's mark, or else batch and number.
        client_ref=mark[1] if mark else f"{batch_ref}/{row.needed('ID')}",
        action=row.action,
        payer=bank.standing(payer),
        payee=row.needed("recAccountNo"),
        payee_name=row.needed("recAccountName"),
        payee_bank=row.needed("recOpenBankCode"),
        fen=row.fen("tranAmount"),
        remark=row.text("abstract"),
        state=OrderState.SETTLED,
        submitted_at=bank.state.clock.now().isoformat(timespec="seconds"),
        channel=channel(row.text("payType")),
    )


def _outcome(orders: list[Order]) -> tuple[str, str]:
    states = {order.state for order in orders}
    if OrderState.REFUSED in states:
        return PARTLY, "批量部分成功"
    if states == {OrderState.APPROVAL}:
        return WAITING_APPROVAL, "经办成功，待审核"
    return (DONE, "交易成功") if states == {OrderState.SETTLED} else (IMPORTED, "批量已导入，请稍后查询")


def _fate_row(number: str, order: Order) -> Row:
    _, code, text = fate(order)
    return {"ID": number, "status": code, "statusText": text}


def batch_rows(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLBATDET: the rows of a batch, by what they pay."""
    orders = bank.lookup_batch(ask.needed("clientID"))
    if orders is None:
        return Reply(*NO_SUCH_REFERENCE)
    rows = []
    for order in orders:
        _, code, text = ("0", DONE, "交易成功") if find(plans, Fault.LIE_SUCCESS) else fate(order)
        payer = bank.state.account(order.payer)
        is_main = payer is not None and payer.kind is AccountKind.ADJUSTMENT
        row = {
            "payAccountNo": payer.main if payer is not None and is_main else order.payer,
            "recAccountNo": order.payee,
            "recAccountName": order.payee_name,
            "recOpenBankCode": order.payee_bank,
            "payType": "02" if order.channel else "03",
            "tranAmount": yuan(order.fen),
            "abstract": order.remark,
            "status": code,
            "statusText": text,
        }
        rows.append(row)
    return Reply(rows=told_rows(plans, rows))


def batches(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """DLBATCOL: the batches of some days. Looking here is no query of their rows."""
    first, last = ask.day("startDate").isoformat(), ask.day("endDate").isoformat()
    known = [batch for batch in bank.state.batches.values() if first <= batch.submitted_at[:10] <= last]
    return Reply(rows=told_rows(plans, [_batch_row(bank, batch) for batch in known]))


def _batch_row(bank: Bank, batch: Batch) -> Row:
    orders = [bank.state.orders[reference] for reference in batch.refs]
    return {
        "clientID": batch.batch_ref,
        "payDate": batch.submitted_at[:10].replace("-", ""),
        "totalNumber": str(len(orders)),
        "totalAmount": yuan(sum(order.fen for order in orders)),
        "stt": _batch_state({order.state for order in orders}),
    }


def _batch_state(states: set[OrderState]) -> str:
    if not states:
        return "CP07816"
    if OrderState.APPROVAL in states:
        return "CP07818"
    if OrderState.PROCESSING in states:
        return "CP07823"
    if states == {OrderState.REFUSED}:
        return "CP07825"
    return PARTLY if OrderState.REFUSED in states else DONE
