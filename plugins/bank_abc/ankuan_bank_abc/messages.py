"""The ``<ap>`` messages behind their prefix of seven characters: bytes to typed values and back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ankuan.kernel.money import Money
from ankuan.plugin_api.texts import WrongEncoding, gb_text

ENCODING: Final = "gbk"
PREFIX_BYTES: Final = 7
_PREFIX: Final = re.compile(rb"0([0-9]{1,6}) *")
_AMOUNT: Final = re.compile(r"([+-]?)([0-9]{1,13})(?:\.([0-9]{1,2}))?")
Cells = Mapping[str, "str | Cells"]


class Malformed(ValueError):
    """An answer that is no message, or a field that is not of its documented type."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``fields``: leaves directly below the root; ``parts``: the groups Cmp, Corp, Channel."""

    code: str
    message: str
    fields: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]

    def needed(self, part: str, name: str) -> str:
        """A field of a group that must not be empty."""
        value = self.parts.get(part, {}).get(name, "")
        if not value:
            raise Malformed(f"{part}.{name} is missing")
        return value


def render(cells: Cells) -> bytes:
    """Bytes of a request, prefix included: plain, then the length, left-aligned."""
    body = f"<ap>{_cells(cells)}</ap>".encode(ENCODING)
    return b"0" + str(len(body)).ljust(6).encode() + body


def _cells(cells: Cells) -> str:
    return "".join(
        f"<{name}>{escape(value) if isinstance(value, str) else _cells(value)}</{name}>"
        for name, value in cells.items()
    )


def body_length(prefix: bytes) -> int:
    """How many bytes follow a prefix. ValueError for what is none, or for an encrypted body."""
    found = _PREFIX.fullmatch(prefix)
    if found is None:
        raise Malformed("prefix")
    return int(found[1])


def parse(raw: bytes) -> Answer:
    """Read an answer. Raises :class:`Malformed` and nothing else, whatever the bytes are."""
    if body_length(raw[:PREFIX_BYTES]) != len(raw) - PREFIX_BYTES:
        raise Malformed("length")
    try:
        root: Element = fromstring(gb_text(raw[PREFIX_BYTES:]), forbid_dtd=True)
    except WrongEncoding as wrong:
        raise Malformed(f"encoding: {wrong}") from wrong
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as broken:
        raise Malformed(f"xml: {type(broken).__name__}") from broken
    if root.tag != "ap":
        raise Malformed("the root is not <ap>")
    fields = _fields(child for child in root if not len(child))
    groups = [child for child in root if len(child)]
    if len({group.tag for group in groups} | set(fields)) != len(groups) + len(fields):
        raise Malformed("a group stands twice")
    if not fields.get("RespCode"):
        raise Malformed("no RespCode")
    message = " ".join(part for part in (fields.get("RespInfo", ""), fields.get("RxtInfo", "")) if part)
    return Answer(fields["RespCode"], message, fields, {group.tag: _fields(group) for group in groups})


def _fields(elements: Iterable[Element]) -> dict[str, str]:
    """A field told twice makes the message malformed: choosing one of the two would be a guess."""
    found: dict[str, str] = {}
    for child in elements:
        if len(child) or child.tag in found:
            raise Malformed(f"field {child.tag[:30]} is nested or told twice")
        found[child.tag] = (child.text or "").strip()
    return found


def money(text: str) -> Money:
    """Yuan with a sign and at most two decimals."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise Malformed(f"amount {text[:20]!r}")
    fen = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return Money(-fen if found[1] == "-" else fen)
