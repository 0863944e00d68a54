"""Whether the viewer may do something now and, if not, why: the reason beside a disabled button."""

import strawberry

from ankuan.kernel.errors import AnkuanError


@strawberry.type(description="Whether the viewer may do this to this object now.")
class Allowed:
    """An answer about one act."""

    allowed: bool = strawberry.field(description="True when the act would be accepted now.")
    code: str | None = strawberry.field(description="Why not: the code of the error that would come back.")
    reason: str | None = strawberry.field(description="Why not, for people, in the language of the request.")


def yes() -> Allowed:
    """It may be done."""
    return Allowed(allowed=True, code=None, reason=None)


def no(code: str, zh: str, en: str, language: str) -> Allowed:
    """It may not be done, for this reason."""
    return Allowed(allowed=False, code=code, reason=en if language == "en" else zh)


def no_because(error: AnkuanError, language: str) -> Allowed:
    """It may not be done: this error would come back."""
    return no(error.code, error.zh, error.en, language)
