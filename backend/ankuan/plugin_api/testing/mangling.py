"""PURE. What can be wrong with an answer: bytes in, bytes out, drawn by a seed."""

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ankuan.plugin_api.testing.meddling import Delivery, prefix_length

HUGE: Final = 9 * 1024 * 1024
HTML: Final = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"
_AMOUNT: Final = re.compile(rb"(?<![\d.\-])\d{1,13}\.\d\d(?![\d.])")
_DAY: Final = re.compile(rb"(?<!\d)20\d\d-?[01]\d-?[0-3]\d(?!\d)")
_CELL: Final = re.compile(rb"<([A-Za-z][\w:.\-]*)>([^<>]*)</\1>")
_ROW: Final = re.compile(rb"<([A-Za-z][\w:.\-]*)>(?:\s*<([A-Za-z][\w:.\-]*)>[^<>]*</\2>)+\s*</\1>")
_PAIR: Final = re.compile(rb'"(\w+)"\s*:\s*("[^"\\]*"|-?\d+(?:\.\d+)?)')
_BOMB: Final = (
    b'<!DOCTYPE b [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]>"
)
_FILE: Final = b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@dataclass(frozen=True, slots=True)
class Setting:
    """What a mangler may use: the bank's character set, and bodies of earlier answers to other requests."""

    charset: str
    earlier: Sequence[bytes] = ()


Mangle = Callable[[random.Random, bytes, Setting], Delivery]


def _cut(dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    places = [dice.randrange(len(body) or 1), 1, 0, len(body) // 2, max(0, len(body) - 2)]
    tags = [found.end() for found in re.finditer(rb"[>,}]", body)][:-1]
    inside = [place + 1 for place, byte in enumerate(body[:-1]) if byte > 0x80]
    places += dice.sample(tags, min(3, len(tags))) + dice.sample(inside, min(2, len(inside)))
    return Delivery("truncated", body[: dice.choice(places)])


def _noise(dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    return Delivery("garbage", dice.randbytes(dice.randrange(1, max(2, len(body)))))


def _nothing(_dice: random.Random, _body: bytes, _setting: Setting) -> Delivery:
    return Delivery("empty", b"")


def _html(dice: random.Random, _body: bytes, _setting: Setting) -> Delivery:
    status = dice.choice([0, 502, 503, 404])
    return Delivery("html" if status == 0 else "http_error", HTML, status=status)


def _recoded(dice: random.Random, body: bytes, setting: Setting) -> Delivery:
    text = body.decode(setting.charset, errors="replace")
    narrow = setting.charset.lower().startswith("gb")
    wanted = dice.choice(["utf-8" if narrow else "gb18030", "utf-16", "utf-16-le", "utf-32"])
    return Delivery("recoded" if wanted in {"utf-8", "gb18030"} else "wide", text.encode(wanted, errors="replace"))


def _marked(_dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    return Delivery("byte_order_mark", b"\xef\xbb\xbf" + body)


def _nul(dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    place = dice.randrange(len(body) + 1)
    return Delivery("nul", body[:place] + b"\x00" + body[place:])


def _doubled_cell(dice: random.Random, body: bytes, setting: Setting) -> Delivery:
    found = list(_CELL.finditer(body)) or list(_PAIR.finditer(body))
    if not found:
        return _cut(dice, body, setting)
    cell = dice.choice(found)
    again = cell[0]
    if dice.random() < 0.5:
        value = cell[2].strip(b'"')
        again = again.replace(value, _other(dice, value)) if value else again
    between = b"" if cell[0].startswith(b"<") else b","
    return Delivery("doubled_cell", body[: cell.end()] + between + again + body[cell.end() :])


def _other(dice: random.Random, value: bytes) -> bytes:
    digits = [place for place, byte in enumerate(value) if 48 <= byte <= 57]
    if not digits:
        return value + b"A"
    place = dice.choice(digits)
    return value[:place] + b"%d" % ((value[place] - 47) % 10) + value[place + 1 :]


def _doubled_row(dice: random.Random, body: bytes, setting: Setting) -> Delivery:
    if found := list(_ROW.finditer(body)):
        row = dice.choice(found)
        return Delivery("doubled_row", body[: row.end()] + row[0] + body[row.end() :])
    try:
        told = json.loads(body)
    except ValueError:
        return _doubled_cell(dice, body, setting)
    rows = [value for value in _lists(told) if value]
    if not rows:
        return _doubled_cell(dice, body, setting)
    chosen = dice.choice(rows)
    chosen.append(chosen[dice.randrange(len(chosen))])
    return Delivery("doubled_row", json.dumps(told, ensure_ascii=False).encode())


def _lists(value: Any) -> list[list[Any]]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, list) else []
    return found + [inner for part in below for inner in _lists(part)]


def _entities(dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    doctype, name = dice.choice([(_BOMB, b"&a9;"), (_FILE, b"&x;")])
    declaration = re.match(rb"\s*<\?xml[^>]*\?>", body)
    start = declaration.end() if declaration else 0
    cell = _CELL.search(body, start)
    inside = body if cell is None else body[: cell.start(2)] + name + body[cell.end(2) :]
    return Delivery("entities", inside[:start] + doctype + inside[start:])


def _huge(dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    if dice.random() < 0.7:
        return Delivery("deep", (b"<a>" if b"<" in body[:1] else b"[") * 60_000)
    return Delivery("huge", body + dice.choice([b" ", b"<row></row>", b"A", b"\n"]) * (HUGE // 4))


def _dribbled(_dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    return Delivery("dribble", body[:4_000], how="dribble") if len(body) <= 4_000 else Delivery("none", body)


def _earlier(dice: random.Random, body: bytes, setting: Setting) -> Delivery:
    return Delivery("other_answer", dice.choice(setting.earlier) if setting.earlier else body)


def _wrong_unit(dice: random.Random, body: bytes, setting: Setting) -> Delivery:
    found = [amount for amount in _AMOUNT.finditer(body) if amount[0].strip(b"0.")]
    if not found:
        return _cut(dice, body, setting)
    amount = dice.choice(found)
    other = dice.choice([amount[0].replace(b".", b""), amount[0].replace(b".", b"") + b".00"])
    return Delivery("wrong_unit", body[: amount.start()] + other + body[amount.end() :])


def _wrong_sign(dice: random.Random, body: bytes, setting: Setting) -> Delivery:
    found = [amount for amount in _AMOUNT.finditer(body) if amount[0].strip(b"0.")]
    if not found:
        return _noise(dice, body, setting)
    amount = dice.choice(found)
    return Delivery("wrong_sign", body[: amount.start()] + b"-" + body[amount.start() :])


def _other_day(_dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    def before(day: re.Match[bytes]) -> bytes:
        return b"2025" + day[0][4:] if not day[0].endswith(b"29") else day[0]

    return Delivery("other_day", _DAY.sub(before, body))


def _reset(_dice: random.Random, body: bytes, _setting: Setting) -> Delivery:
    return Delivery("reset", body, how="reset")


MANGLERS: Final[Mapping[Mangle, int]] = {
    _cut: 20,
    _noise: 8,
    _nothing: 3,
    _html: 5,
    _recoded: 10,
    _marked: 3,
    _nul: 6,
    _doubled_cell: 10,
    _doubled_row: 5,
    _entities: 6,
    _huge: 2,
    _dribbled: 3,
    _earlier: 8,
    _wrong_unit: 7,
    _wrong_sign: 4,
    _other_day: 4,
    _reset: 5,
}
"""How often each is drawn, in relation to the others. An answer that never comes is none of them: whoever wants one
has to decide before the call how long it waits."""
BROKEN: Final = frozenset({"truncated", "garbage", "empty", "html", "wide", "nul", "entities", "deep"})
"""Kinds that nobody can understand, whatever the format: an alarm has to say so."""
SUBTLE: Final = frozenset({"wrong_unit", "other_answer", "other_day", "doubled_row", "wrong_sign", "doubled_cell"})
"""Kinds that leave a well-formed message: only what it says, held against other evidence, shows that it is wrong."""


def mangled(dice: random.Random, body: bytes, setting: Setting) -> Delivery:
    """One malformed delivery of an answer. A length that stands before it is set right, every other time."""
    made = dice.choices(list(MANGLERS), weights=list(MANGLERS.values()))[0]
    digits = prefix_length(body)
    if digits and dice.random() < 0.5:
        inner = made(dice, body[digits:], setting)
        return Delivery(inner.kind, b"%0*d" % (digits, len(inner.body)) + inner.body, inner.how, inner.status)
    return made(dice, body, setting)
