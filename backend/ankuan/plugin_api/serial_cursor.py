"""PURE. A place in statements that go on after a running number."""

import json


class BadCursor(ValueError):
    """Not a cursor of this form."""


def serial_cursor(after: int) -> str:
    """The opaque form."""
    return json.dumps({"v": 1, "after": after})


def serial_in(cursor: str | None) -> int:
    """The last number read, 0 for none. Raises :class:`BadCursor`."""
    if cursor is None:
        return 0
    try:
        form = json.loads(cursor)
        after = form["after"]
        is_place = form["v"] == 1 and type(after) is int and after >= 0
    except (ValueError, KeyError, TypeError) as broken:
        raise BadCursor(cursor[:80]) from broken
    if not is_place:
        raise BadCursor(cursor[:80])
    return int(after)
