"""Balances and positions: now, as of a business date, and as known at an instant (domain §4).

``as_of`` counts entries effective on or before a date; ``known_at`` counts entries recorded at or before an instant.
Both together answer what one would have said then about that day.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.database_errors import AccountNotFound
from ankuan.platform.db import ReadSession


@dataclass(frozen=True, slots=True)
class CasePosition:
    """Money of a case. Always: ``available + held = received - paid``; reversals are taken off what they undo."""

    available: Money
    held: Money
    received: Money
    paid: Money

    @property
    def total(self) -> Money:
        """What is there, reserved or not."""
        return self.available + self.held


@dataclass(frozen=True, slots=True)
class FundAccountPosition:
    """A fund account: ``bank = cases + held + unidentified + other`` (I3); ``other`` may be negative."""

    bank: Money
    cases: Money
    held: Money
    unidentified: Money
    other: Money


_CASE_ACCOUNTS = text(
    """
    select id, kind from ledger_account
     where court_id = :court and owner_id = :case and kind in ('case', 'held')
       and (cast(:fund as uuid) is null or fund_account_id = :fund)
    """
)

# Each entry once, with what it does to available and to held money. Entries between the two (holds) come and go on
# both sides and are no receipt and no payment. The accounts are given as values: the planner then knows that they are
# small ones, where by a join it would have to expect the bank account.
_CASE = text(
    """
    with leg as (
      select id, -amount_fen as fen, debit_account = any (:held) as held, reverses_id is not null as undoes
        from ledger_entry
       where court_id = :court and debit_account = any (:own)
         and (cast(:as_of as date) is null or effective_on <= :as_of)
         and (cast(:known_at as timestamptz) is null or recorded_at <= :known_at)
      union all
      select id, amount_fen, credit_account = any (:held), reverses_id is not null
        from ledger_entry
       where court_id = :court and credit_account = any (:own)
         and (cast(:as_of as date) is null or effective_on <= :as_of)
         and (cast(:known_at as timestamptz) is null or recorded_at <= :known_at)
    ), entry as (
      select bool_or(undoes) as undoes, sum(fen) as fen,
             coalesce(sum(fen) filter (where not held), 0) as available,
             coalesce(sum(fen) filter (where held), 0) as held
        from leg group by id
    )
    select coalesce(sum(available), 0)::bigint as available, coalesce(sum(held), 0)::bigint as held,
           coalesce(sum(fen) filter (where (fen > 0) <> undoes), 0)::bigint as received,
           coalesce(-sum(fen) filter (where (fen > 0) = undoes), 0)::bigint as paid
      from entry
    """
)

_ACCOUNT = text("select kind, fund_account_id from ledger_account where court_id = :court and id = :account")

_STANDING = text("select balance_fen from ledger_balance where court_id = :court and account_id = :account")

# Credits less debits: the fold up to the court's mark, and the entries behind it. Asked as known at an instant, or
# about a case (whose days are not folded by account), all entries are summed.
_SUM = text(
    """
    with mark as (
      select coalesce((select through_id from ledger_fold_mark where court_id = :court and :folded), 0) as through
    ), leg as (
      select -amount_fen as fen, effective_on, recorded_at from ledger_entry
       where court_id = :court and debit_account = :account and id > (select through from mark)
      union all
      select amount_fen, effective_on, recorded_at from ledger_entry
       where court_id = :court and credit_account = :account and id > (select through from mark)
      union all
      select credit_fen - debit_fen, effective_on, null from ledger_fold
       where court_id = :court and account_id = :account and :folded
    )
    select coalesce(sum(fen), 0)::bigint from leg
     where (cast(:as_of as date) is null or effective_on <= :as_of)
       and (cast(:known_at as timestamptz) is null or recorded_at <= :known_at)
    """
)

_BY_KIND = text(
    """
    with court as (
      select c.id, coalesce(m.through_id, 0) as through
        from unnest(cast(:courts as int[])) as c (id) left join ledger_fold_mark m on m.court_id = c.id
    ), recent as (
      select e.*
        from court c
        -- Asked for in the order of the key, the planner follows it and reads nothing before the mark.
        cross join lateral (select * from ledger_entry
                             where court_id = c.id and id > c.through order by court_id, id offset 0) e
       where cast(:fund as uuid) is null or e.fund_account_id = :fund
    ), part as (
      select f.court_id, f.kind, f.credit_fen - f.debit_fen as fen
        from court c join ledger_fold f on f.court_id = c.id
       where cast(:fund as uuid) is null or f.fund_account_id = :fund
      union all
      select r.court_id, a.kind, -r.amount_fen
        from recent r join ledger_account a on a.court_id = r.court_id and a.id = r.debit_account
      union all
      select r.court_id, a.kind, r.amount_fen
        from recent r join ledger_account a on a.court_id = r.court_id and a.id = r.credit_account
    )
    select court_id, kind, sum(fen)::bigint as fen from part group by court_id, kind
    """
)


async def account_balance(
    session: ReadSession,
    *,
    court_id: int,
    account_id: int,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Money:
    """Balance of an account in its normal side (``bank``: debits less credits; all others: credits less debits).

    Raises ``AccountNotFound``.
    """
    key = {"court": court_id, "account": account_id}
    found = (await session.execute(_ACCOUNT, key)).one_or_none()
    if found is None:
        raise AccountNotFound("账户不存在", "No such ledger account", account_id=account_id)
    kind = AccountKind(found.kind)
    if kind.has_floor and as_of is None and known_at is None:
        return Money((await session.execute(_STANDING, key)).scalar_one())
    folded = known_at is None and kind not in {AccountKind.CASE, AccountKind.HELD}
    values = key | {"as_of": as_of, "known_at": known_at, "folded": folded}
    fen = int((await session.execute(_SUM, values)).scalar_one())
    return Money(-fen if kind.grows_by_debit else fen)


async def case_position(
    session: ReadSession,
    *,
    court_id: int,
    case_id: UUID,
    fund_account_id: UUID | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> CasePosition:
    """Money of a case in one fund account, or in all. A case without entries has zeros."""
    key = {"court": court_id, "case": case_id, "fund": fund_account_id}
    accounts = (await session.execute(_CASE_ACCOUNTS, key)).all()
    own = [a.id for a in accounts]
    held = [a.id for a in accounts if a.kind == AccountKind.HELD]
    values = {"court": court_id, "own": own, "held": held, "as_of": as_of, "known_at": known_at}
    row = (await session.execute(_CASE, values)).one()
    return CasePosition(Money(row.available), Money(row.held), Money(row.received), Money(row.paid))


async def fund_account_position(session: ReadSession, *, court_id: int, fund_account_id: UUID) -> FundAccountPosition:
    """Where a fund account's money belongs, now."""
    rows = (await session.execute(_BY_KIND, {"courts": [court_id], "fund": fund_account_id})).all()
    return _position(rows)


async def positions_by_court(session: ReadSession, court_ids: Collection[int]) -> dict[int, FundAccountPosition]:
    """The same summed over all fund accounts, for each court asked; a court without entries has zeros."""
    rows = (await session.execute(_BY_KIND, {"courts": sorted(set(court_ids)), "fund": None})).all()
    return {court: _position([r for r in rows if r.court_id == court]) for court in court_ids}


def _position(rows: Collection[Row[Any]]) -> FundAccountPosition:
    fen = {AccountKind(r.kind): int(r.fen) for r in rows}
    named = {AccountKind.BANK, AccountKind.CASE, AccountKind.HELD, AccountKind.UNIDENTIFIED}
    return FundAccountPosition(
        bank=Money(-fen.get(AccountKind.BANK, 0)),
        cases=Money(fen.get(AccountKind.CASE, 0)),
        held=Money(fen.get(AccountKind.HELD, 0)),
        unidentified=Money(fen.get(AccountKind.UNIDENTIFIED, 0)),
        other=Money(sum(amount for kind, amount in fen.items() if kind not in named)),
    )
