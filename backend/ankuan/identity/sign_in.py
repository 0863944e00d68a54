"""Sign in with login and password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, false, select
from sqlalchemy.dialects.postgresql import insert

from ankuan.identity.load_actor import load_actor, staff_at_work
from ankuan.identity.passwords import password_fits
from ankuan.identity.sessions import begin_session
from ankuan.identity.tables import Credential, SignInGuard
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import digest
from ankuan.platform.actor import Actor
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.db import WriteSession

MAX_FAILURES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
FORGET_AFTER: Final = timedelta(days=1)


class BadCredentials(AnkuanError):
    """Login and password do not fit; which of them is wrong stays untold."""

    code = "bad_credentials"
    kind = ErrorKind.NOT_ALLOWED


class LockedOut(AnkuanError):
    """Too many failed attempts for this login; details carry ``seconds`` until the next try counts."""

    code = "locked_out"
    kind = ErrorKind.NOT_ALLOWED


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``token`` goes into the cookie and nowhere else."""

    token: str
    actor: Actor


async def sign_in(
    session: WriteSession, *, login: str, password: str, remote: str, user_agent: str, now: datetime
) -> SignedIn | BadCredentials | LockedOut:
    """Check the password and begin a session, or return why not.

    The error is returned, not raised: the transaction must commit, or the failed attempt would not be counted. After
    5 failures the login is locked for 15 minutes; logins that do not exist are counted and take as long. Needs a
    session of the platform itself, since nobody is known yet.
    """
    name = login.strip().lower()
    key = digest(name.encode("utf-8", "surrogatepass"))
    # A text that the database cannot hold is nobody's login.
    credential = await session.scalar(
        select(Credential).where(Credential.login == name if name.isprintable() else false())
    )
    # The hash is worked out before the lock is taken: guesses in parallel wait for one another only while counting,
    # and those that come to the counter after the fifth failure are refused even when right.
    fits = await password_fits(credential.password_hash if credential else None, password)
    guard = await _locked_guard(session, key, now)
    if guard.locked_until is not None and now < guard.locked_until:
        return _locked_out(guard.locked_until - now)
    staff = await staff_at_work(session, credential.court_id, credential.staff_id) if credential and fits else None
    if staff is None:
        await _count_failure(session, guard, now)
        if credential and guard.locked_until is not None:
            await _tell_of_lock_out(session, credential, now)
        return BadCredentials("用户名或密码错误", "Login or password is wrong")
    await session.execute(delete(SignInGuard).where(SignInGuard.login_digest == key))
    actor = await load_actor(session, staff)
    token = await begin_session(session, actor=actor, remote=remote, user_agent=user_agent, now=now)
    return SignedIn(token, actor)


async def _locked_guard(session: WriteSession, key: str, now: datetime) -> SignInGuard:
    """The counter's row, made if need be and locked until the transaction ends."""
    await session.execute(
        insert(SignInGuard).values(login_digest=key, failures=0, last_at=now).on_conflict_do_nothing()
    )
    return (
        await session.scalars(
            select(SignInGuard)
            .where(SignInGuard.login_digest == key)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).one()


async def _count_failure(session: WriteSession, guard: SignInGuard, now: datetime) -> None:
    was_locked = guard.locked_until is not None
    guard.failures = 1 if was_locked else guard.failures + 1
    guard.locked_until = now + LOCKED_FOR if guard.failures >= MAX_FAILURES else None
    guard.last_at = now
    await session.flush()
    await session.execute(delete(SignInGuard).where(SignInGuard.last_at < now - FORGET_AFTER))


async def _tell_of_lock_out(session: WriteSession, credential: Credential, now: datetime) -> None:
    minutes = int(LOCKED_FOR.total_seconds()) // 60
    await raise_alarm(
        session,
        court_id=credential.court_id,
        kind="sign_in_locked",
        subject_key=str(credential.staff_id),
        message=f"用户 {credential.login} 连续 {MAX_FAILURES} 次登录失败，已锁定 {minutes} 分钟",
        now=now,
    )


def _locked_out(left: timedelta) -> LockedOut:
    seconds = max(1, round(left.total_seconds()))
    minutes = -(-seconds // 60)
    return LockedOut(
        f"失败次数过多，请 {minutes} 分钟后再试", f"Too many failures; try again in {minutes} min", seconds=seconds
    )
