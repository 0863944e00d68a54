"""Figures of many courts at once: each question is one statement over all courts asked, never one a court."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from sqlalchemy import text

from ankuan.kernel.clock import SHANGHAI
from ankuan.ledger.queries import positions_by_court
from ankuan.platform.db import ReadSession

DAYS = 14


@dataclass(frozen=True, slots=True)
class CourtFigures:
    """One court, or several summed. Money in fen; ``…_today`` on the day asked for, everything else now."""

    received_fen: int = 0
    received_count: int = 0
    paid_fen: int = 0
    paid_count: int = 0
    available_fen: int = 0
    held_fen: int = 0
    bank_fen: int = 0
    unidentified_fen: int = 0
    unidentified_count: int = 0
    unknown_instructions: int = 0
    open_alarms: int = 0
    awaiting_approval: int = 0
    awaiting_audit: int = 0
    awaiting_release: int = 0


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Money in and out on one booking day, in fen."""

    day: date
    received_fen: int
    paid_fen: int


# Conditions compare columns with values and call no function: under row-level security only such conditions may use an
# index. A payment counts on the bank's booking date or, while it has told none, on the day when its word came.
_FIGURES = text(
    """
    with payment as (
      select court_id, booked_on as paid_on, amount_fen
        from instruction
       where purpose = 'payment' and state = 'settled' and booked_on is not null
         and booked_on between :first and :last and court_id = any (:courts)
      union all
      select court_id, (settled_at at time zone 'Asia/Shanghai')::date, amount_fen
        from instruction
       where purpose = 'payment' and state = 'settled' and booked_on is null
         and settled_at >= :since and settled_at < :before and court_id = any (:courts)
    ), received as (
      select court_id, sum(amount_fen)::bigint as fen, count(*) as number
        from receipt where booked_on between :first and :last and court_id = any (:courts) group by court_id
    ), unidentified as (
      select court_id, sum(amount_fen - allocated_fen)::bigint as fen, count(*) as number
        from receipt where allocated_fen < amount_fen and court_id = any (:courts) group by court_id
    ), paid as (
      select court_id, sum(amount_fen)::bigint as fen, count(*) as number
        from payment group by court_id
    ), doubtful as (
      select court_id, count(*) as number
        from instruction where state = 'unknown' and court_id = any (:courts) group by court_id
    ), alarms as (
      select court_id, count(*) as number
        from alarm where cleared_at is null and court_id = any (:courts) group by court_id
    ), waiting as (
      select court_id, count(*) filter (where status = 'in_approval') as approval,
             count(*) filter (where status = 'approved') as audit, count(*) filter (where status = 'audited') as release
        from disbursement
       where status in ('in_approval', 'approved', 'audited') and court_id = any (:courts) group by court_id
    )
    select c.id as court_id,
           coalesce(received.fen, 0) as received_fen, coalesce(received.number, 0) as received_count,
           coalesce(paid.fen, 0) as paid_fen, coalesce(paid.number, 0) as paid_count,
           coalesce(unidentified.fen, 0) as unidentified_fen, coalesce(unidentified.number, 0) as unidentified_count,
           coalesce(doubtful.number, 0) as unknown_instructions, coalesce(alarms.number, 0) as open_alarms,
           coalesce(waiting.approval, 0) as awaiting_approval, coalesce(waiting.audit, 0) as awaiting_audit,
           coalesce(waiting.release, 0) as awaiting_release
      from unnest(cast(:courts as int[])) as c (id)
      left join received on received.court_id = c.id
      left join unidentified on unidentified.court_id = c.id
      left join paid on paid.court_id = c.id
      left join doubtful on doubtful.court_id = c.id
      left join alarms on alarms.court_id = c.id
      left join waiting on waiting.court_id = c.id
    """
)

_DAYS = text(
    """
    with payment as (
      select court_id, booked_on as paid_on, amount_fen
        from instruction
       where purpose = 'payment' and state = 'settled' and booked_on is not null
         and booked_on between :first and :last and court_id = any (:courts)
      union all
      select court_id, (settled_at at time zone 'Asia/Shanghai')::date, amount_fen
        from instruction
       where purpose = 'payment' and state = 'settled' and booked_on is null
         and settled_at >= :since and settled_at < :before and court_id = any (:courts)
    )
    select d.day::date as day, coalesce(received.fen, 0) as received_fen, coalesce(paid.fen, 0) as paid_fen
      from generate_series(cast(:first as date), cast(:last as date), interval '1 day') as d (day)
      left join (select booked_on, sum(amount_fen)::bigint as fen
                   from receipt where booked_on between :first and :last and court_id = any (:courts)
                  group by booked_on) received on received.booked_on = d.day::date
      left join (select paid_on, sum(amount_fen)::bigint as fen
                   from payment group by paid_on) paid on paid.paid_on = d.day::date
     order by 1
    """
)


async def figures_by_court(session: ReadSession, courts: Collection[int], *, on: date) -> dict[int, CourtFigures]:
    """Figures of each court asked, in two round trips. Courts outside the caller's scope have zeros."""
    asked = sorted(set(courts))
    rows = (await session.execute(_FIGURES, _between(asked, on, on))).mappings().all()
    positions = await positions_by_court(session, asked)
    found = {}
    for row in rows:
        values = {name: int(value) for name, value in row.items()}
        position = positions[values.pop("court_id")]
        found[row["court_id"]] = CourtFigures(
            **values,
            available_fen=position.cases.fen,
            held_fen=position.held.fen,
            bank_fen=position.bank.fen,
        )
    return found


async def figures_by_day(session: ReadSession, courts: Collection[int], *, until: date) -> list[DayFigures]:
    """Money in and out of all courts asked on each of the last 14 days, the oldest first."""
    rows = await session.execute(_DAYS, _between(courts, until - timedelta(days=DAYS - 1), until))
    return [DayFigures(row.day, int(row.received_fen), int(row.paid_fen)) for row in rows]


def _between(courts: Collection[int], first: date, last: date) -> dict[str, object]:
    """Days in China, both included, as dates and as the instants at which they begin and end."""
    return {
        "courts": sorted(set(courts)),
        "first": first,
        "last": last,
        "since": datetime.combine(first, time(), SHANGHAI),
        "before": datetime.combine(last + timedelta(days=1), time(), SHANGHAI),
    }


def total(figures: Iterable[CourtFigures]) -> CourtFigures:
    """Sum figures of several courts; of none, zeros."""
    several = list(figures)
    return CourtFigures(**{f.name: sum(getattr(one, f.name) for one in several) for f in fields(CourtFigures)})
