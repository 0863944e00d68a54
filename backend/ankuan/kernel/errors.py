"""Business errors: each has one stable code, one kind, and a message in Chinese and English."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, ClassVar

_CODE_FORM = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ErrorKind(StrEnum):
    """What the caller can do about an error."""

    INVALID = "invalid"
    """The input can never be right; correct it."""
    NOT_FOUND = "not_found"
    """The thing does not exist, or the caller may not know that it does."""
    NOT_ALLOWED = "not_allowed"
    """This caller may not do this."""
    CONFLICT = "conflict"
    """The state changed meanwhile; read again and decide anew."""
    REFUSED = "refused"
    """A rule forbids it now, whoever asks."""


class AnkuanError(Exception):
    """Base of every error a caller is meant to see.

    A subclass sets ``code`` (snake_case, unique in the product, part of the public API) and ``kind``; a base that is
    never raised itself is declared with ``class Base(AnkuanError, abstract=True)``. ``field`` names the input at fault
    as the caller knows it; ``details`` are facts for programs (fen as int, everything else as str).
    """

    code: ClassVar[str]
    kind: ClassVar[ErrorKind]

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract:
            _register(cls)

    def __init__(self, zh: str, en: str, *, field: str | None = None, **details: str | int) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en
        self.field = field
        self.details: dict[str, str | int] = details

    def __str__(self) -> str:
        return f"{self.code}: {self.zh} / {self.en}"


_registered: dict[str, type[AnkuanError]] = {}


def _register(cls: type[AnkuanError]) -> None:
    """Take a concrete error class into the catalogue; a bad declaration fails at import, not in production."""
    code = cls.__dict__.get("code")
    if not isinstance(code, str) or not _CODE_FORM.fullmatch(code):
        raise TypeError(f"{cls.__qualname__} needs its own snake_case `code` (or abstract=True), got {code!r}")
    if not isinstance(getattr(cls, "kind", None), ErrorKind):
        raise TypeError(f"{cls.__qualname__} needs `kind`, an ErrorKind")
    other = _registered.get(code)
    # The same class may be built twice (module reload), two different classes may not share a code.
    if other is not None and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
        raise TypeError(f"error code {code!r} of {cls.__qualname__} is already taken by {other.__qualname__}")
    _registered[code] = cls


def all_errors() -> dict[str, type[AnkuanError]]:
    """Every concrete error class imported so far, by code, sorted; the error catalogue is made from it."""
    return dict(sorted(_registered.items()))


class InvalidInput(AnkuanError):
    """The input breaks a rule that no state can change."""

    code = "invalid_input"
    kind = ErrorKind.INVALID


class NotFound(AnkuanError):
    """There is no such thing within the caller's scope."""

    code = "not_found"
    kind = ErrorKind.NOT_FOUND


class NotAllowed(AnkuanError):
    """The caller's roles or scope do not cover this action."""

    code = "not_allowed"
    kind = ErrorKind.NOT_ALLOWED
