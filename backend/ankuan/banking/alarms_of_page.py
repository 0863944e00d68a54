"""Raise the alarms that a page of bookings gives cause for, together: a thousand lines are not a thousand upserts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from ankuan.kernel.ids import new_id
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import AlarmRaised


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for an alarm, as ``raise_alarm`` of the platform takes it."""

    kind: str
    subject_key: str
    message: str


_RAISE = text(
    """
    insert into alarm (court_id, id, kind, subject_key, message, times, raised_at, last_at)
    select :court_id, a.id, a.kind, a.subject_key, a.message, a.times, :now, :now
      from unnest(cast(:ids as uuid[]), cast(:kinds as text[]), cast(:subjects as text[]), cast(:messages as text[]),
                  cast(:times as int[])) as a (id, kind, subject_key, message, times)
     order by a.kind, a.subject_key
        on conflict (court_id, kind, subject_key) where cleared_at is null
        do update set times = alarm.times + excluded.times, last_at = excluded.last_at, message = excluded.message
    returning id
    """
)


async def raise_alarms(session: WriteSession, *, court_id: int, causes: Sequence[Cause], now: datetime) -> None:
    """As if each cause were raised by itself, in order: counted, the last message standing, the first one told."""
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for cause in causes:
        grouped[cause.kind, cause.subject_key].append(cause.message)
    if not grouped:
        return
    first = {new_id(): (kind, messages[0]) for (kind, _), messages in grouped.items()}
    values = {
        "court_id": court_id,
        "now": now,
        "ids": list(first),
        "kinds": [kind for kind, _ in grouped],
        "subjects": [subject for _, subject in grouped],
        "messages": [messages[-1] for messages in grouped.values()],
        "times": [len(messages) for messages in grouped.values()],
    }
    raised = set(await session.scalars(_RAISE, values))
    told = [
        AlarmRaised(court_id=court_id, subject=alarm_id, alarm_kind=kind, message=message)
        for alarm_id, (kind, message) in first.items()
        if alarm_id in raised
    ]
    await emit(session, *told, now=now)
