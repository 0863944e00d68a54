"""Note by which virtual accounts the bank knows cases."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from ankuan.platform.db import WriteSession

_LINK = text(
    """
    insert into case_account (court_id, case_id, fund_account_id, sub_account_no, linked_at)
    select :court_id, l.case_id, :fund_account_id, l.number, :now
      from unnest(cast(:cases as uuid[]), cast(:numbers as text[])) as l (case_id, number)
     order by l.case_id
        on conflict (court_id, case_id) do update
       set fund_account_id = excluded.fund_account_id, sub_account_no = excluded.sub_account_no,
           linked_at = excluded.linked_at
    """
)


async def link_case_accounts(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, numbers: Mapping[UUID, str], now: datetime
) -> None:
    """Link cases to sub-account numbers of one fund account, or replace earlier links."""
    values = {
        "court_id": court_id,
        "fund_account_id": fund_account_id,
        "now": now,
        "cases": list(numbers),
        "numbers": list(numbers.values()),
    }
    await session.execute(_LINK, values)
