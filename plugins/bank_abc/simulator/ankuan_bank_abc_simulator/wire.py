"""The ``<ap>`` messages behind their prefix, as the front-end reads and writes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

CHARSET = "gbk"
OK = "0000"
BAD_MESSAGE = ("2001", "报文格式错误")
NO_SUCH_ORDER = ("2204", "无此交易")
Row = dict[str, str]
Cells = Mapping[str, "str | Cells"]
_AMOUNT = re.compile(r"(\d{1,13})\.(\d{2})", re.ASCII)


class WireRefusal(Exception):
    """Answer with this code and text; nothing was done."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: leaves, and the groups Cmp, Corp, Channel."""

    fields: Row
    parts: dict[str, Row]

    def needed(self, part: str, name: str) -> str:
        """A field of a group that must be there."""
        value = self.parts.get(part, {}).get(name, "")
        if not value:
            raise WireRefusal(BAD_MESSAGE[0], f"{BAD_MESSAGE[1]}[{part}.{name}]")
        return value

    @property
    def fen(self) -> int:
        """Amt, an amount with two decimals."""
        found = _AMOUNT.fullmatch(self.fields.get("Amt", ""))
        if found is None:
            raise WireRefusal(BAD_MESSAGE[0], f"{BAD_MESSAGE[1]}[Amt]")
        return int(found[1]) * 100 + int(found[2])


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    code: str = OK
    text: str = "交易成功"
    parts: Cells = field(default_factory=dict)


def read_ask(body: bytes) -> Ask:
    """Parse a request; WireRefusal when it is not what the documents ask for."""
    try:
        root = fromstring(body.decode(CHARSET), forbid_dtd=True)
    except Exception as broken:
        raise WireRefusal(*BAD_MESSAGE) from broken
    fields = {child.tag: (child.text or "").strip() for child in root if not len(child)}
    parts = {child.tag: {cell.tag: (cell.text or "").strip() for cell in child} for child in root if len(child)}
    if root.tag != "ap" or not fields.get("ReqSeqNo"):
        raise WireRefusal(*BAD_MESSAGE)
    return Ask(fields, parts)


def write_reply(ask: Ask | None, reply: Reply) -> bytes:
    """The text of an answer, without its prefix."""
    told = ask.fields if ask is not None else {}
    head = {
        "CCTransCode": told.get("CCTransCode", ""),
        "ReqSeqNo": told.get("ReqSeqNo", ""),
        "RespSource": "0",
        "RespCode": reply.code,
        "RespInfo": reply.text,
        "RxtInfo": "",
    }
    return f"<ap>{_cells({**head, **reply.parts})}</ap>".encode(CHARSET, errors="replace")


def framed(text: bytes) -> bytes:
    """The prefix: plain, then the length, left-aligned in six characters."""
    return b"0" + str(len(text)).ljust(6).encode() + text


def _cells(cells: Cells) -> str:
    return "".join(
        f"<{name}>{escape(value) if isinstance(value, str) else _cells(value)}</{name}>"
        for name, value in cells.items()
    )


def yuan(fen: int) -> str:
    """Two decimals and a sign when it is below zero."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"
