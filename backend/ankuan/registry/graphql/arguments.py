"""Arguments that many lists share."""

from typing import Annotated, Final

import strawberry

from ankuan.kernel.errors import NotAllowed
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import expect_id

First = Annotated[int, strawberry.argument(description="Rows of a page, at most 100.")]
After = Annotated[str | None, strawberry.argument(description="Cursor of the row after which to go on.")]
FIRST: Final = 50
AFTER: Final = None


def court_argument(info: Information, given: str | None, *, field: str = "courtId") -> int:
    """The court meant: the given one, else the viewer's own.

    Raises ``NotFound`` for an id that is not a court's, ``NotAllowed`` when the viewer belongs to no court.
    """
    if given is not None:
        return expect_id(given, "Court", field=field).court_id
    court_id = info.context.actor.court_id
    if court_id is None:
        raise NotAllowed("请指明法院", "Say which court", field=field)
    return court_id
