"""What a broken database constraint means to the caller. Each room registers its own next to its tables."""

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from ankuan.kernel.errors import AnkuanError
from ankuan.platform.db import violated_constraint

_MEANINGS: dict[str, Callable[[], AnkuanError]] = {}


def constraint_means(name: str, make_error: Callable[[], AnkuanError]) -> None:
    """Register the business error behind a constraint. The use case checks first; the constraint wins races."""
    _MEANINGS[name] = make_error


def explain(error: IntegrityError) -> AnkuanError | None:
    """The business error behind an integrity error, or ``None`` when it is a defect of ours."""
    make = _MEANINGS.get(violated_constraint(error))
    return make() if make else None
