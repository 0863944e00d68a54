"""The ``<ap>`` messages behind their prefix of seven characters: bytes to typed values and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from ankuan.plugin_api.texts import WrongEncoding, gb_text
from ankuan.plugin_api.values import Malformed, leaves, xml_root

ENCODING: Final = "gbk"
PREFIX_BYTES: Final = 7
_PREFIX: Final = re.compile(rb"0([0-9]{1,6}) *")
Cells = Mapping[str, "str | Cells"]


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
        root = xml_root(gb_text(raw[PREFIX_BYTES:]))
    except WrongEncoding as wrong:
        raise Malformed(f"encoding: {wrong}") from wrong
    if root.tag != "ap":
        raise Malformed("the root is not <ap>")
    fields = leaves(child for child in root if not len(child))
    groups = [child for child in root if len(child)]
    if len({group.tag for group in groups} | set(fields)) != len(groups) + len(fields):
        raise Malformed("a group stands twice")
    if not fields.get("RespCode"):
        raise Malformed("no RespCode")
    message = " ".join(part for part in (fields.get("RespInfo", ""), fields.get("RxtInfo", "")) if part)
    return Answer(fields["RespCode"], message, fields, {group.tag: leaves(group) for group in groups})
