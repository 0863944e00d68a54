"""What a report may read: entries and balances of the bank accounts of some courts, as of one moment.

The session must read one snapshot (repeatable read), or movements and balances would not fit each other.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text

from ankuan.kernel.money import Money
from ankuan.ledger.entry_kinds import entry_title
from ankuan.platform.db import ReadSession
from ankuan.plugin_api.reports import FundAccountDay, Movement, ReportPeriod

AT_A_TIME: Final = 250
"""Movements that are in memory at once."""

_OWN = """
    with own as (
      select a.court_id, a.id as account, a.fund_account_id, coalesce(m.through_id, 0) as through
        from ledger_account a left join ledger_fold_mark m on m.court_id = a.court_id
       where a.court_id = any (cast(:courts as int[])) and a.kind = 'bank'
    )
"""
# Days up to the court's mark are folded, entries behind it are summed. What came before the first day is one sum.
_DAY_SUMS = """
    , leg as (
      select o.court_id, o.fund_account_id, f.effective_on, f.debit_fen as came, f.credit_fen as went
        from own o join ledger_fold f on f.court_id = o.court_id and f.account_id = o.account
       where f.effective_on <= :last
      union all
      select o.court_id, o.fund_account_id, e.effective_on, e.amount_fen, 0
        from own o join ledger_entry e on e.court_id = o.court_id and e.debit_account = o.account and e.id > o.through
       where e.effective_on <= :last
      union all
      select o.court_id, o.fund_account_id, e.effective_on, 0, e.amount_fen
        from own o join ledger_entry e on e.court_id = o.court_id and e.credit_account = o.account and e.id > o.through
       where e.effective_on <= :last
    )
    select court_id, fund_account_id, case when effective_on >= :first then effective_on end as day,
           sum(came) as came, sum(went) as went
      from leg group by 1, 2, 3
"""
_ACCOUNTS = text(
    """
    select f.court_id, f.id, f.name, c.name as court_name
      from fund_account f join court c on c.id = f.court_id
     where f.court_id = any (cast(:courts as int[]))
    """
)
# A reversal is about whatever it undoes. Of money without a case the cases are named to which it was given since.
_EACH = """
    , entry as (
      select o.fund_account_id as fund, e.amount_fen as came, 0 as went, e.credit_account as other, e.*
        from own o join ledger_entry e on e.court_id = o.court_id and e.debit_account = o.account
       where e.effective_on between :first and :last
      union all
      select o.fund_account_id, 0, e.amount_fen, e.debit_account, e.*
        from own o join ledger_entry e on e.court_id = o.court_id and e.credit_account = o.account
       where e.effective_on between :first and :last
    ), cause as (
      select e.*, coalesce(u.source, e.source) as about, coalesce(u.source_ref, e.source_ref) as about_ref
        from entry e left join ledger_entry u on u.court_id = e.court_id and u.id = e.reverses_id
    )
    select e.court_id, e.fund, e.effective_on, e.kind, e.came, e.went, e.memo,
           coalesce(c.number, g.numbers) as case_number, coalesce(s.name, g.handler) as handler_name,
           coalesce(r.payer_name, l.payee_name, '') as counter_name
      from cause e
      left join ledger_account a on a.court_id = e.court_id and a.id = e.other
      left join court_case c on c.court_id = e.court_id and c.id = a.owner_id
      left join staff s on s.court_id = c.court_id and s.id = c.handler_id
      left join receipt r on r.court_id = e.court_id
           and r.id = case when e.about = 'receipt' then cast(e.about_ref as uuid) end
      left join ledger_hold h on h.court_id = e.court_id
           and h.id = case when e.about = 'hold' then cast(split_part(e.about_ref, ':', 1) as uuid) end
      left join disbursement_line l on l.court_id = e.court_id and l.id = h.origin_id
      left join lateral (
           select string_agg(n.number, '、' order by n.number) as numbers,
                  case when count(*) = 1 then min(n.handler) end as handler
             from (select distinct ac.number, st.name as handler
                     from allocation al
                     join court_case ac on ac.court_id = al.court_id and ac.id = al.case_id
                     left join staff st on st.court_id = ac.court_id and st.id = ac.handler_id
                    where al.court_id = r.court_id and al.receipt_id = r.id and al.undone_at is null) n
           ) g on c.id is null and r.id is not null
     order by e.effective_on, e.court_id, e.fund, e.id
"""
_DAYS, _MOVEMENTS = text(_OWN + _DAY_SUMS), text(_OWN + _EACH)


@dataclass(frozen=True, slots=True)
class _Named:
    court_name: str
    name: str


class LedgerSource:
    """Implements ``ReportSource`` over the ledger, for the courts given."""

    def __init__(self, session: ReadSession, *, court_name: str, courts: Sequence[int]) -> None:
        self._session = session
        self._court_name = court_name
        self._courts = sorted(courts)
        self._accounts: Mapping[tuple[int, UUID], _Named] | None = None

    @property
    def court_name(self) -> str:
        """The court at the top."""
        return self._court_name

    async def movements(self, period: ReportPeriod) -> AsyncIterator[Movement]:
        """See ``ReportSource``. Read from a cursor of the server, some at a time."""
        accounts = await self._named()
        streamed = await self._session.stream(
            _MOVEMENTS, self._values(period), execution_options={"yield_per": AT_A_TIME}
        )
        async for row in streamed:
            account = accounts.get((row.court_id, row.fund)) or _Named("", str(row.fund))
            yield Movement(
                booked_on=row.effective_on,
                kind=entry_title(row.kind),
                case_number=row.case_number,
                handler_name=row.handler_name,
                counter_name=row.counter_name,
                amount_in=Money(row.came),
                amount_out=Money(row.went),
                memo=row.memo,
                court_name=account.court_name,
                fund_account_name=account.name,
                fund_account_id=row.fund,
            )

    async def fund_account_days(self, period: ReportPeriod) -> Sequence[FundAccountDay]:
        """See ``ReportSource``. Opening balances are the sum of everything booked before the first day."""
        accounts = await self._named()
        rows = (await self._session.execute(_DAYS, self._values(period))).all()
        before: dict[tuple[int, UUID], int] = defaultdict(int)
        moved: dict[tuple[date, int, UUID], Row[Any]] = {}
        for row in rows:
            if row.day is None:
                before[row.court_id, row.fund_account_id] = int(row.came - row.went)
            else:
                moved[row.day, row.court_id, row.fund_account_id] = row
        wanted = moved.keys() | {(period.first, court, fund) for court, fund in accounts}
        found = []
        for day, court, fund in sorted(wanted):
            moves = moved.get((day, court, fund))
            opening = before[court, fund]
            came, went = (int(moves.came), int(moves.went)) if moves is not None else (0, 0)
            before[court, fund] = opening + came - went
            account = accounts.get((court, fund)) or _Named("", str(fund))
            found.append(
                FundAccountDay(
                    court_name=account.court_name,
                    fund_account_name=account.name,
                    fund_account_id=fund,
                    day=day,
                    opening=Money(opening),
                    money_in=Money(came),
                    money_out=Money(went),
                    closing=Money(before[court, fund]),
                )
            )
        return found

    def _values(self, period: ReportPeriod) -> dict[str, object]:
        return {"courts": self._courts, "first": period.first, "last": period.last}

    async def _named(self) -> Mapping[tuple[int, UUID], _Named]:
        if self._accounts is None:
            rows = await self._session.execute(_ACCOUNTS, {"courts": self._courts})
            self._accounts = {(row.court_id, row.id): _Named(row.court_name, row.name) for row in rows}
        return self._accounts
