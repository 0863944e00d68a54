"""Typed errors of mutations: five kinds, each with a stable code, a message and the input at fault."""

import strawberry

from ankuan.kernel.errors import AnkuanError, ErrorKind


@strawberry.interface(description="Why a mutation did nothing. Nothing has changed when one of these comes back.")
class UserError:
    """Base of the five error types."""

    code: str = strawberry.field(description="Stable code, see schema/errors.md.")
    message: str = strawberry.field(description="For people, in the language of the request.")
    field: str | None = strawberry.field(description="Path of the input at fault, e.g. `lines.0.amount`.")


@strawberry.type(description="The input can never be right; correct it.")
class InvalidInput(UserError):
    """Kind ``invalid``."""


@strawberry.type(description="No such object, or none this viewer may know of.")
class NotFound(UserError):
    """Kind ``not_found``."""


@strawberry.type(description="This viewer may not do this.")
class NotAllowed(UserError):
    """Kind ``not_allowed``."""


@strawberry.type(description="The state has changed meanwhile; look again.")
class Conflict(UserError):
    """Kind ``conflict``."""


@strawberry.type(description="A rule forbids it now, whoever asks.")
class Refused(UserError):
    """Kind ``refused``."""


AnyError = InvalidInput | NotFound | NotAllowed | Conflict | Refused
"""Append to a success type: ``Annotated[XSuccess | AnyError, strawberry.union("XResult")]``."""

_TYPES: dict[ErrorKind, type[AnyError]] = {
    ErrorKind.INVALID: InvalidInput,
    ErrorKind.NOT_FOUND: NotFound,
    ErrorKind.NOT_ALLOWED: NotAllowed,
    ErrorKind.CONFLICT: Conflict,
    ErrorKind.REFUSED: Refused,
}


def user_error(error: AnkuanError, language: str) -> AnyError:
    """Present a business error."""
    message = error.en if language == "en" else error.zh
    made: AnyError = _TYPES[error.kind](code=error.code, message=message, field=error.field)
    return made
