"""Events and the outbox: emit inside the transaction, read below the snapshot horizon.

A reader takes only rows whose transaction id lies below the oldest transaction still running, ordered by
``(xid, id)``. A transaction that commits late therefore never slips in behind a cursor that has already passed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import text

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.plugin_api.events import Event, ToldEvent

BEGINNING = "0-0"


class BadCursor(AnkuanError):
    """The cursor is not one of ours."""

    code = "invalid_cursor"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events after a cursor; ``cursor`` is where to go on; ``behind`` says that more is coming soon."""

    events: tuple[ToldEvent, ...]
    cursor: str
    behind: bool


# One row each, numbered in the order given.
_APPEND = text(
    """
    insert into event (court_id, kind, subject, payload)
    select :court_id, :kind, e.subject, e.payload::jsonb
      from unnest(cast(:subjects as uuid[]), cast(:payloads as text[])) with ordinality
           as e (subject, payload, position)
     order by e.position
    """
)


async def emit(session: WriteSession, *events: Event, now: datetime) -> None:
    """Append events in this transaction and let the rooms that listen act in it.

    Events of one class that follow each other are told together, so that a listener may take a whole page at once.
    """
    if not events:
        return
    await session.flush()
    for (court_id, kind), run in groupby(events, key=lambda e: (e.court_id, e.kind)):
        rows = [(e.subject, json.dumps(e.payload())) for e in run]
        subjects, payloads = map(list, zip(*rows, strict=True))
        values = {"court_id": court_id, "kind": kind, "subjects": subjects, "payloads": payloads}
        await session.execute(_APPEND, values)
    session.has_emitted = True
    for event, alike in groupby(events, key=type):
        together = tuple(alike)
        for listener in session.bus.listeners(event):
            await listener(session, together, now)


# The answer's column has a name of its own: "order by xid" would mean the text, in which 1000 stands before 999.
_READ = text(
    """
    select xid::text as xid_text, id, court_id, kind, subject, payload, at
      from event
     where (xid, id) > (cast(cast(:xid as text) as xid8), cast(:id as bigint))
       and xid < pg_snapshot_xmin(pg_current_snapshot())
       and (cardinality(cast(:kinds as text[])) = 0 or kind = any (cast(:kinds as text[])))
     order by xid, id
     limit :limit
    """
)
_HEAD = text(
    """
    select coalesce((select xid::text || '-' || id from event
                      where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit 1), '0-0'),
           exists (select 1 from event where xid >= pg_snapshot_xmin(pg_current_snapshot()))
    """
)


async def read_events(session: ReadSession, *, after: str, kinds: Sequence[str] = (), limit: int = 500) -> EventPage:
    """Up to ``limit`` events after the cursor that this session's actor may see.

    Raises :class:`BadCursor`.
    """
    told = await visible_events(session, after=after, kinds=kinds, limit=limit)
    cursor = told[-1].cursor if told else after
    return EventPage(told, cursor, behind=len(told) == limit or await is_behind(session))


async def visible_events(
    session: ReadSession, *, after: str, kinds: Sequence[str] = (), limit: int = 500
) -> tuple[ToldEvent, ...]:
    """Like :func:`read_events`, without asking whether more is coming. Raises :class:`BadCursor`."""
    xid, number = parse_cursor(after)
    rows = await session.execute(_READ, {"xid": str(xid), "id": number, "kinds": list(kinds), "limit": limit})
    return tuple(ToldEvent(f"{r.xid_text}-{r.id}", r.kind, r.court_id, r.subject, r.payload, r.at) for r in rows)


async def is_behind(session: ReadSession) -> bool:
    """Whether committed events wait above the horizon, hidden by a transaction that still runs."""
    _, unfinished = (await session.execute(_HEAD)).one()
    return bool(unfinished)


async def latest_cursor(session: ReadSession) -> str:
    """Cursor behind everything that is told already."""
    head, _ = (await session.execute(_HEAD)).one()
    return str(head)


def parse_cursor(cursor: str) -> tuple[int, int]:
    """Split a cursor. Raises :class:`BadCursor`."""
    left, dash, right = cursor.partition("-")
    if not (dash and left.isascii() and left.isdigit() and right.isascii() and right.isdigit()):
        raise BadCursor("游标无效", "Invalid cursor", field="after")
    xid, number = int(left), int(right)
    if xid >= 2**64 or number >= 2**63:
        raise BadCursor("游标无效", "Invalid cursor", field="after")
    return xid, number
