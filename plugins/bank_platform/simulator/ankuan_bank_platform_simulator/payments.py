"""pain.001 taken, pain.002 given."""

from collections.abc import Mapping, Sequence

from ankuan_bank_platform_simulator.codes import DUPLICATE, STATES, WireRefusal, reason
from ankuan_bank_platform_simulator.initiation import MESSAGE, Initiation
from ankuan_bank_platform_simulator.rows import account_id
from ankuan_bank_platform_simulator.wire import Reply, document, tag, text, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, Plan, find
from ankuan_simcore.models import Order, OrderState, RefusedError
from ankuan_simcore.telling import told_fen

_TAKEN = 202


def submit(bank: Bank, message: Initiation, plans: list[Plan]) -> Reply:
    """Take a message once. A MsgId that was used is answered with what became of its first use, marked AM05."""
    known = bank.state.batches.get(message.message_ref)
    if known is not None:
        return _report(bank, known.batch_ref, bank.rows(known), plans, len(known.refs), mark=DUPLICATE)
    try:
        batch = bank.submit_batch(message.message_ref, message.orders, plans)
    except RefusedError as refused:
        return _rejected(bank, message, *reason(refused.reason))
    return _report(bank, batch.batch_ref, bank.rows(batch), plans, len(message.orders))


def status(bank: Bank, query: Mapping[str, str], plans: list[Plan]) -> Reply:
    """What became of an order (``endToEndId``) or of a message (``msgId``)."""
    if "endToEndId" in query:
        order = bank.lookup(query["endToEndId"])
        if find(plans, Fault.LIE_SUCCESS):
            told = order.batch_ref if order is not None else query["endToEndId"]
            return _document(bank, told, "", "", [_lie(query["endToEndId"], order)], count=1)
        if order is None:
            raise WireRefusal("NOT_FOUND", "没有这笔指令", 404)
        return _report(bank, order.batch_ref, [order], plans, 1, status=200)
    found = bank.lookup_batch(query.get("msgId", ""))
    if found is None:
        raise WireRefusal("NOT_FOUND", "没有这个报文", 404)
    return _report(bank, query["msgId"], found, plans, len(found), status=200)


def order_report(bank: Bank, order: Order) -> bytes:
    """pain.002 as it is pushed when an order has ended."""
    mark = f"{order.client_ref[-28:]}{order.state[:4].upper()}"
    return _document(bank, order.batch_ref, "", "", [_row(bank, order, [])], count=1, identity=f"NO{mark}").body


def _report(
    bank: Bank,
    message_ref: str,
    orders: Sequence[Order],
    plans: list[Plan],
    count: int,
    *,
    status: int = _TAKEN,
    mark: str = "",
) -> Reply:
    states = {order.state for order in orders}
    group = "ACTC" if OrderState.REFUSED not in states else "RJCT" if len(states) == 1 else "PART"
    if plan := find(plans, Fault.UNKNOWN_CODE):
        group = plan.text("code", "QQQQ")[:4]
    marked = (
        tag("StsRsnInf", tag("Rsn", text("Cd", mark)), text("AddtlInf", "报文号重复，为原处理结果")) if mark else ""
    )
    rows = [_row(bank, order, plans) for order in orders]
    return _document(bank, message_ref, group, marked, rows, count=count, status=status)


def _rejected(bank: Bank, message: Initiation, code: str, why: str) -> Reply:
    told = tag("StsRsnInf", tag("Rsn", text("Cd", code)), text("AddtlInf", why))
    return _document(bank, message.message_ref, "RJCT", told, [], count=len(message.orders), status=_TAKEN)


def _document(
    bank: Bank,
    message_ref: str,
    group: str,
    reasons: str,
    rows: Sequence[str],
    *,
    count: int,
    status: int = 200,
    identity: str = "",
) -> Reply:
    now = bank.state.clock.now().isoformat(timespec="milliseconds")
    header = tag("GrpHdr", text("MsgId", identity or f"P{message_ref}"[:35]), text("CreDtTm", now))
    original = tag(
        "OrgnlGrpInfAndSts",
        text("OrgnlMsgId", message_ref),
        text("OrgnlMsgNmId", MESSAGE),
        text("OrgnlNbOfTxs", str(count)),
        text("GrpSts", group),
        reasons,
    )
    told = tag("OrgnlPmtInfAndSts", text("OrgnlPmtInfId", "P000"), *rows) if rows else ""
    return Reply(document("pain.002.001.10", "CstmrPmtStsRpt", header, original, told), status=status)


def _row(bank: Bank, order: Order, plans: list[Plan]) -> str:
    state = STATES[order.state]
    if plan := find(plans, Fault.UNKNOWN_CODE):
        state = plan.text("code", "QQQQ")[:4]
    why = ""
    if order.state is OrderState.REFUSED:
        code, usual = reason(order.code)
        why = tag("StsRsnInf", tag("Rsn", text("Cd", code)), text("AddtlInf", (order.text or usual)[:105]))
    booked = [entry for entry in order.entries if bank.state.entries[entry].client_ref == order.client_ref]
    payee = bank.state.account(order.payee)
    account = account_id(bank, order.payee) if payee is not None else tag("Id", tag("Othr", text("Id", order.payee)))
    return tag(
        "TxInfAndSts",
        text("OrgnlEndToEndId", order.client_ref),
        text("TxSts", state),
        why,
        text("AccptncDtTm", order.submitted_at),
        text("AcctSvcrRef", f"BP{booked[0]:012d}D") if booked else "",
        tag(
            "OrgnlTxRef",
            tag("Amt", text("InstdAmt", yuan(told_fen(plans, order.fen)), Ccy="CNY")),
            tag("CdtrAcct", account),
        ),
    )


def _lie(reference: str, order: Order | None) -> str:
    told = ""
    if order is not None:
        amount = tag("Amt", text("InstdAmt", yuan(order.fen), Ccy="CNY"))
        told = tag("OrgnlTxRef", amount, tag("CdtrAcct", tag("Id", tag("Othr", text("Id", order.payee)))))
    return tag("TxInfAndSts", text("OrgnlEndToEndId", reference), text("TxSts", "ACSC"), told)
