"""Orders and their fate: XFERTRN, VATTRN, VSAINTRSFTRN, RBATCHTRSFRTRN, XFERINQTRN."""

from xml.etree.ElementTree import Element

from ankuan_bank_cib_simulator.wire import (
    BAD_MESSAGE,
    NAME_DIFFERS,
    REUSED,
    Ask,
    Tag,
    WireRefusal,
    fen,
    in_order,
    leaf,
    needed,
    processing,
    text,
    yuan,
)
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import AccountKind, Order, OrderState, Refusal, RefusedError
from ankuan_simcore.telling import told_fen, told_name

_SUPER_LIMIT = 5_000_000
_BATCH_ROWS = 100
_TRANSFER = ("ACCTFROM", "ACCTTO", "CHEQUENUM", "CURSYM", "TRNAMT", "PMTMODE", "PURPOSE", "DTDUE", "MEMO")
_PAYEE = ("ACCTID", "NAME", "BANKDESC", "BANKNUM", "CITY")
_BATCH = ("TITLE", "ACCTFROM", "BIZTYPE", "TOTALCOUNT", "TOTALAMOUNT", "CHEQUENUM", "CURSYM", "PURPOSE", "XFERINFO")
_ROW = ("INDX", "ACCTTO", "TRNAMT", "USE", "REMARK")


def pay(bank: Bank, ask: Ask, plans: list[Plan]) -> list[Tag]:
    """XFERTRN: out of what no sub-account owns. Without XFERRQ, or with a TRNUID known already: a query of it."""
    order = _known(bank, ask)
    if order is None:
        main = bank.account(needed(ask.part("XFERRQ/XFERINFO"), "ACCTFROM/ACCTID"), AccountKind.MAIN).number
        order = _submit(bank, _payment(ask, ask.part("XFERRQ/XFERINFO"), main, bank), plans)
    return [Tag("XFERRS", _taken(order, plans))]


def pay_from_sub(bank: Bank, ask: Ask, plans: list[Plan]) -> list[Tag]:
    """VATTRN: out of a virtual sub-account."""
    order = _known(bank, ask)
    if order is None:
        node = ask.part("VATRQ")
        in_order(node, "VATTYPE", "MAINACCT", "SUBACCT", "XFERINFO")
        if text(node, "VATTYPE") != "1":
            raise WireRefusal(*BAD_MESSAGE, detail="VATTYPE")
        payer = _sub(bank, node, "SUBACCT")
        needed(node, "XFERINFO/ACCTFROM/NAME")
        order = _submit(bank, _payment(ask, ask.part("VATRQ/XFERINFO"), payer, bank), plans)
    place = (leaf("VATTYPE", "1"), leaf("MAINACCT", order.payer[:18]), leaf("SUBACCT", order.payer[18:]))
    return [Tag("VATRS", (*place, Tag("XFERRS", _taken(order, plans))))]


def move(bank: Bank, ask: Ask, plans: list[Plan]) -> list[Tag]:
    """VSAINTRSFTRN: between sub-accounts of one main account; 000000 is what no sub-account owns."""
    order = _known(bank, ask)
    if order is None:
        node = ask.part("VSAINTRSFRQ")
        in_order(node, "MAINACCT", "SUBACCT", "SUBNAME", "TOSUBACCT", "TOSUBNAME", "TRNAMT", "PURPOSE", "MEMO", "DTDUE")
        order = Order(
            client_ref=ask.transaction,
            action=ask.operation,
            payer=_sub(bank, node, "SUBACCT"),
            payee=_sub(bank, node, "TOSUBACCT"),
            payee_name=text(node, "TOSUBNAME"),
            payee_bank="",
            fen=fen(node, "TRNAMT"),
            remark=f"{needed(node, 'PURPOSE', 60)} {text(node, 'MEMO')}".strip(),
            state=OrderState.SETTLED,
            submitted_at=_now(bank),
        )
        order = _submit(bank, order, plans)
    told = (
        leaf("SRVRID", server_id(order)),
        leaf("MAINACCT", order.payer[:18]),
        leaf("SUBACCT", order.payer[18:]),
        leaf("TOSUBACCT", order.payee[18:]),
        leaf("TRNAMT", yuan(told_fen(plans, order.fen))),
    )
    return [Tag("VSAINTRSFRS", told), processing(order)]


def pay_batch(bank: Bank, ask: Ask, plans: list[Plan]) -> list[Tag]:
    """RBATCHTRSFRTRN: up to a hundred rows. Without RQBODY, or with a TRNUID known already: a query of its rows."""
    body = ask.node.find("RQBODY")
    known = bank.state.batches.get(ask.transaction)
    if body is None or known is not None:
        orders = bank.lookup_batch(ask.transaction) if body is None else bank.rows(known) if known else None
        if orders is None:
            raise WireRefusal("2010", "无此批次")
        return [_batch_told(orders, plans)]
    in_order(body, *_BATCH)
    rows = body.findall("XFERINFO")
    if not 1 <= len(rows) <= _BATCH_ROWS or text(body, "TOTALCOUNT") != str(len(rows)):
        raise WireRefusal(*BAD_MESSAGE, detail="XFERINFO")
    payer = bank.account(needed(body, "ACCTFROM/ACCTID")).number
    orders = [_row(ask, row, payer, bank, number) for number, row in enumerate(rows, start=1)]
    if text(body, "BIZTYPE") not in {"0", "1"} or fen(body, "TOTALAMOUNT") != sum(order.fen for order in orders):
        raise WireRefusal(*BAD_MESSAGE, detail="TOTALAMOUNT")
    needed(body, "PURPOSE", 60)
    try:
        batch = bank.submit_batch(ask.transaction, orders, plans)
    except RefusedError as refused:
        raise WireRefusal(*REUSED) from refused
    return [_batch_told(bank.rows(batch), plans)]


def status(bank: Bank, ask: Ask, plans: list[Plan]) -> list[Tag]:
    """XFERINQTRN: the record of a TRNUID, if there is one."""
    wanted = needed(ask.part("XFERINQRQ"), "CLIENTREF", 30)
    if find(plans, Fault.LIE_SUCCESS):
        made_up = Order(wanted, "XFERTRN", "", "1", "无名", "", 1, "", OrderState.SETTLED, _now(bank))
        return [_listed(_record(made_up, plans))]
    if wanted in bank.state.batches:
        rows = bank.lookup_batch(wanted)
        return [_listed(None if rows is None else _batch_record(wanted, rows))]
    order = bank.lookup(wanted)
    return [_listed(None if order is None else _record(order, plans))]


def server_id(order: Order) -> str:
    """SRVRID: the bank's own number of an order."""
    return f"S{order.client_ref[-15:]:0>15}"


def _known(bank: Bank, ask: Ask) -> Order | None:
    order = bank.state.orders.get(ask.transaction)
    if order is not None and order.action != ask.operation:
        raise WireRefusal(*REUSED)
    return order


def _submit(bank: Bank, order: Order, plans: list[Plan]) -> Order:
    taken = bank.submit(order, plans)
    if taken.code == Refusal.NAME_MISMATCH:
        raise WireRefusal(*NAME_DIFFERS)
    return taken


def _payment(ask: Ask, node: Element, payer: str, bank: Bank) -> Order:
    in_order(node, *_TRANSFER)
    payee, amount = _payee(node), fen(node, "TRNAMT")
    mode = text(node, "PMTMODE")
    if mode not in {"", "SUPER"} or (mode and (amount > _SUPER_LIMIT or not text(node, "ACCTTO/BANKNUM"))):
        raise WireRefusal(*BAD_MESSAGE, detail="PMTMODE")
    return Order(
        client_ref=ask.transaction,
        action=ask.operation,
        payer=payer,
        payee=payee[0],
        payee_name=payee[1],
        payee_bank=payee[2],
        fen=amount,
        remark=f"{needed(node, 'PURPOSE', 60)} {text(node, 'MEMO')}".strip(),
        state=OrderState.SETTLED,
        submitted_at=_now(bank),
        channel="" if amount <= _SUPER_LIMIT else "large",
    )


def _row(ask: Ask, row: Element, payer: str, bank: Bank, number: int) -> Order:
    in_order(row, *_ROW)
    payee, remark = _payee(row), needed(row, "REMARK", 50)
    if text(row, "INDX") != str(number) or not remark.endswith("]"):
        raise WireRefusal(*BAD_MESSAGE, detail="INDX")
    return Order(
        # The bank numbers rows by itself; the tests ask for them by what the customer wrote into REMARK.
        client_ref=remark[remark.rfind("[") + 1 : -1],
        action=ask.operation,
        payer=payer,
        payee=payee[0],
        payee_name=payee[1],
        payee_bank=payee[2],
        fen=fen(row, "TRNAMT"),
        remark=f"{text(row, 'USE')} {remark}".strip(),
        state=OrderState.SETTLED,
        submitted_at=_now(bank),
    )


def _payee(node: Element) -> tuple[str, str, str]:
    payee = node.find("ACCTTO")
    if payee is None or payee.get("INTERBANK") not in {"Y", "N"} or payee.get("LOCAL") not in {"Y", "N"}:
        raise WireRefusal(*BAD_MESSAGE, detail="ACCTTO")
    in_order(payee, *_PAYEE)
    bank_name = text(payee, "BANKDESC")
    if payee.get("INTERBANK") == "N" and not bank_name:
        raise WireRefusal(*BAD_MESSAGE, detail="BANKDESC")
    return needed(payee, "ACCTID", 32), needed(payee, "NAME", 100), bank_name


def _sub(bank: Bank, node: Element, name: str) -> str:
    number = needed(node, "MAINACCT") + needed(node, name, 6)
    return bank.account(number, AccountKind.SUB, AccountKind.ADJUSTMENT).number


def _taken(order: Order, plans: list[Plan]) -> list[Tag]:
    content = (leaf("SRVRID", server_id(order)), _information(order, plans), processing(order))
    return [*content, leaf("CLIENTREF", order.client_ref)]


def _information(order: Order, plans: list[Plan]) -> Tag:
    payer = (leaf("ACCTID", order.payer[:18]),)
    payee = (leaf("ACCTID", order.payee), leaf("NAME", told_name(plans, order.payee_name)))
    content = (
        Tag("ACCTFROM", payer),
        Tag("ACCTTO", payee, {"INTERBANK": "N", "LOCAL": "N"}),
        leaf("TRNAMT", yuan(told_fen(plans, order.fen))),
        leaf("MEMO", order.remark),
    )
    return Tag("XFERINFO", content)


def _record(order: Order, plans: list[Plan]) -> Tag:
    return Tag("XFER", (leaf("SRVRTID", server_id(order)), _information(order, plans), processing(order)))


def _batch_record(reference: str, rows: list[Order]) -> Tag:
    code = Tag("XFERPRCSTS", (leaf("XFERPRCCODE", _whole(rows)), leaf("MESSAGE", "")))
    return Tag("XFER", (leaf("SRVRTID", f"B{reference[-15:]:0>15}"), code))


def _batch_told(orders: list[Order], plans: list[Plan]) -> Tag:
    rows = [_row_told(order, plans) for order in orders]
    code = Tag("XFERPRCSTS", (leaf("XFERPRCCODE", _whole(orders)), leaf("MESSAGE", "")))
    return Tag("RSBODY", (*rows, code))


def _row_told(order: Order, plans: list[Plan]) -> Tag:
    fate = {tag.name: str(tag.content) for tag in processing(order).content if isinstance(tag, Tag)}
    payee = (leaf("ACCTID", order.payee), leaf("NAME", told_name(plans, order.payee_name)))
    content = (
        leaf("INDX", str(order.row)),
        Tag("ACCTTO", payee, {"INTERBANK": "N", "LOCAL": "N"}),
        leaf("TRNAMT", yuan(told_fen(plans, order.fen))),
        leaf("REMARK", f"[{order.client_ref}]"),
        leaf("STATUS", fate["XFERPRCCODE"]),
        leaf("ERRMSG", fate["MESSAGE"]),
    )
    return Tag("XFERINFO", content)


def _whole(rows: list[Order]) -> str:
    states = {order.state for order in rows}
    if states <= {OrderState.SETTLED, OrderState.RETURNED}:
        return "PAYOUT"
    if states == {OrderState.REFUSED}:
        return "FAIL"
    return "PROCESSING" if states & {OrderState.PROCESSING, OrderState.APPROVAL} else "PART_PAYOUT"


def _listed(record: Tag | None) -> Tag:
    ends = (leaf("FROM", "0"), leaf("TO", "-1" if record is None else "1"))
    rows = () if record is None else (record,)
    return Tag("XFERINQRS", (Tag("XFERLIST", (*ends, *rows), {"MORE": "N" if record is None else "Y"}),))


def _now(bank: Bank) -> str:
    return bank.state.clock.now().isoformat(timespec="seconds")
