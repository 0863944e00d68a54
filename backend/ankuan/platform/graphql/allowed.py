"""What the viewer may do to an object now, and if not, why: screens show a disabled button with the reason."""

from collections.abc import Callable

import strawberry

from ankuan.kernel.errors import AnkuanError


@strawberry.type(description="Whether the viewer may do this now; if not, why.")
class Allowed:
    """One act on one object by one viewer."""

    allowed: bool = strawberry.field(description="Whether the act would be accepted as things stand.")
    code: str | None = strawberry.field(default=None, description="Stable code of the reason against it.")
    reason: str | None = strawberry.field(default=None, description="The reason in the language of the request.")


def refused(error: AnkuanError, language: str) -> Allowed:
    """The same reason that the act itself would be refused with."""
    return Allowed(allowed=False, code=error.code, reason=error.en if language == "en" else error.zh)


def allowed_unless(check: Callable[[], object], language: str) -> Allowed:
    """Run a check that raises a business error when it says no."""
    try:
        check()
    except AnkuanError as error:
        return refused(error, language)
    return Allowed(allowed=True)
