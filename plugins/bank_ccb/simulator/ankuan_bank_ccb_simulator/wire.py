"""The ``<TX>`` messages as the front-end reads and writes them."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

CHARSET = "gb18030"
OK = "000000"
NO_ROWS = ("8350ZX100000", "该帐户无满足条件的明细")
NO_SUCH_ORDER = ("8350ZX200000", "无此交易记录")
BAD_MESSAGE = ("0130Z1100001", "报文格式错误")
Row = dict[str, str]
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_AMOUNT = re.compile(r"(\d{1,13})\.(\d{2})", re.ASCII)


class WireRefusal(Exception):
    """Answer with this code and text; nothing was done."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Ask:
    """A request."""

    head: Row
    info: Row

    def needed(self, name: str) -> str:
        """A field of TX_INFO that must be there."""
        if not self.info.get(name):
            raise WireRefusal(BAD_MESSAGE[0], f"{BAD_MESSAGE[1]}[{name}]")
        return self.info[name]

    def fen(self, name: str) -> int:
        """An amount with exactly two decimals."""
        found = _AMOUNT.fullmatch(self.needed(name))
        if found is None:
            raise WireRefusal(BAD_MESSAGE[0], f"{BAD_MESSAGE[1]}[{name}]")
        return int(found[1]) * 100 + int(found[2])


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    code: str = OK
    text: str = "交易成功"
    info: Row = field(default_factory=dict)
    rows: list[Row] | None = None


def read_ask(body: bytes) -> Ask:
    """Parse a request; WireRefusal when it is not what the tables ask for."""
    try:
        root: Element = fromstring(_DECLARATION.sub("", body.decode(CHARSET)), forbid_dtd=True)
    except Exception as broken:
        raise WireRefusal(*BAD_MESSAGE) from broken
    head = {child.tag: (child.text or "").strip() for child in root if child.tag != "TX_INFO"}
    info = {cell.tag: (cell.text or "").strip() for cell in root.iterfind("TX_INFO/*")}
    if root.tag != "TX" or not re.fullmatch(r"\d{1,16}", head.get("REQUEST_SN", ""), re.ASCII):
        raise WireRefusal(*BAD_MESSAGE)
    return Ask(head, info)


def write_reply(ask: Ask | None, reply: Reply) -> bytes:
    """The bytes of an answer, under a declaration that says GB2312, as the real front-end's."""
    head = ask.head if ask is not None else {}
    cells = {
        "REQUEST_SN": head.get("REQUEST_SN", ""),
        "CUST_ID": head.get("CUST_ID", ""),
        "TX_CODE": head.get("TX_CODE", ""),
        "RETURN_CODE": reply.code,
        "RETURN_MSG": reply.text,
        "LANGUAGE": "CN",
    }
    info = _cells(reply.info)
    if reply.rows is not None:
        rows = "".join(f"<DETAILINFO>{_cells(row)}</DETAILINFO>" for row in reply.rows)
        info += f"<DETAILLIST>{rows}</DETAILLIST>"
    text = f'<?xml version="1.0" encoding="GB2312"?>\n<TX>{_cells(cells)}<TX_INFO>{info}</TX_INFO></TX>'
    return text.encode(CHARSET, errors="replace")


def _cells(row: Row) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items())


def yuan(fen: int) -> str:
    """number(16,2)."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"
