"""ISO 20022 documents: bytes to elements and back. Whatever the bytes are, reading raises Malformed or nothing."""

import re
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

SCHEMAS: Final = "urn:iso:std:iso:20022:tech:xsd:"
_DECLARED: Final = re.compile(r"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.\-]*)[\"']")
_SPACE: Final = re.compile(re.escape("{" + SCHEMAS) + r"([a-z0-9.]{1,40})\}Document")


class Malformed(ValueError):
    """Bytes that are no document of the form asked for."""


class Node:
    """An element, reached by local names. An element told twice where one belongs is Malformed: no guessing.

    Bare and quick on purpose: a statement of two thousand entries is asked for sixty thousand of them.
    """

    __slots__ = ("element", "prefix")

    def __init__(self, element: Element, prefix: str) -> None:
        self.element = element
        self.prefix = prefix

    @property
    def name(self) -> str:
        """Local name; of an element in another namespace, its whole name, which nothing asks for."""
        return self.element.tag.removeprefix(self.prefix)

    def all(self, path: str) -> "list[Node]":
        """Elements under a path like ``PmtId/EndToEndId``; of the steps before the last there is one at most."""
        return [Node(found, self.prefix) for found in self._found(path)]

    def one(self, path: str) -> "Node | None":
        """The element under a path, if there is one."""
        found = self._single(path)
        return Node(found, self.prefix) if found is not None else None

    def text(self, path: str) -> str:
        """Its text, empty when it is missing."""
        found = self._single(path)
        if found is None:
            return ""
        if len(found):
            raise Malformed(f"{path} is nested")
        return (found.text or "").strip()

    def needed(self, path: str) -> str:
        """Its text, which must be there."""
        value = self.text(path)
        if not value:
            raise Malformed(f"{path} is missing")
        return value

    def texts(self, path: str) -> list[str]:
        """Texts of an element that may come several times, without empty ones."""
        return [text for found in self._found(path) if (text := (found.text or "").strip())]

    def attribute(self, path: str, name: str) -> str:
        """An attribute of the element under a path."""
        found = self._single(path)
        return found.get(name, "") if found is not None else ""

    def _single(self, path: str) -> Element | None:
        found = self._found(path)
        if len(found) > 1:
            raise Malformed(f"{path} is told twice")
        return found[0] if found else None

    def _found(self, path: str) -> list[Element]:
        found = [self.element]
        for place, step in enumerate(_steps(self.prefix, path)):
            if place and len(found) > 1:
                raise Malformed(f"a part of {path} is told twice")
            found = [child for child in found[0] if child.tag == step] if found else []
        return found


@lru_cache(maxsize=1024)
def _steps(prefix: str, path: str) -> tuple[str, ...]:
    return tuple(prefix + step for step in path.split("/"))


def parse(raw: bytes) -> tuple[str, Node]:
    """The message's name (``pain.002.001.10``) and the element inside ``Document``. Raises :class:`Malformed`.

    UTF-8 only, and no DOCTYPE: so no entities, and nothing that would be fetched.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as broken:
        raise Malformed("not UTF-8") from broken
    declared = _DECLARED.match(text)
    if "\x00" in text or text.startswith("\ufeff") or (declared and declared[1].lower() not in {"utf-8", "utf8"}):
        raise Malformed("another encoding than UTF-8")
    try:
        root: Element = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as broken:
        raise Malformed(f"xml: {type(broken).__name__}") from broken
    found = _SPACE.fullmatch(root.tag)
    if found is None or len(root) != 1:
        raise Malformed("the root is not an ISO 20022 Document of one message")
    prefix = "{" + SCHEMAS + found[1] + "}"
    if not root[0].tag.startswith(prefix):
        raise Malformed("a message in another namespace than its Document")
    return found[1], Node(root[0], prefix)


Part = tuple[str, "str | list[Part]"]
"""An element to write: name, and its text or its parts. ``Name@Ccy`` gets the attribute ``Ccy`` (always CNY)."""


def render(message: str, body: Part) -> bytes:
    """Bytes of a document. Texts have passed ``values.expressible``."""
    root = Element("Document", {"xmlns": SCHEMAS + message})
    _append(root, body)
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _append(parent: Element, part: Part) -> None:
    name, content = part
    name, _, attribute = name.partition("@")
    child = SubElement(parent, name, {attribute: "CNY"} if attribute else {})
    if isinstance(content, str):
        child.text = content
        return
    for inner in content:
        _append(child, inner)
