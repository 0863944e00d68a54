"""What must not stand in a log: people's names and numbers, secrets, and what went over the wire (failures §2.6).

Log lines are written to hold ids, kinds and codes. This is the second wall: whatever a line holds by mistake, or an
error's text brings along, is masked before it is written.
"""

import re
from collections.abc import Mapping
from typing import Final

from structlog.typing import EventDict, WrappedLogger

HIDDEN: Final = "[hidden]"
_HIDDEN_KEYS: Final = re.compile(
    r"(?:^|_)(?:account_?(?:no|number|name)?|holder|payer|payee|name|phone|mobile|identity|id_?number|id_?card"
    r"|password|passwd|secret|token|cookie|authorization|key_?(?:data|bytes|pem)|pem|pin|settings?|body|payload|raw"
    r"|request|response|content|remark|address|sql|statement|parameters|params)(?:$|_)",
    re.IGNORECASE,
)
_SAFE_KEYS: Final = frozenset({"event", "level", "timestamp", "fund_account", "listener", "finder", "job", "plugin"})
_UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_LONG_NUMBER: Final = re.compile(rf"({_UUID}|\d{{4}}-\d\d-\d\dT[\d:.+Z]+)|\d(?:[ -]?\d){{6,}}[\dXx]?")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u00b7\U00020000-\U0003ffff]+")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|‘[^’]*’|“[^”]*”|=\([^)]*\)|\{[^{}]*\}")
_URL_SECRETS: Final = re.compile(r"(?<=://)[^/\s@]*@|(?<=\?)\S+")
LONGEST: Final = 500
LONGEST_CHAIN: Final = 40


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A structlog processor; comes last before the line is written."""
    return {key: _clean_item(key, value) for key, value in event.items()}


def plain_message(error: BaseException) -> str:
    """An error's text without what it quotes: no letters of names, no numbers that could be accounts."""
    text = _QUOTED.sub(HIDDEN, str(error))
    return clean_text(_HAN.sub("…", text))


def clean_text(text: str) -> str:
    """Long numbers and what addresses carry along are masked; ids and times stay."""
    short = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return _LONG_NUMBER.sub(lambda found: found[1] or "***", _URL_SECRETS.sub(HIDDEN, short))


def _clean_item(key: str, value: object) -> object:
    if key not in _SAFE_KEYS and _HIDDEN_KEYS.search(key):
        return HIDDEN
    return _clean(value)


def _clean(value: object) -> object:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if isinstance(value, Mapping):
        return {str(key): _clean_item(str(key), one) for key, one in list(value.items())[:LONGEST_CHAIN]}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(one) for one in list(value)[:LONGEST_CHAIN]]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**10 else "***"
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {plain_message(value)}"
    return clean_text(str(value)) if _is_plain(value) else f"<{type(value).__name__}>"


def _is_plain(value: object) -> bool:
    """Ids, dates and enums say what they are; another object's text may hold anything."""
    return type(value).__module__ in {"uuid", "datetime", "enum"} or hasattr(type(value), "__members__")
