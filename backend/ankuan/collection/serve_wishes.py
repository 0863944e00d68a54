"""Cases that wait for a sub-account: noted when the pool is empty, served together when it is filled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from ankuan.collection.bind_sub_account import FundAccountMissing, SubAccountsNotOffered, sub_account_home_of
from ankuan.collection.take_free import take_free
from ankuan.platform.db import WriteSession


@dataclass(frozen=True, slots=True)
class Bound:
    """``numbers``: case -> sub-account number. ``waiting``: cases for which the pool had none, in the order given."""

    numbers: dict[UUID, str]
    waiting: tuple[UUID, ...]


# Cases are locked in one order everywhere, so that two workers and a claim never wait for each other in a circle.
_LOCK = text(
    """
    select c.id from court_case c
     where c.court_id = :court_id and c.id = any (cast(:cases as uuid[])) and c.status <> 'closed'
     order by c.id for no key update
    """
)
_HOLDING = text("select case_id from sub_account where court_id = :court_id and case_id = any (cast(:cases as uuid[]))")
_WISH = text(
    """
    insert into sub_account_wish (court_id, case_id, asked_at)
    select :court_id, c.case_id, :now from unnest(cast(:cases as uuid[])) as c (case_id) order by c.case_id
        on conflict do nothing
    """
)
_WAITING = text(
    """
    select case_id from sub_account_wish where court_id = :court_id and served_at is null
     order by asked_at, case_id limit :limit
    """
)
_TAKE_OFF = text(
    """
    update sub_account_wish set served_at = :now
     where court_id = :court_id and case_id = any (cast(:cases as uuid[])) and served_at is null
    """
)


async def bind_sub_accounts(session: WriteSession, *, court_id: int, case_ids: Sequence[UUID], now: datetime) -> Bound:
    """Give each of these cases a sub-account of the court's own fund account, first come first served.

    A case that has one keeps it, a closed one gets none. Raises ``FundAccountMissing``, ``SubAccountsNotOffered``.
    """
    given = {"court_id": court_id, "cases": list(case_ids)}
    home = await sub_account_home_of(session, court_id)
    open_cases = set(await session.scalars(_LOCK, given))
    holding = set(await session.scalars(_HOLDING, given))
    wanting = [case for case in dict.fromkeys(case_ids) if case in open_cases and case not in holding]
    numbers = await take_free(session, court_id=court_id, fund_account_id=home, case_ids=wanting, now=now)
    return Bound(numbers, tuple(case for case in wanting if case not in numbers))


async def wish_sub_accounts(session: WriteSession, *, court_id: int, case_ids: Collection[UUID], now: datetime) -> None:
    """Remember cases that found the pool empty; they are served when it is filled."""
    await session.execute(_WISH, {"court_id": court_id, "cases": list(case_ids), "now": now})


async def serve_wishes(session: WriteSession, *, court_id: int, limit: int, now: datetime) -> int:
    """Bind sub-accounts to up to ``limit`` waiting cases, first come first served; returns how many were bound.

    Stops where the pool ends. A case that was closed meanwhile is taken off the list.
    """
    waiting = (await session.scalars(_WAITING, {"court_id": court_id, "limit": limit})).all()
    if not waiting:
        return 0
    try:
        bound = await bind_sub_accounts(session, court_id=court_id, case_ids=waiting, now=now)
    except (FundAccountMissing, SubAccountsNotOffered):
        return 0
    over = [case for case in waiting if case not in bound.numbers and case not in bound.waiting]
    if over:
        await session.execute(_TAKE_OFF, {"court_id": court_id, "cases": over, "now": now})
    return len(bound.numbers)
