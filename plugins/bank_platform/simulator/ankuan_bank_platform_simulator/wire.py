"""Writing and reading elements, by hand: nothing of this is shared with the plugin."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from ankuan_bank_platform_simulator.codes import WireRefusal

CHARSET = "utf-8"
XML = "application/xml; charset=utf-8"
JSON = "application/json"
_AMOUNT = re.compile(r"(\d{1,13})(?:\.(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is signed."""

    body: bytes
    media_type: str = XML
    status: int = 200
    charset: str = CHARSET


def tag(name: str, *parts: str, **attributes: str) -> str:
    """An element around parts that are elements already. Empty parts, and an element of nothing, vanish."""
    content = "".join(parts)
    told = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{told}>{content}</{name}>" if content else ""


def text(name: str, value: str, **attributes: str) -> str:
    """An element around a text."""
    return tag(name, escape(value), **attributes)


def document(message: str, root: str, *parts: str) -> bytes:
    """A whole document."""
    space = f"urn:iso:std:iso:20022:tech:xsd:{message}"
    inside = tag("Document", tag(root, *parts), xmlns=space)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{inside}'.encode()


def answer_json(content: Mapping[str, object], status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(json.dumps(content, ensure_ascii=False).encode(), JSON, status)


def refusal(wrong: WireRefusal) -> Reply:
    """A refusal in the platform's own form."""
    return answer_json({"code": wrong.code, "message": wrong.text}, wrong.status)


def read_json(body: bytes) -> dict[str, object]:
    """A JSON object; WireRefusal for anything else."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise WireRefusal("BAD_MESSAGE", "报文须为 JSON 对象")
    return found


class Read:
    """An element of a request, by local names in the document's own namespace."""

    def __init__(self, element: Element, space: str) -> None:
        self.element = element
        self.space = space

    def each(self, path: str) -> Iterable["Read"]:
        """Elements under a path."""
        steps = "/".join(f"{{{self.space}}}{step}" for step in path.split("/"))
        return [Read(found, self.space) for found in self.element.findall(steps)]

    def maybe(self, path: str) -> str:
        """Text under a path, empty when it is missing."""
        found = [each.element.text or "" for each in self.each(path)]
        return found[0].strip() if found else ""

    def text(self, path: str) -> str:
        """Text under a path; WireRefusal when it is missing."""
        value = self.maybe(path)
        if not value:
            raise WireRefusal("BAD_MESSAGE", f"缺少 {path}")
        return value

    def fen(self, path: str) -> int:
        """An amount in CNY, above or equal to zero."""
        found = _AMOUNT.fullmatch(self.text(path))
        if found is None or any(each.element.get("Ccy", "CNY") != "CNY" for each in self.each(path)):
            raise WireRefusal("BAD_MESSAGE", f"金额有误 {path}")
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def read_document(body: bytes, message: str, root: str) -> Read:
    """The one message in a document; WireRefusal for anything else."""
    try:
        found: Element = fromstring(body, forbid_dtd=True)
    except Exception as broken:
        raise WireRefusal("BAD_MESSAGE", f"报文无法解析：{type(broken).__name__}") from broken
    space = f"urn:iso:std:iso:20022:tech:xsd:{message}"
    if found.tag != f"{{{space}}}Document" or len(found) != 1 or found[0].tag != f"{{{space}}}{root}":
        raise WireRefusal("BAD_MESSAGE", f"须为 {message}")
    return Read(found[0], space)


def yuan(fen: int) -> str:
    """Without a sign: direction is told by CdtDbtInd."""
    whole, part = divmod(abs(fen), 100)
    return f"{whole}.{part:02d}"
