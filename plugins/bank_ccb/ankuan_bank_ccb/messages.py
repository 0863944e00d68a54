"""The ``<TX>`` messages: bytes to typed values and back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ankuan.kernel.money import Money
from ankuan.plugin_api.texts import WrongEncoding, gb_text
from ankuan_bank_ccb.config import Config

ENCODING: Final = "gb18030"
_AMOUNT: Final = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?")
Row = Mapping[str, str]


class Malformed(ValueError):
    """An answer that is no message, or a field that is not of its documented type."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``fields``: what stands in TX_INFO; ``rows``: the entries of its list (DETAILLIST/DETAILINFO)."""

    request_sn: str
    tx_code: str
    return_code: str
    message: str
    fields: Row
    rows: tuple[Row, ...]


def render(config: Config, request_sn: str, tx_code: str, fields: Row) -> bytes:
    """Bytes of a request. The front-end fills in the signature."""
    head = {
        "REQUEST_SN": request_sn,
        "CUST_ID": config.customer_id,
        "USER_ID": config.user_id,
        "PASSWORD": config.password,
        "TX_CODE": tx_code,
        "LANGUAGE": "CN",
    }
    body = f"<TX>{_cells(head)}<TX_INFO>{_cells(fields)}</TX_INFO><SIGN_INFO></SIGN_INFO><SIGNCERT></SIGNCERT></TX>"
    return f'<?xml version="1.0" encoding="GB2312" standalone="yes"?>\n{body}'.encode(ENCODING)


def without_password(request: bytes) -> bytes:
    """The request as it may be kept: the password is nobody's evidence."""
    return re.sub(rb"<PASSWORD>[^<]*</PASSWORD>", b"<PASSWORD>******</PASSWORD>", request)


def _cells(row: Row) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items())


def parse(raw: bytes) -> Answer:
    """Read an answer. Raises :class:`Malformed` and nothing else, whatever the bytes are."""
    try:
        root: Element = fromstring(gb_text(raw), forbid_dtd=True)
    except WrongEncoding as wrong:
        raise Malformed(f"encoding: {wrong}") from wrong
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as broken:
        raise Malformed(f"xml: {type(broken).__name__}") from broken
    if root.tag != "TX":
        raise Malformed("the root is not <TX>")
    infos = [child for child in root if child.tag == "TX_INFO"]
    if len(infos) > 1:
        raise Malformed("TX_INFO stands twice")
    head = _fields(child for child in root if child.tag != "TX_INFO")
    if not head.get("RETURN_CODE"):
        raise Malformed("no RETURN_CODE")
    lists = [child for info in infos for child in info if child.tag == "DETAILLIST"]
    if len(lists) > 1:
        raise Malformed("DETAILLIST stands twice")
    return Answer(
        request_sn=head.get("REQUEST_SN", ""),
        tx_code=head.get("TX_CODE", ""),
        return_code=head["RETURN_CODE"],
        message=head.get("RETURN_MSG", ""),
        fields=_fields(child for info in infos for child in info if child.tag != "DETAILLIST"),
        rows=tuple(_fields(row) for found in lists for row in found),
    )


def _fields(elements: Iterable[Element]) -> dict[str, str]:
    """A field told twice makes the message malformed: choosing one of the two would be a guess."""
    found: dict[str, str] = {}
    for child in elements:
        if len(child) or child.tag in found:
            raise Malformed(f"field {child.tag[:30]} is nested or told twice")
        found[child.tag] = (child.text or "").strip()
    return found


def needed(row: Row, name: str) -> str:
    """A field that must not be empty."""
    value = row.get(name, "")
    if not value:
        raise Malformed(f"{name} is missing")
    return value


def money(text: str) -> Money:
    """Yuan with at most two decimals."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Malformed(f"amount {text[:20]!r}")
    fen = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return Money(-fen if found[1] else fen)


def day(text: str) -> date:
    """YYYYMMDD or YYYY/MM/DD: the two detail functions differ."""
    digits = text.replace("/", "")
    try:
        if len(digits) != 8 or not digits.isascii():
            raise Malformed(f"date {text[:20]!r}")
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as wrong:
        raise Malformed(f"date {text[:20]!r}") from wrong
