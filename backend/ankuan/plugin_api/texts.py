"""Texts of Chinese banks: GB18030 read, GBK written, our reference in a remark, and nothing guessed in between."""

import re
from typing import Final

from ankuan.plugin_api.errors import CannotExpress

_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_DECLARATION: Final = re.compile(r"\s*<\?xml\s[^>]*\?>")
_DECLARED: Final = re.compile(r"encoding\s*=\s*[\"']([A-Za-z0-9_.\-]*)[\"']")
_CHINESE: Final = re.compile("[\u4e00-\u9fff]")
_GB: Final = frozenset({"gbk", "gb2312", "gb18030", ""})
_REFERENCE: Final = re.compile(r"\[([0-9A-Za-z]{1,40})\]")


class WrongEncoding(ValueError):
    """Bytes that are no GB18030 text, or are text in another encoding."""


def gb_text(raw: bytes) -> str:
    """Text of an answer without its XML declaration. Raises :class:`WrongEncoding`.

    Banks declare GB2312 but send GBK, so bytes are read as GB18030, which holds both. UTF-8 read so would give fluent
    nonsense instead of an error: an answer that is valid UTF-8 *and* has Chinese in it is told apart here.
    """
    if b"\x00" in raw:
        # Left in, an XML parser would take the bytes for UTF-16 and read them fluently.
        raise WrongEncoding("NUL bytes")
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError as broken:
        raise WrongEncoding("not GB18030") from broken
    if not raw.isascii() and _is_utf8_chinese(raw):
        raise WrongEncoding("UTF-8 where GBK was agreed")
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text
    declared = _DECLARED.search(declaration[0])
    if declared is not None and declared[1].lower() not in _GB:
        raise WrongEncoding(f"declares {declared[1][:20]}")
    return text[declaration.end() :]


def _is_utf8_chinese(raw: bytes) -> bool:
    try:
        return _CHINESE.search(raw.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False


def expressible(label: str, text: str, max_bytes: int, *, encoding: str = "gbk", forbidden: str = "") -> str:
    """``text`` stripped, if the bank can write it in ``max_bytes``. Raises :class:`CannotExpress` naming the culprit.

    ``label`` is the Chinese name of the field, for the person who has to change it. ``forbidden``: characters that the
    bank does not take inside a value.
    """
    value = text.strip()
    if _NOT_XML.search(value):
        raise CannotExpress(f"{label}含有控制字符")
    bad = next((char for char in value if char in forbidden), None)
    if bad is not None:
        raise CannotExpress(f"{label}含有银行不能接收的字符“{bad}”")
    try:
        size = len(value.encode(encoding))
    except UnicodeEncodeError as rare:
        raise CannotExpress(f"{label}含有银行不能接收的字符“{value[rare.start]}”") from rare
    if size > max_bytes:
        raise CannotExpress(f"{label}过长：{size} 字节，上限 {max_bytes} 字节")
    return value


def cut(text: str, max_bytes: int, *, encoding: str = "gbk") -> str:
    """The longest beginning of ``text`` that fits in ``max_bytes``, no character halved."""
    return text.encode(encoding)[:max_bytes].decode(encoding, errors="ignore")


def marked(text: str, client_ref: str, max_bytes: int, *, encoding: str = "gbk") -> str:
    """The remark sent along, with our reference behind it: the books then name the order they belong to."""
    mark = f"[{client_ref}]"
    return cut(text, max_bytes - len(mark), encoding=encoding) + mark


def reference_in(remark: str) -> str | None:
    """The reference that ``marked`` has put there."""
    found = _REFERENCE.findall(remark)
    return found[-1] if found else None
