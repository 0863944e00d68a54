"""Alarms: what a person must look at. Raising the same one again counts it instead of flooding the list."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from ankuan.kernel.errors import AnkuanError, ErrorKind, NotFound
from ankuan.kernel.ids import new_id
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.platform.tables import Alarm
from ankuan.plugin_api.events import AlarmRaised


class AlarmAlreadyCleared(AnkuanError):
    """Somebody has cleared this alarm before."""

    code = "alarm_already_cleared"
    kind = ErrorKind.CONFLICT


async def raise_alarm(
    session: WriteSession, *, court_id: int, kind: str, subject_key: str, message: str, now: datetime
) -> UUID:
    """Raise an alarm, or count one more time if it is open already. Returns its id."""
    alarm_id = new_id()
    statement = (
        insert(Alarm)
        .values(
            court_id=court_id,
            id=alarm_id,
            kind=kind,
            subject_key=subject_key,
            message=message,
            raised_at=now,
            last_at=now,
        )
        .on_conflict_do_update(
            index_elements=[Alarm.court_id, Alarm.kind, Alarm.subject_key],
            index_where=text("cleared_at is null"),
            set_={"times": Alarm.times + 1, "last_at": now, "message": message},
        )
        .returning(Alarm.id)
    )
    stored = (await session.execute(statement)).scalar_one()
    if stored == alarm_id:
        await emit(session, AlarmRaised(court_id=court_id, subject=alarm_id, alarm_kind=kind, message=message), now=now)
    return stored


async def clear_alarm(
    session: WriteSession, *, court_id: int, alarm_id: UUID, note: str, by: str, now: datetime
) -> None:
    """Clear an open alarm with a note. Raises :class:`NotFound`, :class:`AlarmAlreadyCleared`."""
    found = (
        await session.execute(
            select(Alarm.cleared_at).where(Alarm.court_id == court_id, Alarm.id == alarm_id).with_for_update()
        )
    ).first()
    if found is None:
        raise NotFound("告警不存在", "No such alarm", field="alarmId")
    if found.cleared_at is not None:
        raise AlarmAlreadyCleared("告警已处理", "The alarm has been cleared already", field="alarmId")
    await session.execute(
        update(Alarm)
        .where(Alarm.court_id == court_id, Alarm.id == alarm_id)
        .values(cleared_at=now, cleared_by=by, note=note)
    )


async def settle_alarm(session: WriteSession, *, court_id: int, kind: str, subject_key: str, now: datetime) -> None:
    """The platform itself has seen that the reason is gone; does nothing when no such alarm is open."""
    await session.execute(
        update(Alarm)
        .where(
            Alarm.court_id == court_id, Alarm.kind == kind, Alarm.subject_key == subject_key, Alarm.cleared_at.is_(None)
        )
        .values(cleared_at=now, cleared_by="system", note="resolved")
    )
