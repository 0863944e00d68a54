"""The messages of the NetSafe Client: bytes to typed values and back."""

import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote_from_bytes
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ankuan.plugin_api.texts import WrongEncoding, gb_text
from ankuan_bank_icbc.values import Row

OK: Final = "0"
_DATA: Final = b"reqData="
_ERROR: Final = re.compile(rb"errorCode=([0-9A-Za-z_\-]{1,20})(?:[&\s][^\x00]{0,2000})?", re.DOTALL)
_SIGN: Final = re.compile(rb"<sign>([0-9A-Za-z+/=\s]+)</sign>", re.IGNORECASE)
_RESULT: Final = re.compile(rb"<result>([^<>]*)</result>", re.IGNORECASE)
_NAMED: Final = re.compile(rb"<fSeqno>([0-9A-Za-z]{1,40})</fSeqno>")


class Malformed(ValueError):
    """An answer that is no message: not base64, broken XML, wrong encoding, about something else."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. ``package``: fSeqno, the reference of this message. ``rows``: its ``rd`` elements."""

    trans_code: str
    package: str
    fields: Row
    rows: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The bank's answer: code and text of ``pub``, fields of ``out``, and its rows."""

    code: str
    text: str
    serial_no: str
    fields: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class FrontEndError:
    """The NetSafe Client's own code. Whether the bank has heard of the request, nobody here knows."""

    code: str


def render(request: Request, sender: Mapping[str, str], moment: str) -> bytes:
    """The XML of a request. ``sender``: CIS and ID. ``moment``: yyyyMMddHHmmssSSS. Values have to fit GBK."""
    pub = {
        "TransCode": request.trans_code,
        "CIS": sender["CIS"],
        "BankCode": "102",
        "ID": sender["ID"],
        "TranDate": moment[:8],
        "TranTime": moment[8:],
        "fSeqno": request.package,
    }
    rows = "".join(f"<rd>{_cells(row)}</rd>" for row in request.rows)
    inside = f"<pub>{_cells(pub)}</pub><in>{_cells(request.fields)}{rows}</in>"
    return f'<?xml version="1.0" encoding="GBK"?>\n<CMS><eb>{inside}</eb></CMS>'.encode("gbk")


def _cells(row: Row) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items())


def form(fields: Mapping[str, str], data: bytes) -> bytes:
    """The body of a request to the secure port; ``data`` goes in as it is, escaped."""
    plain = "".join(f"{name}={quote_from_bytes(value.encode('gbk'), safe='')}&" for name, value in fields.items())
    return plain.encode("ascii") + _DATA + quote_from_bytes(data, safe="").encode("ascii")


def read_signature(raw: bytes, package: str) -> bytes:
    """The signed text (base64, white space taken out) of the sign port's answer. Raises :class:`Malformed`.

    What is inside is the bank's business. Only when our own reference can be read in it is it looked at: a front-end
    that mixes up two callers must not make us send somebody else's payment.
    """
    text = raw.strip()
    if b"\x00" in text:
        raise Malformed("sign: NUL bytes")
    lower = text.lower()
    if lower.startswith(b"<html") != lower.endswith(b"</html>"):
        raise Malformed("sign: half a page")
    results = _RESULT.findall(text)
    if len(results) > 1 or [found.strip() for found in results] not in ([], [b"0"]):
        raise Malformed("sign: the result is not 0")
    signs = _SIGN.findall(text)
    if len(signs) != 1 or lower.count(b"<sign") != 1 or lower.count(b"</sign") != 1 or lower.count(b"<result") > 1:
        raise Malformed("sign: not one signature")
    signed = b"".join(signs[0].split())
    named = _NAMED.search(_from_base64(signed, "sign"))
    if named is not None and named[1] != package.encode("ascii"):
        raise Malformed("sign: the signature of another message")
    return signed


def parse(raw: bytes, asked: Request) -> Answer | FrontEndError:
    """Read an answer of the secure port. Raises :class:`Malformed` and nothing else, whatever the bytes are.

    A field told twice makes the message malformed, and so does the answer to another request.
    """
    body = raw.strip()
    error = _ERROR.fullmatch(body)
    if error is not None:
        return FrontEndError(error[1].decode("ascii"))
    if not body.startswith(_DATA):
        raise Malformed("neither reqData nor errorCode")
    pub, out = _envelope(_from_base64(b"".join(body[len(_DATA) :].split()), "reqData"))
    head = _fields(pub)
    if (head.get("TransCode"), head.get("fSeqno")) != (asked.trans_code, asked.package):
        raise Malformed("the answer to another request")
    if not head.get("RetCode"):
        raise Malformed("no RetCode")
    fields, rows = ({}, ()) if out is None else _contents(out)
    return Answer(head["RetCode"], head.get("RetMsg", ""), head.get("SerialNo", ""), fields, rows)


def _from_base64(text: bytes, what: str) -> bytes:
    try:
        found = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as broken:
        raise Malformed(f"{what}: not base64") from broken
    if not found:
        raise Malformed(f"{what}: empty")
    return found


def _envelope(raw: bytes) -> tuple[Element, Element | None]:
    try:
        root: Element = fromstring(gb_text(raw), forbid_dtd=True)
    except WrongEncoding as wrong:
        raise Malformed(f"encoding: {wrong}") from wrong
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as broken:
        raise Malformed(f"xml: {type(broken).__name__}") from broken
    if root.tag != "CMS" or len(root) != 1 or root[0].tag != "eb":
        raise Malformed("not one <CMS><eb>")
    parts = {child.tag: child for child in root[0]}
    if len(parts) != len(root[0]) or "pub" not in parts or not parts.keys() <= {"pub", "in", "out"}:
        raise Malformed("not one <pub> and one <out>")
    return parts["pub"], parts.get("out")


def _contents(out: Element) -> tuple[Row, tuple[Row, ...]]:
    return _fields(child for child in out if child.tag != "rd"), tuple(_fields(row) for row in out if row.tag == "rd")


def _fields(elements: Iterable[Element]) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in elements:
        if len(child) or child.tag in found:
            raise Malformed(f"field {child.tag[:30]} is nested or told twice")
        found[child.tag] = (child.text or "").strip()
    return found
