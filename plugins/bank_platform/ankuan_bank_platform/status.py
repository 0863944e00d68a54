"""pain.002.001.10 as typed values."""

from typing import Final

from ankuan.kernel.money import Money
from ankuan_bank_platform.documents import Malformed, Node, parse
from ankuan_bank_platform.mapping import Report, Row
from ankuan_bank_platform.values import CURRENCY, BadValue, money, number

MESSAGE: Final = "pain.002.001.10"


def read_status(raw: bytes) -> Report:
    """Raises :class:`Malformed` and nothing else."""
    message, root = parse(raw)
    if message != MESSAGE or root.name != "CstmrPmtStsRpt":
        raise Malformed(f"{message[:20]} where {MESSAGE} was expected")
    try:
        return report_of(root)
    except BadValue as wrong:
        raise Malformed(str(wrong)) from wrong


def report_of(root: Node) -> Report:
    """The element ``CstmrPmtStsRpt``. Raises Malformed or BadValue."""
    root.needed("GrpHdr/MsgId")
    group = root.one("OrgnlGrpInfAndSts")
    if group is None:
        raise Malformed("OrgnlGrpInfAndSts is missing")
    if not group.needed("OrgnlMsgNmId").startswith("pain.001"):
        raise Malformed("a report on another message than pain.001")
    count = group.text("OrgnlNbOfTxs")
    return Report(
        message_ref=group.needed("OrgnlMsgId"),
        status=group.text("GrpSts"),
        reasons=_reasons(group),
        text=_text(group),
        count=number(count) if count else None,
        rows=tuple(_row(row) for part in root.all("OrgnlPmtInfAndSts") for row in part.all("TxInfAndSts")),
    )


def _row(node: Node) -> Row:
    original = node.one("OrgnlTxRef")
    return Row(
        client_ref=node.needed("OrgnlEndToEndId"),
        status=node.needed("TxSts"),
        reasons=_reasons(node),
        text=_text(node),
        bank_ref=node.text("AcctSvcrRef") or None,
        amount=_amount(original) if original is not None else None,
        payee_account=original.text("CdtrAcct/Id/Othr/Id") or None if original is not None else None,
    )


def _amount(original: Node) -> Money | None:
    told = original.text("Amt/InstdAmt")
    if not told:
        return None
    if original.attribute("Amt/InstdAmt", "Ccy") != CURRENCY:
        raise BadValue("another currency")
    return money(told)


def _reasons(node: Node) -> tuple[str, ...]:
    found = (each.text("Rsn/Cd") or each.text("Rsn/Prtry") for each in node.all("StsRsnInf"))
    return tuple(code for code in found if code)


def _text(node: Node) -> str:
    return "".join(text for each in node.all("StsRsnInf") for text in each.texts("AddtlInf"))
