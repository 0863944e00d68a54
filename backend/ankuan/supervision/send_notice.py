"""Send a notice: take it, call the provider with no transaction open, write down what it said.

A message that may have gone out is never sent again, so a lost worker, a time-out and a strange answer all end in
``unknown``. Only a provider's clear no is tried again.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select

from ankuan.platform.db import WriteSession
from ankuan.platform.jobs import JobContext
from ankuan.plugin_api.sms import SmsAnswer, SmsMessage, SmsPlugin, SmsState
from ankuan.supervision.set_staff_contact import phone_context
from ankuan.supervision.tables import Notice, StaffContact
from ankuan.supervision.transitions import LIFE, NoticeEvent, NoticeState, pause_after

LEASE: Final = timedelta(minutes=2)
LIMIT_SECONDS: Final = 30
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    message: SmsMessage
    attempt: int


async def send_notice(context: JobContext, *, court_id: int, notice_id: UUID) -> None:
    """Send one notice if it waits and its time has come. Run by two workers at once, one of them sends."""
    provider = provider_of(context)
    if provider is None:
        return
    async with context.database.write(context.actor) as session:
        taken = await _take(session, context, court_id, notice_id, provider.id)
    if taken is None:
        return
    answer = await _call(provider, taken.message)
    async with context.database.write(context.actor) as session:
        notice = await _locked(session, court_id, notice_id)
        # Unless it was given up as unknown meanwhile.
        if notice is not None and (notice.state, notice.attempts) == (NoticeState.SENDING, taken.attempt):
            _write_down(notice, answer, context.clock.now())


def provider_of(context: JobContext) -> SmsPlugin | None:
    """The installed provider; of several the first by name."""
    return context.plugins.sms[min(context.plugins.sms)] if context.plugins.sms else None


async def lose_sight(session: WriteSession, *, court_id: int, notice_id: UUID, now: datetime) -> None:
    """The worker that was sending it is gone: nobody knows whether it went out."""
    notice = await _locked(session, court_id, notice_id)
    if notice is None or notice.state != NoticeState.SENDING or notice.taken_until is None:
        return
    if notice.taken_until <= now:
        _end(notice, NoticeEvent.LOSE_SIGHT, now)
        await session.flush()


async def _locked(session: WriteSession, court_id: int, notice_id: UUID) -> Notice | None:
    return await session.scalar(
        select(Notice).where(Notice.court_id == court_id, Notice.id == notice_id).with_for_update(skip_locked=True)
    )


async def _take(
    session: WriteSession, context: JobContext, court_id: int, notice_id: UUID, provider: str
) -> _Taken | None:
    now = context.clock.now()
    notice = await _locked(session, court_id, notice_id)
    if notice is None or notice.state != NoticeState.WAITING or notice.next_at is None or notice.next_at > now:
        return None
    sealed = await session.scalar(
        select(StaffContact.phone_cipher).where(
            StaffContact.court_id == court_id, StaffContact.staff_id == notice.staff_id
        )
    )
    if sealed is None:
        return None
    phone = context.cipher.decrypt(sealed, context=phone_context(court_id, notice.staff_id)).decode()
    notice.state = LIFE.next(NoticeState.WAITING, NoticeEvent.TAKE).value
    notice.attempts += 1
    notice.next_at, notice.taken_until, notice.provider = None, now + LEASE, provider
    await session.flush()
    return _Taken(SmsMessage(message_id=str(notice.id), phone=phone, text=notice.body), notice.attempts)


async def _call(provider: SmsPlugin, message: SmsMessage) -> SmsAnswer:
    try:
        answer: object = await asyncio.wait_for(provider.send(message), LIMIT_SECONDS)
    except Exception as error:  # whatever a plugin does, the message may have gone out
        log.exception("sms.plugin_defect", provider=provider.id)
        return SmsAnswer(SmsState.UNKNOWN, message=type(error).__name__)
    return answer if isinstance(answer, SmsAnswer) else SmsAnswer(SmsState.UNKNOWN, message="wrong type of answer")


def _write_down(notice: Notice, answer: SmsAnswer, now: datetime) -> None:
    notice.provider_ref, notice.answer = answer.provider_ref, answer.message[:200]
    pause = pause_after(notice.attempts)
    if answer.state is SmsState.SENT:
        _end(notice, NoticeEvent.ACCEPT, now)
    elif answer.state is SmsState.UNKNOWN:
        _end(notice, NoticeEvent.LOSE_SIGHT, now)
    elif pause is None:
        _end(notice, NoticeEvent.GIVE_UP, now)
    else:
        notice.state = LIFE.next(NoticeState.SENDING, NoticeEvent.TRY_AGAIN).value
        notice.taken_until, notice.next_at = None, now + pause


def _end(notice: Notice, event: NoticeEvent, now: datetime) -> None:
    notice.state = LIFE.next(NoticeState(notice.state), event).value
    notice.taken_until, notice.ended_at = None, now
