"""The messages as a NetSafe Client and the bank read and write them."""

import base64
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from ankuan_bank_icbc_simulator.codes import BAD_MESSAGE, OK, WireRefusal

CHARSET = "gbk"
ERROR = b"errorCode="
FORM_FIELDS = (
    *("Version", "TransCode", "BankCode", "GroupCIS", "ID"),
    *("PackageID", "Cert", "Language", "zipFlag", "reqData"),
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_FEN = re.compile(r"[0-9]{1,16}")
_REFERENCE = re.compile(r"[0-9A-Za-z]{1,35}")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: fields of ``pub`` and of ``in``, and its rows."""

    pub: Row
    fields: Row
    rows: list[Row] = field(default_factory=list)

    @property
    def trans_code(self) -> str:
        """The transaction."""
        return self.pub.get("TransCode", "")

    @property
    def package(self) -> str:
        """fSeqno."""
        return self.pub.get("fSeqno", "")

    def text(self, name: str) -> str:
        """A field, empty when it is missing."""
        return self.fields.get(name, "")

    def needed(self, name: str) -> str:
        """A field that must be there."""
        return needed(self.fields, name)

    def day(self, name: str) -> str:
        """A date yyyyMMdd as 2026-11-21."""
        try:
            found: date = datetime.strptime(self.needed(name), "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            raise WireRefusal(*BAD_MESSAGE, detail=name) from None
        return found.isoformat()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: code and text, fields of ``out``, rows."""

    code: str = OK
    text: str = "交易成功"
    fields: Row = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)


def needed(row: Row, name: str) -> str:
    """A field that must be there."""
    if not row.get(name):
        raise WireRefusal(*BAD_MESSAGE, detail=name)
    return row[name]


def fen_of(row: Row, name: str) -> int:
    """An amount in fen: digits and nothing else."""
    text = needed(row, name)
    if not _FEN.fullmatch(text):
        raise WireRefusal(*BAD_MESSAGE, detail=name)
    return int(text)


def reference_of(row: Row, name: str) -> str:
    """A reference of the customer."""
    text = needed(row, name)
    if not _REFERENCE.fullmatch(text):
        raise WireRefusal(*BAD_MESSAGE, detail=name)
    return text


def read_form(body: bytes) -> dict[str, bytes]:
    """The fields of a form. ValueError when one is missing, told twice or unknown to the NetSafe Client."""
    found: dict[str, bytes] = {}
    for pair in body.split(b"&"):
        name, _, value = pair.partition(b"=")
        key = name.decode("ascii")
        if key in found or key not in FORM_FIELDS:
            raise ValueError(key)
        found[key] = unquote_to_bytes(value.replace(b"+", b" "))
    if set(found) != set(FORM_FIELDS) or found["BankCode"] != b"102" or found["zipFlag"] != b"0":
        raise ValueError("fields")
    if found["Version"] not in {b"0.0.1.0", b"0.0.0.1"} or found["Language"] != b"zh_CN":
        raise ValueError("version")
    return found


def read_ask(body: bytes) -> Ask:
    """Parse the XML of a request; WireRefusal when it is not what the interface asks for."""
    try:
        root: Element = fromstring(_DECLARATION.sub("", body.decode(CHARSET)), forbid_dtd=True)
        (envelope,) = root
        pub, contents = envelope
    except Exception as broken:
        raise WireRefusal(*BAD_MESSAGE, detail=type(broken).__name__) from broken
    if (root.tag, envelope.tag, pub.tag, contents.tag) != ("CMS", "eb", "pub", "in"):
        raise WireRefusal(*BAD_MESSAGE, detail="CMS")
    ask = Ask(
        _cells_of(pub),
        {cell.tag: (cell.text or "").strip() for cell in contents if cell.tag != "rd"},
        [_cells_of(row) for row in contents.iterfind("rd")],
    )
    for name in ("TransCode", "CIS", "ID", "TranDate", "TranTime"):
        needed(ask.pub, name)
    reference_of(ask.pub, "fSeqno")
    return ask


def _cells_of(element: Element) -> Row:
    return {cell.tag: (cell.text or "").strip() for cell in element}


def write_reply(ask: Ask, reply: Reply, now: datetime) -> bytes:
    """The XML of an answer: what ``pub`` said, with the bank's code."""
    head = {name: ask.pub.get(name, "") for name in ("TransCode", "CIS", "BankCode", "ID")}
    pub = {
        **head,
        "TranDate": f"{now:%Y%m%d}",
        "TranTime": f"{now:%H%M%S}{now.microsecond // 1000:03d}",
        "fSeqno": ask.package,
        "SerialNo": f"{now:%y%m%d%H%M%S%f}",
        "RetCode": reply.code,
        "RetMsg": reply.text,
    }
    rows = "".join(f"<rd>{_cells(row)}</rd>" for row in reply.rows)
    inside = f"<pub>{_cells(pub)}</pub><out>{_cells(reply.fields)}{rows}</out>"
    text = f'<?xml version="1.0" encoding="GBK"?>\n<CMS><eb>{inside}</eb></CMS>'
    return text.encode(CHARSET, errors="replace")


def _cells(row: Row) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items())


def framed(text: bytes) -> bytes:
    """What the secure port answers: the XML in base64, or the NetSafe Client's own error as it is."""
    return text if text.startswith(ERROR) else b"reqData=" + base64.b64encode(text)


def sign_page(result: str, signed: bytes = b"") -> bytes:
    """What the sign port answers: a page with the result and, when it is 0, the signature in lines of 64."""
    lines = b"\r\n".join(signed[place : place + 64] for place in range(0, len(signed), 64))
    inside = b"<sign>" + lines + b"</sign>" if signed else b""
    head = f"<html><head><title>签名结果</title><result>{result}</result></head><body>".encode(CHARSET)
    return head + inside + b"</body></html>"
