"""API tokens: a program acts as a person. Told once when issued; the database keeps the digest."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, update

from ankuan.identity.load_actor import load_actor, staff_at_work
from ankuan.identity.tables import ApiToken
from ankuan.kernel.ids import digest, new_id, new_token
from ankuan.platform.actor import Actor
from ankuan.platform.db import WriteSession

PREFIX: Final = "ankuan_"
"""Makes a token recognisable in logs and scans for secrets."""


async def issue_token(
    session: WriteSession,
    *,
    court_id: int,
    staff_id: UUID,
    name: str,
    now: datetime,
    valid_for: timedelta | None = None,
) -> str:
    """Issue a token of this name for a person and revoke the one before. Without ``valid_for`` it does not expire."""
    await revoke_token(session, court_id=court_id, staff_id=staff_id, name=name, now=now)
    token = PREFIX + new_token()
    await session.execute(
        insert(ApiToken).values(
            court_id=court_id,
            id=new_id(),
            staff_id=staff_id,
            name=name,
            token_digest=digest(token.encode()),
            issued_at=now,
            expires_at=now + valid_for if valid_for is not None else None,
        )
    )
    return token


async def revoke_token(session: WriteSession, *, court_id: int, staff_id: UUID, name: str, now: datetime) -> None:
    """Make the person's token of this name invalid; nothing when there is none."""
    await session.execute(
        update(ApiToken)
        .where(
            ApiToken.court_id == court_id,
            ApiToken.staff_id == staff_id,
            ApiToken.name == name,
            ApiToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


async def actor_of_token(session: WriteSession, *, token: str, now: datetime) -> Actor | None:
    """Who the token belongs to, or ``None`` when it was revoked, has expired or never was."""
    found = await session.scalar(
        select(ApiToken).where(ApiToken.token_digest == digest(token.encode()), ApiToken.revoked_at.is_(None))
    )
    if found is None or (found.expires_at is not None and now >= found.expires_at):
        return None
    staff = await staff_at_work(session, found.court_id, found.staff_id)
    return await load_actor(session, staff) if staff is not None else None
