"""The ``<bocb2e>`` messages: bytes to typed values and back."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from ankuan.plugin_api.values import Malformed, xml_root

ENCODING: Final = "utf-8"
_BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd]")
Cells = Mapping[str, "str | Cells"]
"""A tree of elements: name to text, or to what stands inside."""


@dataclass(frozen=True, slots=True)
class Node:
    """One element with children: ``fields`` are the leaves, ``inside`` the elements that have children themselves."""

    fields: Mapping[str, str]
    inside: Mapping[str, "Node"]

    def text(self, name: str) -> str:
        """A leaf, empty when there is none."""
        return self.fields.get(name, "")

    def needed(self, name: str) -> str:
        """A leaf that must not be empty."""
        if not self.text(name):
            raise Malformed(f"{name} is missing")
        return self.text(name)

    def part(self, name: str) -> "Node":
        """An inner element, empty when there is none."""
        return self.inside.get(name, _EMPTY)


_EMPTY: Final = Node({}, {})


@dataclass(frozen=True, slots=True)
class Answer:
    """``code`` and ``message``: the outer status. ``body``: fields beside it. ``rows``: the repeated ``…-rs``."""

    operation: str
    code: str
    message: str
    body: Node
    rows: tuple[Node, ...]


def render(operation: str, head: Mapping[str, str], inside: Sequence[tuple[str, Cells]]) -> bytes:
    """Bytes of a request; ``inside``: elements of the transaction, in order."""
    told = {**head, "trncod": operation}
    body = "".join(f"<{name}>{_cells(cells)}</{name}>" for name, cells in inside)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<bocb2e version="120" security="true" lang="zh_CN">'
        f"<head>{_cells(told)}</head><trans><trn-{operation}-rq>{body}</trn-{operation}-rq></trans></bocb2e>"
    )
    return text.encode(ENCODING)


def without_password(request: bytes) -> bytes:
    """The request as it may be kept."""
    return re.sub(rb"<custpwd>[^<]*</custpwd>", b"<custpwd>******</custpwd>", request)


def _cells(cells: Cells) -> str:
    return "".join(
        f"<{name}>{escape(value) if isinstance(value, str) else _cells(value)}</{name}>"
        for name, value in cells.items()
    )


def parse(raw: bytes, operation: str) -> Answer:
    """Read the answer to ``operation``. Raises :class:`Malformed` and nothing else, whatever the bytes are."""
    root = _root(raw)
    [trans] = root.findall("trans") if len(root.findall("trans")) == 1 else [None]
    if root.tag != "bocb2e" or trans is None or len(trans) != 1:
        raise Malformed("not one transaction")
    found = trans[0]
    if found.tag == "trn-b2eerror-rs":
        code, message = _status(_node(found))
        return Answer("b2eerror", code, message, _EMPTY, ())
    if found.tag != f"trn-{operation}-rs":
        raise Malformed(f"the answer to something else: {found.tag[:30]}")
    rows = tuple(_node(child) for child in found if child.tag == f"{operation}-rs")
    body = _node_of(child for child in found if child.tag != f"{operation}-rs")
    code, message = _status(body)
    return Answer(operation, code, message, body, rows)


def _root(raw: bytes) -> Element:
    try:
        text = raw.decode(ENCODING)
    except UnicodeDecodeError as wrong:
        raise Malformed("not UTF-8") from wrong
    if _BAD.search(text) or text.startswith("\ufeff"):
        raise Malformed("characters that no message holds")
    declared = re.match(r"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)", text)
    if declared and declared[1].lower() not in {"utf-8", "utf8"}:
        raise Malformed(f"declares {declared[1][:20]}")
    return xml_root(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))


def status_of(node: Node) -> tuple[str, str]:
    """Code and text of a row's own status."""
    return _status(node)


def _status(node: Node) -> tuple[str, str]:
    told = node.part("status")
    return told.needed("rspcod"), told.text("rspmsg")


def _node(element: Element) -> Node:
    return _node_of(element)


def _node_of(elements: Iterable[Element]) -> Node:
    """A field told twice makes the message malformed: choosing one of the two would be a guess."""
    fields: dict[str, str] = {}
    inside: dict[str, Node] = {}
    for child in elements:
        if child.tag in fields or child.tag in inside:
            raise Malformed(f"{child.tag[:30]} is told twice")
        if len(child):
            inside[child.tag] = _node_of(child)
        else:
            fields[child.tag] = (child.text or "").strip()
    return Node(fields, inside)
