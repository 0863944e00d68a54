"""Read ISO 20022 camt.053 of any version. No entities, no DTD, no network; the declared encoding is not trusted."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from ankuan.banking.statements.rows import MAX_ROW_TEXT, MAX_ROWS, Entry, Row, Statement, StatementUnreadable, fen_of
from ankuan.kernel.clock import SHANGHAI

_ROOT: Final = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.[0-9]{2}\}Document")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING: Final = re.compile(r"encoding\s*=\s*[\"'](?P<name>[A-Za-z0-9._-]+)[\"']")
_OPENING: Final = ("OPBD", "PRCD")
_BROKEN = (ValueError, ArithmeticError, LookupError)


def read_camt053(content: bytes) -> tuple[Statement, ...]:
    """Statements of the file in their order. Raises :class:`StatementUnreadable`."""
    root = _tree(content)
    if not _ROOT.fullmatch(str(root.tag)):
        raise StatementUnreadable("不是 camt.053 对账单", "Not a camt.053 statement", field="fileId")
    statements = tuple(_statement(node) for node in root.iterfind("{*}BkToCstmrStmt/{*}Stmt"))
    if sum(len(statement.rows) for statement in statements) > MAX_ROWS:
        raise StatementUnreadable(f"超过 {MAX_ROWS} 行", f"More than {MAX_ROWS} rows", field="fileId")
    return statements


def _tree(content: bytes) -> etree._Element:
    text = _decode(content)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise StatementUnreadable("XML 含有 DTD，拒绝导入", "XML with a DTD is refused", field="fileId")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False)
    try:
        return etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise StatementUnreadable(
            "XML 无法解析", f"Not well-formed XML: {str(broken)[:100]}", field="fileId"
        ) from broken


def _decode(content: bytes) -> str:
    """Text without its XML declaration. GB2312 and GBK files hold GB18030 characters (protocols §0.1)."""
    try:
        if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            text = content.decode("utf-16")
        else:
            head = content[:200].decode("ascii", errors="replace")
            declaration = _DECLARATION.match(head.removeprefix("\ufffd" * 3))
            named = _ENCODING.search(declaration[0]) if declaration else None
            is_chinese = (named["name"] if named else "utf-8").lower().replace("-", "") in {"gb2312", "gbk", "gb18030"}
            text = content.decode("gb18030" if is_chinese else "utf-8-sig")
    except UnicodeDecodeError as broken:
        raise StatementUnreadable(
            "文件编码与声明不符", "The encoding is not the declared one", field="fileId"
        ) from broken
    return _DECLARATION.sub("", text, count=1)


def _statement(node: etree._Element) -> Statement:
    account = _text(node, "Acct/Id/IBAN") or _text(node, "Acct/Id/Othr/Id")
    default_currency = _text(node, "Acct/Ccy")
    rows = tuple(_row(entry, default_currency) for entry in node.iterfind("{*}Ntry"))
    return Statement(account.replace(" ", ""), _balance(node, _OPENING), _balance(node, ("CLBD",)), rows)


def _balance(node: etree._Element, codes: Iterable[str]) -> int | None:
    for code in codes:
        for balance in node.iterfind("{*}Bal"):
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                try:
                    fen = fen_of(Decimal(_text(balance, "Amt")))
                except _BROKEN:
                    return None
                return fen if _text(balance, "CdtDbtInd") == "CRDT" else -fen
    return None


def _row(node: etree._Element, default_currency: str) -> Row:
    text = " ".join(etree.tostring(node, encoding="unicode", with_tail=False).split())[:MAX_ROW_TEXT]
    try:
        return Row(text, _entry(node, default_currency))
    except (InvalidOperation, *_BROKEN):
        return Row(text, None)


def _entry(node: etree._Element, default_currency: str) -> Entry:
    amount = node.find("{*}Amt")
    direction = {"CRDT": True, "DBIT": False}[_text(node, "CdtDbtInd")]
    if amount is None:
        raise LookupError("an entry without an amount")
    details = node.findall("{*}NtryDtls/{*}TxDtls")
    fen = fen_of(Decimal((amount.text or "").strip()))
    if fen < 0:
        raise ValueError("amounts carry no sign")
    # A collective entry is one booking: its parts have no counter account of their own.
    party, detail = ("Dbtr" if direction else "Cdtr"), details[0] if len(details) == 1 else None
    remarks = [_text(one, "RmtInf/Ustrd") for one in details] + [_text(node, "AddtlNtryInf")]
    return Entry(
        amount_fen=fen,
        is_credit=direction,
        is_reversal=_text(node, "RvslInd") in {"true", "1"},
        is_booked=(_text(node, "Sts/Cd") or _text(node, "Sts")) == "BOOK",
        currency=amount.get("Ccy") or default_currency,
        booked_on=_day(_text(node, "BookgDt/Dt") or _text(node, "BookgDt/DtTm")),
        counter_name=_first(detail, f"RltdPties/{party}/Nm", f"RltdPties/{party}/Pty/Nm"),
        counter_account=_first(detail, f"RltdPties/{party}Acct/Id/IBAN", f"RltdPties/{party}Acct/Id/Othr/Id"),
        counter_bank=_first(detail, f"RltdAgts/{party}Agt/FinInstnId/Nm"),
        remark=" ".join(" ".join(remark for remark in remarks if remark).split()),
        bank_ref=_text(node, "AcctSvcrRef") or _text(node, "NtryRef"),
    )


def _day(text: str) -> date:
    """The bank's day; an instant with an offset is seen from China (failures F9)."""
    if len(text) <= 10:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.astimezone(SHANGHAI).date() if moment.tzinfo else moment.date()


def _first(node: etree._Element | None, *paths: str) -> str:
    return next((found for path in paths if node is not None and (found := _text(node, path))), "")


def _text(node: etree._Element, path: str) -> str:
    found = node.findall("/".join(f"{{*}}{part}" for part in path.split("/")))
    return " ".join((one.text or "").strip() for one in found).strip()
