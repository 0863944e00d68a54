"""A kept message as people may read it: decoded, its people, accounts and secrets masked, cut to a page.

What cannot be told apart is masked too: the evidence stays whole and encrypted where it is kept.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote_to_bytes

from ankuan.kernel.identifiers import mask_account, mask_name

LONGEST: Final = 4_000
_LOOKED_AT: Final = 64 * 1024
LONGEST_CODE: Final = 3
HIDDEN: Final = "［已隐藏］"
_SECRET: Final = re.compile(
    r"pass|pwd|pin$|secret|token|signature|^sign|sign$|^mac$|key$|keydata|cookie|authori[sz]ation|credential|密码|签名",
    re.IGNORECASE,
)
_BANK: Final = re.compile(r"(?:bank|bnk|branch|opn)_?(?:name|nam|nm)$|trans?_?name$|file|开户行", re.IGNORECASE)
_TOLD: Final = re.compile(r"^(?:[\w]*status|ret|err|resp|rsp|result|host_?ret)", re.IGNORECASE)
"""The bank's own word about a request: what a person looks for here."""
_PERSON: Final = re.compile(
    r"name|nam$|nm$|holder|payer|payee|contact|addr|email|mail|remark|memo|postscript|purpose|usage|use$|summary|abstract"
    r"|digest|explain|narrative|note|nttn|ustrd|text|户名|姓名|名称|摘要|附言|用途|备注",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"acc|acct|acno|card|phone|mobile|tel|cert|idno|id_no|idcard|账号|卡号|证件|电话", re.IGNORECASE
)
_KEY: Final = r"[\w\u4e00-\u9fff.\-]{1,60}"
_TAGGED: Final = re.compile(rf"<(?:[\w.\-]+:)?({_KEY})((?:\s[^<>]*)?)>([^<]+)")
_QUOTED: Final = re.compile(rf'"({_KEY})"(\s*:\s*")((?:[^"\\]|\\.)*)')
_ASSIGNED: Final = re.compile(rf"(?<![\w.\-])({_KEY})(\s*=\s*[\"']?)([^\"'&\s<>|;,]+)")
_HEADER: Final = re.compile(rf"^({_KEY})(:[ \t]*)([^\r\n]+)", re.MULTILINE)
_TIMES: Final = r"\d{4}[-/]\d\d[-/]\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?)?"
_LONG_NUMBER: Final = re.compile(rf"({_TIMES})|(?<![\w.])\d{{1,16}}\.\d\d(?!\d)|\d(?:[ \-]?\d){{8,}}[Xx]?")
_BLOB: Final = re.compile(r"[A-Za-z0-9+/_\-]{64,}={0,2}|[0-9A-Fa-f]{48,}")
_ESCAPED: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|&#(?:x([0-9A-Fa-f]{2,5})|(\d{3,6}));")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u00b7\U00020000-\U0003ffff]+")
_STRUCTURED: Final = re.compile(rf'<{_KEY}[^<>]*>|"{_KEY}"\s*:|(?:^|[&?\s]){_KEY}=')
_FORM: Final = re.compile(rb"[\w.\-]+=[^\s<>{}]*%[0-9A-Fa-f]{2}")
_ENCODING: Final = re.compile(rb"""encoding=["']([A-Za-z0-9_\-]{1,20})""")


def readable_message(raw: bytes, *, encoding: str = "utf-8", known: Iterable[str] = ()) -> str:
    """At most 4,000 characters of a message. ``encoding``: what the bank uses, tried after UTF-8.

    ``known``: names and numbers that must not be seen wherever they stand.
    """
    text = _ESCAPED.sub(_unescaped, _decoded(raw[:_LOOKED_AT], encoding))
    masked = _masked(text, tuple(known))
    is_cut = len(raw) > _LOOKED_AT or len(masked) > LONGEST
    return masked[: LONGEST - 1] + "…" if is_cut else masked


def _decoded(raw: bytes, encoding: str) -> str:
    if _FORM.search(raw[:4096]):
        raw = unquote_to_bytes(raw.replace(b"+", b" "))
    told = _ENCODING.search(raw[:200])
    for name in ("utf-8", told[1].decode("ascii") if told else "", encoding, "gb18030"):
        if name:
            try:
                return raw.decode(_wide(name))
            except (LookupError, UnicodeDecodeError) as wrong:
                # The last character may have been cut in two with what follows it.
                if isinstance(wrong, UnicodeDecodeError) and len(raw) >= _LOOKED_AT and wrong.start > len(raw) - 4:
                    return raw[: wrong.start].decode(_wide(name))
    return raw.decode("gb18030", errors="replace")


def _unescaped(found: re.Match[str]) -> str:
    """A character outside ASCII as itself; half a pair and what means something to the format stay as they are."""
    code = int(found[1] or found[2] or "0", 16) or int(found[3])
    is_character = 0x80 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else found[0]


def _wide(encoding: str) -> str:
    """GB 18030 holds what the older sets hold, and the rare characters of names beside it."""
    return "gb18030" if encoding.lower().replace("-", "") in {"gbk", "gb2312", "cp936", "gb18030"} else encoding


def _masked(text: str, known: tuple[str, ...]) -> str:
    is_structured = bool(_STRUCTURED.search(text))
    for word in sorted(known, key=len, reverse=True):
        if len(word) > 1:
            text = text.replace(word, mask_account(word) if word.isascii() else mask_name(word))
    for shape in (_TAGGED, _QUOTED, _ASSIGNED, _HEADER):
        text = shape.sub(_value, text)
    text = _BLOB.sub(_blob, text)
    if not is_structured:  # fields are told apart by their place alone: any of them may be a name
        text = _HAN.sub(lambda found: mask_name(found[0]), text)
    return _LONG_NUMBER.sub(_number, text)


def _value(found: re.Match[str]) -> str:
    key, value = found[1], found[3]
    head = found[0][: len(found[0]) - len(value)]
    if not value.strip():
        return found[0]
    if _SECRET.search(key):
        return head + HIDDEN
    if _NUMBER.search(key) and not _HAN.search(value):
        is_short = len(value.strip()) <= LONGEST_CODE  # a kind of account or card, and no number of one
        return head + (value if is_short or "****" in value else mask_account(value.strip()))
    if _PERSON.search(key) and not _BANK.search(key) and not _TOLD.search(key):
        return head + _HAN.sub(lambda name: mask_name(name[0]), _latin_names(value))
    return found[0]


def _latin_names(value: str) -> str:
    """A name in letters keeps the first; amounts, codes and what is escaped (\\u5f20) go with it."""
    if _HAN.search(value) or not re.search(r"[A-Za-z]{2}", value):
        return value
    return value.strip()[0] + "***"


def _blob(found: re.Match[str]) -> str:
    if found[0].isdigit():
        return found[0]
    return f"{found[0][:8]}…（{len(found[0])}）"


def _number(found: re.Match[str]) -> str:
    if found[1] or "." in found[0]:
        return found[0]
    return mask_account(re.sub(r"[ \-]", "", found[0]))
