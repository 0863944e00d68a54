"""PURE. The JSON texts: typed values to canonical text, and text to typed values. Nothing here signs or encrypts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PLACEHOLDER: Final = "__signature_sigdat__"
"""Stands where the signature will stand, while the text is signed."""
DONE: Final = "SUC0000"
Row = Mapping[str, str]
Body = Mapping[str, Sequence[Row]]


class Malformed(ValueError):
    """An answer that is no message of this bank, or one that nobody at the bank has signed."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a function and its tables of rows."""

    function: str
    body: Body


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has been verified. ``code`` is DONE when the request was handled, whatever became of it."""

    function: str
    code: str
    text: str
    body: Mapping[str, Any]

    def rows(self, name: str) -> tuple[Row, ...]:
        """The rows of a table, none when the table is missing. Raises :class:`Malformed` when it is something else."""
        return _rows(self.body.get(name), name)


def canonical(value: Mapping[str, Any]) -> str:
    """The one text of a message: keys ascending at every level, no white space, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def compose(request: Request, *, user: str, request_id: str, signed_at: str) -> str:
    """The text to sign: a request with the placeholder where its signature will stand."""
    head = {"funcode": request.function, "userid": user, "reqid": request_id}
    signature = {"sigtim": signed_at, "sigdat": PLACEHOLDER}
    return canonical({"request": {"head": head, "body": request.body}, "signature": signature})


def with_signature(text: str, signature: str) -> str:
    """The signed text as it is sent."""
    before, found, after = text.rpartition(f'"{PLACEHOLDER}"')
    if not found:
        raise ValueError("there is no place for the signature")
    return f'{before}"{signature}"{after}'


def load(raw: bytes) -> dict[str, Any]:
    """A JSON object, numbers as the digits that were sent. Raises :class:`Malformed`, whatever the bytes are.

    A field told twice makes it malformed: choosing one of the two would be a guess.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=str,
            parse_float=str,
            parse_constant=_no_constant,
        )
    except Malformed:
        raise
    except (ValueError, RecursionError) as broken:
        raise Malformed(f"json: {type(broken).__name__}") from broken
    if not isinstance(value, dict):
        raise Malformed("no JSON object")
    return value


def signed_part(raw: bytes, signature: str) -> bytes:
    """What the bank has signed: the very bytes that came, with the placeholder where the signature stands.

    They are never written anew from what was read out of them. Raises :class:`Malformed` unless the signature stands
    there exactly once.
    """
    quoted = f'"{signature}"'.encode()
    if raw.count(quoted) != 1:
        raise Malformed("the signature does not stand at one place")
    return raw.replace(quoted, f'"{PLACEHOLDER}"'.encode())


def text_field(value: Mapping[str, Any], name: str) -> str:
    """A text of a message. Raises :class:`Malformed` when it is an object or a list."""
    return _text(value.get(name), name)


def object_field(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object of a message. Raises :class:`Malformed` for anything else."""
    found = value.get(name)
    if not isinstance(found, dict):
        raise Malformed(f"{name} is no object")
    return found


def row_of(value: Mapping[str, Any]) -> Row:
    """An object whose values are all texts. Raises :class:`Malformed`."""
    return {key: _text(cell, key) for key, cell in value.items()}


def answer_of(value: Mapping[str, Any], *, function: str, user: str, request_id: str) -> Answer:
    """Read an answer's envelope. Raises :class:`Malformed` when it answers somebody else, or another question."""
    response = object_field(value, "response")
    head = object_field(response, "head")
    for name, ours in (("funcode", function), ("userid", user), ("reqid", request_id)):
        if text_field(head, name) != ours:
            raise Malformed(f"{name} is not ours: the answer to another request")
    code = text_field(head, "resultcode")
    if not code:
        raise Malformed("no resultcode")
    body = response.get("body")
    if body is None:
        body = {}
    if not isinstance(body, dict):
        raise Malformed("body is no object")
    return Answer(function, code, text_field(head, "resultmsg"), body)


def _rows(value: Any, name: str) -> tuple[Row, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Malformed(f"{name} is no table")
    return tuple(row_of(row) for row in value)


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{name[:30]} is no text")
    # JSON can write what no data base keeps: half a character, and NUL.
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a field is told twice")
    return found


def _no_constant(name: str) -> str:
    raise Malformed(f"{name} is no number")
