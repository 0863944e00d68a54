"""Purge raw messages whose time is over: small batches, counted, never about an order that is still open."""

import time

from sqlalchemy import func, select, text

from ankuan.banking.tables import RawMessagePurge
from ankuan.kernel.clock import business_date
from ankuan.platform.db import ReadSession
from ankuan.platform.jobs import JobContext
from ankuan.registry.policies import effective_policy

POLICY = "retention"
BATCH = 500
AT_MOST_SECONDS = 30.0
SHORTEST_DAYS = 365
_DUE = text(
    """
    select c.id from court c where exists (
      select from raw_message m where m.court_id = c.id and m.about = 'passing'
         and m.started_at < clock_timestamp() - interval '30 days')
      or exists (select from raw_message m where m.court_id = c.id
         and m.started_at < clock_timestamp() - interval '365 days')
     order by c.id
    """
)


async def courts_to_purge(session: ReadSession) -> list[int]:
    """Courts with messages that may be over."""
    return list(await session.scalars(_DUE))


async def purge_messages(context: JobContext, *, court_id: int) -> int:
    """Purge what the court's policy no longer keeps; returns how many. Goes on next time where it stopped."""
    began, purged = time.monotonic(), 0
    async with context.database.read(context.actor) as session:
        policy = await effective_policy(session, court_id=court_id, name=POLICY, on=business_date(context.clock.now()))
    days = max(int(policy["raw_message_days"]), SHORTEST_DAYS)
    while time.monotonic() - began < AT_MOST_SECONDS:
        async with context.database.write(context.actor) as session:
            count = int(await session.scalar(select(func.purge_raw_messages(court_id, days, BATCH))) or 0)
        purged += count
        if count < BATCH:
            break
    return purged


async def purged_messages(session: ReadSession, *, court_id: int) -> int:
    """How many messages of a court have been purged since ever."""
    found = await session.scalar(select(func.sum(RawMessagePurge.messages)).where(RawMessagePurge.court_id == court_id))
    return int(found or 0)
