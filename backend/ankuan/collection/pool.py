"""The pool of free sub-accounts of each fund account (domain §5.1): how full it is, and filling it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, bindparam, func, select, text

from ankuan.collection.rules import SubAccountStatus, to_open
from ankuan.collection.tables import SubAccount
from ankuan.platform.db import ReadSession
from ankuan.registry.policies import packaged_default

POLICY = "sub_account_pool"
ALARM = "sub_account_pool_low"


@dataclass(frozen=True, slots=True)
class PoolCount:
    """How many sub-accounts a fund account has; ``low`` when free ones are below the court's mark."""

    free: int
    bound: int
    total: int
    low: bool


@dataclass(frozen=True, slots=True)
class PoolNeed:
    """A pool with something to do: ``count`` to open at the bank, ``waiting`` cases to serve."""

    court_id: int
    fund_account_id: UUID
    bank_id: str
    count: int
    waiting: int


# One look at all courts: each court's policy (own, else of the nearest court above, else the packaged one), its free
# sub-accounts and its waiting cases, both counted no further than matters. Cases wait for the court's oldest account.
_NEEDS = text(
    """
    select f.court_id, f.id, f.bank_id, q.low_water, q.refill_to, n.free, w.waiting
      from fund_account f
      join court c on c.id = f.court_id
      left join lateral (
             select value from policy p
              where p.court_id = any (c.path) and p.name = :policy and p.effective_from <= :today
              order by array_position(c.path, p.court_id) desc, p.effective_from desc, p.version desc limit 1) p on true
     cross join lateral (
             select (v ->> 'low_water')::int as low_water, (v ->> 'refill_to')::int as refill_to
               from (select coalesce(p.value, cast(:packaged as jsonb)) as v) x) q
     cross join lateral (
             select count(*) as waiting
               from (select from sub_account_wish s
                      where s.court_id = f.court_id and s.served_at is null
                        and not exists (select 1 from fund_account o
                                         where o.court_id = f.court_id and o.active and o.has_sub_accounts
                                           and o.id < f.id)
                      limit 1000) x) w
     cross join lateral (
             select count(*) as free
               from (select from sub_account s
                      where s.court_id = f.court_id and s.fund_account_id = f.id and s.status = 'free'
                      order by s.opened_at, s.id  -- so that the index of free ones is read, and nothing else
                      limit q.low_water + w.waiting) x) n
     where f.active and f.has_sub_accounts and (cast(:fund as uuid) is null or f.id = :fund)
       and not exists (select from alarm a
                        where a.court_id = f.court_id and a.kind = :alarm and a.subject_key = f.id::text
                          and a.cleared_at is null and a.last_at > cast(:failed_after as timestamptz))
       and (n.free < q.low_water + w.waiting or w.waiting > 0)
     order by f.court_id, f.id
    """
).bindparams(bindparam("packaged", type_=JSON))


async def pools_in_need(
    session: ReadSession,
    *,
    today: date,
    fund_account_id: UUID | None = None,
    failed_after: datetime | None = None,
) -> Sequence[PoolNeed]:
    """Pools below their low-water mark, or with cases waiting; of all courts in scope, in one round trip.

    Leaves out those whose bank has failed after the given instant.
    """
    values = {
        "policy": POLICY,
        "packaged": packaged_default(POLICY),
        "today": today,
        "fund": fund_account_id,
        "alarm": ALARM,
        "failed_after": failed_after,
    }
    rows = (await session.execute(_NEEDS, values)).all()
    return [
        PoolNeed(
            court_id=r.court_id,
            fund_account_id=r.id,
            bank_id=r.bank_id,
            count=to_open(free=r.free, waiting=r.waiting, low_water=r.low_water, refill_to=r.refill_to),
            waiting=r.waiting,
        )
        for r in rows
    ]


async def count_pool(session: ReadSession, *, court_id: int, fund_account_id: UUID, today: date) -> PoolCount:
    """Count the sub-accounts of one fund account."""
    rows = await session.execute(
        select(SubAccount.status, func.count())
        .where(SubAccount.court_id == court_id, SubAccount.fund_account_id == fund_account_id)
        .group_by(SubAccount.status)
    )
    counts = {str(status): int(number) for status, number in rows}
    needs = await pools_in_need(session, today=today, fund_account_id=fund_account_id)
    return PoolCount(
        free=counts.get(SubAccountStatus.FREE, 0),
        bound=counts.get(SubAccountStatus.BOUND, 0),
        total=sum(counts.values()),
        low=any(need.count > 0 for need in needs),
    )
