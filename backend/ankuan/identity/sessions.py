"""Server-side sessions: the browser holds a random key, the database its digest and everything else."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from ankuan.identity.load_actor import load_actor, staff_at_work, standing
from ankuan.identity.tables import UserSession
from ankuan.kernel.ids import digest, new_id, new_token
from ankuan.platform.actor import Actor
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import StandingChanged

IDLE: Final = timedelta(minutes=15)
ABSOLUTE: Final = timedelta(hours=8)
NOTE_EVERY: Final = timedelta(seconds=30)
"""A session is noted as seen at most this often, so that reading does not write; idleness is exact to this."""

MAX_TEXT: Final = 200


async def begin_session(session: WriteSession, *, actor: Actor, remote: str, user_agent: str, now: datetime) -> str:
    """Begin a session for a staff actor and return its key, which is told this once only."""
    if actor.id is None or actor.court_id is None:
        raise TypeError("only people have sessions")
    token = new_token()
    session.add(
        UserSession(
            court_id=actor.court_id,
            id=new_id(),
            staff_id=actor.id,
            token_digest=digest(token.encode()),
            standing=standing(actor),
            remote=remote[:MAX_TEXT],
            user_agent=user_agent.replace("\x00", "")[:MAX_TEXT],
            began_at=now,
            seen_at=now,
        )
    )
    await session.flush()
    return token


async def actor_of_session(
    session: WriteSession, *, token: str, now: datetime, is_activity: bool = True
) -> Actor | None:
    """Who the session's key belongs to, or ``None`` when it ended, expired or never was.

    Ends after 15 idle minutes, after 8 hours, when the person leaves, and when court, department or roles change.
    ``is_activity`` false asks without keeping the session alive: a connection that merely listens is not work.
    """
    found = await session.scalar(
        select(UserSession).where(UserSession.token_digest == digest(token.encode()), UserSession.ended_at.is_(None))
    )
    if found is None:
        return None
    if now >= min(found.seen_at + IDLE, found.began_at + ABSOLUTE):
        await _end(session, found, "expired", now)
        return None
    staff = await staff_at_work(session, found.court_id, found.staff_id)
    actor = await load_actor(session, staff) if staff is not None else None
    if actor is None or standing(actor) != found.standing:
        await _end(session, found, "standing_changed", now)
        return None
    if is_activity and now - found.seen_at >= NOTE_EVERY:
        await session.execute(
            update(UserSession)
            .where(UserSession.court_id == found.court_id, UserSession.id == found.id, UserSession.seen_at < now)
            .values(seen_at=now)
        )
    return actor


async def end_session(session: WriteSession, *, token: str, now: datetime) -> None:
    """Sign out. A key that is not valid is not an error: the result is the same."""
    found = await session.scalar(
        select(UserSession).where(UserSession.token_digest == digest(token.encode()), UserSession.ended_at.is_(None))
    )
    if found is not None:
        await _end(session, found, "signed_out", now)


async def end_sessions_of(session: WriteSession, *, court_id: int, staff_id: UUID, why: str, now: datetime) -> None:
    """End all sessions of a person, e.g. after a change of password."""
    await session.execute(
        update(UserSession)
        .where(UserSession.court_id == court_id, UserSession.staff_id == staff_id, UserSession.ended_at.is_(None))
        .values(ended_at=now, ended_why=why)
    )
    await emit(session, StandingChanged(court_id=court_id, subject=staff_id, why=why), now=now)


async def _end(session: WriteSession, ended: UserSession, why: str, now: datetime) -> None:
    """End one session and tell the sockets that live by it: nothing later may reach them."""
    await session.execute(
        update(UserSession)
        .where(UserSession.court_id == ended.court_id, UserSession.id == ended.id, UserSession.ended_at.is_(None))
        .values(ended_at=now, ended_why=why)
    )
    await emit(session, StandingChanged(court_id=ended.court_id, subject=ended.staff_id, why=why), now=now)
