"""The ``<TX>`` messages: bytes to typed values and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from ankuan.plugin_api.texts import WrongEncoding, gb_text
from ankuan.plugin_api.values import Malformed, leaves, xml_root
from ankuan_bank_ccb.config import Config

ENCODING: Final = "gb18030"
Row = Mapping[str, str]


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
        root = xml_root(gb_text(raw))
    except WrongEncoding as wrong:
        raise Malformed(f"encoding: {wrong}") from wrong
    if root.tag != "TX":
        raise Malformed("the root is not <TX>")
    infos = [child for child in root if child.tag == "TX_INFO"]
    if len(infos) > 1:
        raise Malformed("TX_INFO stands twice")
    head = leaves(child for child in root if child.tag != "TX_INFO")
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
        fields=leaves(child for info in infos for child in info if child.tag != "DETAILLIST"),
        rows=tuple(leaves(row) for found in lists for row in found),
    )
