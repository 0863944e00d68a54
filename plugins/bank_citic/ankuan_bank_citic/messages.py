"""The ``<stream>`` messages: bytes to typed values and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ankuan.plugin_api.texts import WrongEncoding, gb_text

_ROWS: Final = "userDataList"
Row = Mapping[str, str]


class Malformed(ValueError):
    """An answer that is no message: broken XML, wrong encoding, no status."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: outer status, fields beside it, rows (empty when there is no list)."""

    status: str
    text: str
    fields: Row
    rows: tuple[Row, ...]


def render(action: str, user_name: str, fields: Row, rows: Sequence[Row] = ()) -> bytes:
    """Bytes of a request. Values must have passed ``encoding.expressible``; UnicodeEncodeError otherwise."""
    body = _cells({"action": action, "userName": user_name, **fields})
    if rows:
        listed = "".join(f"<row>{_cells(row)}</row>" for row in rows)
        body += f'<list name="{_ROWS}">{listed}</list>'
    return f'<?xml version="1.0" encoding="GBK"?>\n<stream>{body}</stream>'.encode("gbk")


def _cells(row: Row) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items())


def parse(raw: bytes) -> Answer:
    """Read an answer. Raises :class:`Malformed` and nothing else, whatever the bytes are.

    A field told twice makes the message malformed: choosing one of the two would be a guess.
    """
    try:
        root: Element = fromstring(gb_text(raw), forbid_dtd=True)
    except WrongEncoding as wrong:
        raise Malformed(f"encoding: {wrong}") from wrong
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as broken:
        raise Malformed(f"xml: {type(broken).__name__}") from broken
    if root.tag != "stream":
        raise Malformed("the root is not <stream>")
    fields = _fields(child for child in root if child.tag != "list")
    status = fields.get("status", "")
    if not status:
        raise Malformed("no status")
    lists = [child for child in root if child.tag == "list"]
    if len(lists) > 1:
        raise Malformed("more than one list")
    rows = tuple(_fields(row) for found in lists for row in found)
    return Answer(status, fields.get("statusText", ""), fields, rows)


def _fields(elements: Iterable[Element]) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in elements:
        if len(child) or child.tag in found:
            raise Malformed(f"field {child.tag[:30]} is nested or told twice")
        found[child.tag] = (child.text or "").strip()
    return found
