"""ISO 20022 documents: bytes to elements and back. Whatever the bytes are, reading raises Malformed or nothing."""

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

SCHEMAS: Final = "urn:iso:std:iso:20022:tech:xsd:"
_DECLARED: Final = re.compile(r"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.\-]*)[\"']")


class Malformed(ValueError):
    """Bytes that are no document of the form asked for."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element, reached by local names. An element told twice where one belongs is Malformed: no guessing."""

    element: etree._Element
    space: str

    @property
    def name(self) -> str:
        """Local name."""
        return etree.QName(self.element).localname

    def all(self, path: str) -> list["Node"]:
        """Elements under a path like ``PmtId/EndToEndId``; of the steps before the last there is one at most."""
        *way, last = path.split("/")
        at: Node | None = self
        for step in way:
            at = at.one(step) if at is not None else None
        return [Node(child, at.space) for child in at.element.iterchildren(f"{{{at.space}}}{last}")] if at else []

    def one(self, path: str) -> "Node | None":
        """The element under a path, if there is one."""
        found = self.all(path)
        if len(found) > 1:
            raise Malformed(f"{path} is told twice")
        return found[0] if found else None

    def text(self, path: str) -> str:
        """Its text, empty when it is missing."""
        found = self.one(path)
        if found is None:
            return ""
        if len(found.element):
            raise Malformed(f"{path} is nested")
        return (found.element.text or "").strip()

    def needed(self, path: str) -> str:
        """Its text, which must be there."""
        value = self.text(path)
        if not value:
            raise Malformed(f"{path} is missing")
        return value

    def attribute(self, path: str, name: str) -> str:
        """An attribute of the element under a path."""
        found = self.one(path)
        return str(found.element.get(name, "")) if found is not None else ""


def parse(raw: bytes) -> tuple[str, Node]:
    """The message's name (``pain.002.001.10``) and the element inside ``Document``. Raises :class:`Malformed`.

    UTF-8 only, no DOCTYPE (so no entities), nothing fetched, no tree deeper or longer than libxml2's own limits.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as broken:
        raise Malformed("not UTF-8") from broken
    declared = _DECLARED.match(text)
    if "\x00" in text or text.startswith("\ufeff") or (declared and declared[1].lower() not in {"utf-8", "utf8"}):
        raise Malformed("another encoding than UTF-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Malformed("a DOCTYPE")
    try:
        root = etree.fromstring(raw, _parser())
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise Malformed(f"xml: {type(broken).__name__}") from broken
    name = etree.QName(root)
    space = name.namespace or ""
    if name.localname != "Document" or not space.startswith(SCHEMAS):
        raise Malformed("the root is not an ISO 20022 Document")
    inside = [child for child in root if isinstance(child.tag, str)]
    if len(inside) != 1 or etree.QName(inside[0]).namespace != space:
        raise Malformed("Document holds something else than one message")
    return space.removeprefix(SCHEMAS), Node(inside[0], space)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=False,
    )


Part = tuple[str, "str | list[Part]"]
"""An element to write: name, and its text or its parts. ``Name@Ccy`` gets the attribute ``Ccy`` (always CNY)."""


def render(message: str, body: Part) -> bytes:
    """Bytes of a document. Texts have passed ``values.expressible``."""
    space = SCHEMAS + message
    names: dict[str | None, str] = {None: space}
    root = etree.Element(f"{{{space}}}Document", nsmap=names)  # type: ignore[arg-type]
    _append(root, space, body)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _append(parent: etree._Element, space: str, part: Part) -> None:
    name, content = part
    name, _, attribute = name.partition("@")
    child = etree.SubElement(parent, f"{{{space}}}{name}")
    if attribute:
        child.set(attribute, "CNY")
    if isinstance(content, str):
        child.text = content
        return
    for inner in content:
        _append(child, space, inner)
