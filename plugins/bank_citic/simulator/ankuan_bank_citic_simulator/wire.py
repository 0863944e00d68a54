"""The ``<stream>`` messages as the front-end reads and writes them."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from ankuan_bank_citic_simulator.codes import BAD_MESSAGE, DONE, WireRefusal
from ankuan_simcore.faults import Plan
from ankuan_simcore.telling import told_balance, told_fen, told_name

CHARSET = "gbk"
Row = dict[str, str]

_AMOUNTS = {"TRANAMT", "tranAmount", "tranAmt", "totalAmount", "XTSFAM"}
_BALANCES = {"ACCBAL", "balance", "actBal", "usableBalance", "KYAMT", "SJAMT"}
_NAMES = {"OPPACCNAME", "OTHERACCNAME", "oppAccountName"}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_COUNT = re.compile(r"[1-9][0-9]{0,7}", re.ASCII)
_AMOUNT = re.compile(r"(\d{1,13})\.(\d{2})")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: its code and its fields. Rows of a list are kept apart."""

    action: str
    fields: Row
    rows: list[Row] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A field, empty when it is missing."""
        return self.fields.get(name, "")

    def needed(self, name: str) -> str:
        """A field that must be there."""
        if not self.text(name):
            raise WireRefusal(*BAD_MESSAGE, detail=name)
        return self.text(name)

    def fen(self, name: str) -> int:
        """An amount above zero with exactly two decimals."""
        found = _AMOUNT.fullmatch(self.needed(name))
        if found is None:
            raise WireRefusal(*BAD_MESSAGE, detail=name)
        return int(found[1]) * 100 + int(found[2])

    def count(self, name: str, default: int) -> int:
        """A whole number above zero, such as a place in a list."""
        text = self.text(name) or str(default)
        if not _COUNT.fullmatch(text):
            raise WireRefusal(*BAD_MESSAGE, detail=name)
        return int(text)

    def day(self, name: str) -> date:
        """A date YYYYMMDD."""
        try:
            return datetime.strptime(self.needed(name), "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            raise WireRefusal(*BAD_MESSAGE, detail=name) from None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, fields beside it, and the rows of ``userDataList`` (``None``: no list at all)."""

    status: str = DONE
    text: str = "交易成功"
    fields: Row = field(default_factory=dict)
    rows: list[Row] | None = None


def read_ask(body: bytes) -> Ask:
    """Parse a request; WireRefusal when it is not what the document asks for."""
    try:
        root: Element = fromstring(_DECLARATION.sub("", body.decode(CHARSET)), forbid_dtd=True)
    except Exception as broken:
        raise WireRefusal(*BAD_MESSAGE, detail=type(broken).__name__) from broken
    if root.tag != "stream":
        raise WireRefusal(*BAD_MESSAGE, detail=root.tag)
    fields = {child.tag: (child.text or "").strip() for child in root if child.tag != "list"}
    rows = [{cell.tag: (cell.text or "").strip() for cell in row} for row in root.iterfind("list/row")]
    ask = Ask(fields.get("action", ""), fields, rows)
    ask.needed("action")
    ask.needed("userName")
    return ask


def write_reply(reply: Reply) -> bytes:
    """The bytes of an answer. It declares GB2312 although it is GBK, as the real front-end does."""
    cells = {"status": reply.status, "statusText": reply.text, **reply.fields}
    parts = ['<?xml version="1.0" encoding="GB2312"?>\n<stream>', _cells(cells)]
    if reply.rows is not None:
        parts.append('<list name="userDataList">')
        parts += [f"<row>{_cells(row)}</row>" for row in reply.rows]
        parts.append("</list>")
    parts.append("</stream>")
    return "".join(parts).encode(CHARSET, errors="replace")


def as_told(reply: Reply, plans: list[Plan]) -> Reply:
    """The answer with the amounts, balances and names that the faults make of the true ones."""
    rows = reply.rows
    if rows is not None:
        last = len(rows) - 1
        # A balance is wrong in one row, so that the rows do not add up to it.
        rows = [_row_told(row, plans, with_balance=number == last) for number, row in enumerate(rows)]
    return Reply(reply.status, reply.text, _row_told(reply.fields, plans, with_balance=True), rows)


def _row_told(row: Row, plans: list[Plan], *, with_balance: bool) -> Row:
    told = dict(row)
    for name, value in row.items():
        if name in _BALANCES and with_balance:
            told[name] = yuan(told_balance(plans, _fen(value)))
        elif name in _BALANCES or name in _AMOUNTS:
            told[name] = yuan(told_fen(plans, _fen(value)))
        elif name in _NAMES:
            told[name] = told_name(plans, value)
    return told


def _fen(text: str) -> int:
    return int(text.replace(".", ""))


def _cells(row: Row) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items())


def yuan(fen: int) -> str:
    """decimal(15,2)."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"
