"""Give a person a login and a password, or a new password."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ankuan.identity.passwords import hash_password
from ankuan.identity.sessions import end_sessions_of
from ankuan.identity.tables import Credential
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import WriteSession


class LoginTaken(AnkuanError):
    """Another person signs in with this login."""

    code = "login_taken"
    kind = ErrorKind.CONFLICT


async def set_password(
    session: WriteSession, *, court_id: int, staff_id: UUID, login: str, password: str, now: datetime
) -> None:
    """Keep the password's hash and end the person's sessions. The login of an existing credential stays.

    Raises :class:`LoginTaken`, :class:`ankuan.identity.passwords.WeakPassword`.
    """
    await keep_hash(
        session, court_id=court_id, staff_id=staff_id, login=login, password_hash=await hash_password(password), now=now
    )
    await end_sessions_of(session, court_id=court_id, staff_id=staff_id, why="password_changed", now=now)


async def keep_hash(
    session: WriteSession, *, court_id: int, staff_id: UUID, login: str, password_hash: str, now: datetime
) -> None:
    """Store a hash made before. Raises :class:`LoginTaken`."""
    name = login.strip().lower()
    holder = (
        await session.execute(select(Credential.court_id, Credential.staff_id).where(Credential.login == name))
    ).first()
    if holder is not None and (holder.court_id, holder.staff_id) != (court_id, staff_id):
        raise LoginTaken("该用户名已被使用", "This login is taken", field="login")
    await session.execute(
        insert(Credential)
        .values(court_id=court_id, staff_id=staff_id, login=name, password_hash=password_hash, changed_at=now)
        .on_conflict_do_update(
            index_elements=[Credential.court_id, Credential.staff_id],
            set_={"password_hash": password_hash, "changed_at": now},
        )
    )
