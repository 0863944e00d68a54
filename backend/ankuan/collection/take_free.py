"""Take free sub-accounts out of the pool for cases: one case or ten thousand, by the same few statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from ankuan.banking.link_case_account import link_case_accounts
from ankuan.kernel.ids import new_ids
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import SubAccountBound

# The oldest first, from an index of free ones alone. SKIP LOCKED: who comes at the same time takes the next ones
# instead of waiting. "Free" is a literal: an index of some rows serves no statement that only might mean them.
_TAKE = text(
    """
    with free as (
      select s.id, s.opened_at from sub_account s
       where s.court_id = :court_id and s.fund_account_id = :fund_account_id and s.status = 'free'
       order by s.opened_at, s.id limit :wanted for update skip locked
    ), pair as (
      select f.id, c.case_id, c.binding_id
        from (select id, row_number() over (order by opened_at, id) as place from free) f
        join unnest(cast(:cases as uuid[]), cast(:bindings as uuid[])) with ordinality as c (case_id, binding_id, place)
       using (place)
    ), taken as (
      update sub_account s set status = 'bound', case_id = p.case_id, bound_at = :now
        from pair p where s.court_id = :court_id and s.id = p.id
      returning s.id, s.number, s.case_id
    ), noted as (
      insert into sub_account_binding (court_id, id, sub_account_id, case_id, bound_at)
      select :court_id, p.binding_id, p.id, p.case_id, :now from pair p
    ), served as (
      update sub_account_wish w set served_at = :now
        from pair p where w.court_id = :court_id and w.case_id = p.case_id and w.served_at is null
    )
    select case_id, number from taken order by id
    """
)


async def take_free(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, case_ids: Sequence[UUID], now: datetime
) -> dict[UUID, str]:
    """Bind free sub-accounts to these cases, the first ones first; returns case -> number, fewer where the pool ends.

    The caller has locked the cases and seen that they have none. Wishes are served; ``SubAccountBound`` is told.
    """
    if not case_ids:
        return {}
    values = {
        "court_id": court_id,
        "fund_account_id": fund_account_id,
        "now": now,
        "wanted": len(case_ids),
        "cases": list(case_ids),
        "bindings": new_ids(len(case_ids)),
    }
    numbers = {row.case_id: row.number for row in await session.execute(_TAKE, values)}
    if not numbers:
        return {}
    await link_case_accounts(session, court_id=court_id, fund_account_id=fund_account_id, numbers=numbers, now=now)
    bound = [
        SubAccountBound(court_id=court_id, subject=case, sub_account_no=number) for case, number in numbers.items()
    ]
    await emit(session, *bound, now=now)
    return numbers
