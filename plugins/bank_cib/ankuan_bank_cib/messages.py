"""The ``<FOX>`` messages: bytes to typed values and back. The order of nodes is the bank's and matters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ankuan.plugin_api.texts import WrongEncoding, gb_text

FORBIDDEN: Final = "<>&"
"""Characters that the bank does not take inside a value, escaped or not."""
_REPEATED: Final = frozenset({"CONTENT", "XFER", "XFERINFO", "VSAOPENINFO"})
"""What may stand several times beside itself; any other node told twice makes the message malformed."""
_PASSWORD: Final = re.compile(rb"<USERPASS>[^<]*</USERPASS>")


class Malformed(ValueError):
    """An answer that is no message, or a field that is not of its documented type."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A node to send: a text, or nodes in order. ``attributes`` are written as given."""

    name: str
    content: "str | Sequence[Tree]"
    attributes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A node that was received."""

    name: str
    text: str
    attributes: Mapping[str, str]
    children: tuple["Node", ...]

    def all(self, name: str) -> tuple["Node", ...]:
        """Children of that name."""
        return tuple(child for child in self.children if child.name == name)

    def find(self, name: str) -> "Node | None":
        """The one child of that name, if there is one. Raises Malformed for several."""
        found = self.all(name)
        if len(found) > 1:
            raise Malformed(f"{name} is told twice")
        return found[0] if found else None

    def part(self, name: str) -> "Node":
        """The one child of that name. Raises Malformed."""
        found = self.find(name)
        if found is None:
            raise Malformed(f"{name} is missing")
        return found

    def value(self, name: str) -> str:
        """Text of a leaf, empty when there is none. Raises Malformed when it has nodes inside."""
        found = self.find(name)
        if found is not None and found.children:
            raise Malformed(f"{name} is no leaf")
        return found.text if found is not None else ""

    def needed(self, name: str) -> str:
        """Text of a leaf that must not be empty. Raises Malformed."""
        found = self.value(name)
        if not found:
            raise Malformed(f"{name} is missing")
        return found

    def deep(self, name: str) -> "Node | None":
        """The one node of that name at any depth: messages of one family hold it in different places."""
        found = list(_below(self, name))
        if len(found) > 1:
            raise Malformed(f"{name} is told twice")
        return found[0] if found else None


def _below(node: Node, name: str) -> Iterator[Node]:
    for child in node.children:
        if child.name == name:
            yield child
        else:
            yield from _below(child, name)


@dataclass(frozen=True, slots=True)
class Answer:
    """``code``, ``severity`` and ``message``: STATUS. ``body``: the whole ``…TRNRS``; empty when signing in failed."""

    code: str
    severity: str
    message: str
    body: Node


def render(sign_on: Sequence[Tree], operation: Tree) -> bytes:
    """Bytes of a request. Values must have passed ``compose.text``; UnicodeEncodeError otherwise."""
    whole = Tree(
        "FOX",
        (
            Tree("SIGNONMSGSRQV1", (Tree("SONRQ", sign_on),)),
            Tree("SECURITIES_MSGSRQV1", (operation,)),
        ),
    )
    return f'<?xml version="1.0" encoding="GBK"?>\n{_written(whole)}'.encode("gbk")


def without_password(request: bytes) -> bytes:
    """The request as it may be kept."""
    return _PASSWORD.sub(b"<USERPASS>******</USERPASS>", request)


def _written(tree: Tree) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in (tree.attributes or {}).items())
    inside = tree.content if isinstance(tree.content, str) else "".join(_written(node) for node in tree.content)
    return f"<{tree.name}{attributes}>{inside}</{tree.name}>"


def read_xml(raw: bytes) -> Node:
    """A document. Raises :class:`Malformed` and nothing else, whatever the bytes are."""
    try:
        root: Element = fromstring(gb_text(raw), forbid_dtd=True)
        return _node(root)
    except WrongEncoding as wrong:
        raise Malformed(f"encoding: {wrong}") from wrong
    except (ParseError, DefusedXmlException, RecursionError) as broken:
        raise Malformed(f"xml: {type(broken).__name__}") from broken
    except ValueError as broken:
        raise broken if isinstance(broken, Malformed) else Malformed("xml: ValueError") from broken


def parse(raw: bytes, operation: str, transaction: str) -> Answer:
    """Read the answer to ``operation`` (its name without RQ or RS) under TRNUID ``transaction``. Raises Malformed.

    The answer to another TRNUID is no answer: the agent has mixed up its callers.
    """
    root = read_xml(raw)
    if root.name != "FOX":
        raise Malformed("the root is not <FOX>")
    sign_on = _status(root.part("SIGNONMSGSRSV1").part("SONRS"))
    if sign_on.code != "0":
        if root.find("SECURITIES_MSGSRSV1") is not None:
            raise Malformed("an answer without a sign-on")
        return sign_on
    body = root.part("SECURITIES_MSGSRSV1").part(f"{operation}RS")
    if body.needed("TRNUID") != transaction:
        raise Malformed("the answer to another TRNUID")
    return _status(body)


def _status(body: Node) -> Answer:
    status = body.part("STATUS")
    return Answer(status.needed("CODE"), status.value("SEVERITY"), status.value("MESSAGE"), body)


def _node(element: Element) -> Node:
    children = tuple(_node(child) for child in element)
    names = [child.name for child in children if child.name not in _REPEATED]
    if len(set(names)) < len(names):
        raise Malformed(f"a node inside {element.tag[:30]} is told twice")
    return Node(element.tag, (element.text or "").strip(), dict(element.attrib), children)
