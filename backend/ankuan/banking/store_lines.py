"""Insert bookings and their sightings, a whole page in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import BankLine as ToldLine


@dataclass(frozen=True, slots=True)
class NewLine:
    """A booking to be stored, with the id that it gets. ``mark`` is its fingerprint."""

    id: UUID
    told: ToldLine
    mark: str


# A line that is new is seen by the same statement; its columns that no line has are null as a whole.
_LINES = text(
    """
    with told as materialized (
      select * from unnest(cast(:ids as uuid[]), cast(:keys as text[]), cast(:marks as text[]),
                           cast(:directions as text[]), cast(:kinds as text[]), cast(:amounts as bigint[]),
                           cast(:days as date[]), cast(:moments as timestamptz[]), cast(:sub_accounts as text[]),
                           cast(:names as text[]), cast(:accounts as text[]), cast(:banks as text[]),
                           cast(:remarks as text[]), cast(:balances as bigint[]), cast(:bank_refs as text[]),
                           cast(:client_refs as text[]), cast(:adjustment_refs as text[]))
        as l (id, bank_key, mark, direction, kind, amount, booked_on, booked_at, sub_account, counter_name,
              counter_account, counter_bank, remark, balance, bank_ref, client_ref, adjustment_ref)
    ), stored as (
      insert into bank_line (court_id, id, fund_account_id, source, bank_key, fingerprint, direction, kind, amount_fen,
                             booked_on, booked_at, sub_account_no, counter_name, counter_account, counter_bank, remark,
                             balance_after_fen, bank_ref, client_ref, adjustment_ref, seen_at)
      select :court_id, l.id, :fund_account_id, :source, l.bank_key, l.mark, l.direction, l.kind, l.amount, l.booked_on,
             l.booked_at, l.sub_account, l.counter_name, l.counter_account, l.counter_bank, l.remark, l.balance,
             l.bank_ref, l.client_ref, l.adjustment_ref, :now
        from told l
    )
    insert into bank_line_sighting (court_id, fund_account_id, bank_key, line_id, source, seen_at)
    select :court_id, :fund_account_id, l.bank_key, l.id, :source, :now from told l
    """
)
_SIGHTINGS = text(
    """
    insert into bank_line_sighting (court_id, fund_account_id, bank_key, line_id, source, seen_at)
    select :court_id, :fund_account_id, s.bank_key, s.line_id, :source, :now
      from unnest(cast(:keys as text[]), cast(:line_ids as uuid[])) as s (bank_key, line_id)
    """
)


async def store_lines(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    source: str,
    lines: Sequence[NewLine],
    now: datetime,
) -> None:
    """Insert lines of one feed with their sightings; none is nothing to do."""
    if not lines:
        return
    told = [line.told for line in lines]
    values = {
        "court_id": court_id,
        "fund_account_id": fund_account_id,
        "source": source,
        "now": now,
        "ids": [line.id for line in lines],
        "keys": [t.bank_key for t in told],
        "marks": [line.mark for line in lines],
        "directions": [t.direction.value for t in told],
        "kinds": [t.kind.value for t in told],
        "amounts": [t.amount.fen for t in told],
        "days": [t.booked_on for t in told],
        "moments": _column([t.booked_at for t in told]),
        "sub_accounts": _column([t.sub_account_no for t in told]),
        "names": [t.counter_name for t in told],
        "accounts": [t.counter_account for t in told],
        "banks": [t.counter_bank for t in told],
        "remarks": [t.remark for t in told],
        "balances": _column([t.balance_after.fen if t.balance_after is not None else None for t in told]),
        "bank_refs": _column([t.bank_ref for t in told]),
        "client_refs": _column([t.client_ref for t in told]),
        "adjustment_refs": _column([t.adjustment_ref for t in told]),
    }
    await session.execute(_LINES, values)


def _column(values: list[Any]) -> list[Any] | None:
    """None for a column without any value: the driver looks at each one of a list."""
    return None if all(value is None for value in values) else values


async def store_sightings(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    source: str,
    line_ids: dict[str, UUID],
    now: datetime,
) -> None:
    """Note which line of another feed each of this feed's keys stands for; none is nothing to do."""
    if not line_ids:
        return
    values = {
        "court_id": court_id,
        "fund_account_id": fund_account_id,
        "source": source,
        "now": now,
        "keys": list(line_ids),
        "line_ids": list(line_ids.values()),
    }
    await session.execute(_SIGHTINGS, values)
