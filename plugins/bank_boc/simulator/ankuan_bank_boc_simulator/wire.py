"""The ``<bocb2e>`` messages as the front-end reads and writes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

CHARSET = "utf-8"
OK = ("B001", "ok")
MORE = ("B002", "ok, more pages")
BAD_MESSAGE = ("B101", "报文格式错误")
NO_TOKEN = ("B102", "请先签到")
NO_SUCH_ORDER = ("B204", "无此指令")
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
    """A request: head and the elements of the transaction."""

    operation: str
    head: dict[str, str]
    rows: list[Element]

    @property
    def first(self) -> Element:
        """The first ``…-rq``."""
        if not self.rows:
            raise WireRefusal(*BAD_MESSAGE)
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: the outer status, fields beside it, rows."""

    status: tuple[str, str] = OK
    body: Cells = field(default_factory=dict)
    rows: Sequence[Cells] = ()


def text(element: Element, path: str) -> str:
    """A leaf, empty when there is none."""
    return (element.findtext(path) or "").strip()


def needed(element: Element, path: str) -> str:
    """A leaf that must be there."""
    found = text(element, path)
    if not found:
        raise WireRefusal(BAD_MESSAGE[0], f"{BAD_MESSAGE[1]}[{path}]")
    return found


def fen(element: Element, path: str) -> int:
    """An amount with two decimals."""
    found = _AMOUNT.fullmatch(needed(element, path))
    if found is None:
        raise WireRefusal(BAD_MESSAGE[0], f"{BAD_MESSAGE[1]}[{path}]")
    return int(found[1]) * 100 + int(found[2])


def read_ask(body: bytes) -> Ask:
    """Parse a request; WireRefusal when it is not what the samples show."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
        head = {child.tag: (child.text or "").strip() for child in root.iterfind("head/*")}
        operation = head["trncod"]
        transaction = root.find(f"trans/trn-{operation}-rq")
    except Exception as broken:
        raise WireRefusal(*BAD_MESSAGE) from broken
    if root.tag != "bocb2e" or transaction is None:
        raise WireRefusal(*BAD_MESSAGE)
    return Ask(operation, head, [child for child in transaction if child.tag == f"{operation}-rq"])


def write_reply(operation: str, reply: Reply) -> bytes:
    """The bytes of an answer."""
    inside = _cells({"status": {"rspcod": reply.status[0], "rspmsg": reply.status[1]}, **reply.body})
    inside += "".join(f"<{operation}-rs>{_cells(row)}</{operation}-rs>" for row in reply.rows)
    return _message(operation, f"trn-{operation}-rs", inside)


def write_error(code: str, message: str) -> bytes:
    """An error document."""
    return _message("b2eerror", "trn-b2eerror-rs", _cells({"status": {"rspcod": code, "rspmsg": message}}))


def _message(operation: str, element: str, inside: str) -> bytes:
    head = _cells({"termid": "E192168001001", "trnid": "0", "trncod": operation})
    text_of = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<bocb2e version="120" security="true" lang="zh_CN">'
        f"<head>{head}</head><trans><{element}>{inside}</{element}></trans></bocb2e>"
    )
    return text_of.encode(CHARSET)


def _cells(cells: Cells) -> str:
    return "".join(
        f"<{name}>{escape(value) if isinstance(value, str) else _cells(value)}</{name}>"
        for name, value in cells.items()
    )


def yuan(amount: int) -> str:
    """Two decimals."""
    whole, part = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{part:02d}"
