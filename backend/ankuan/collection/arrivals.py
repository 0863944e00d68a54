"""What is known of arrivals when they are matched: the lines, the sub-accounts they were paid to, their cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from ankuan.collection.read_remark import cases_in_remarks
from ankuan.collection.rules import Match, SubAccountFact, SubAccountStatus, match
from ankuan.platform.db import ReadSession
from ankuan.registry.queries import cases_by_id
from ankuan.registry.rules import CaseStatus


@dataclass(frozen=True, slots=True)
class Arrival:
    """One external credit line, and what its sub-account says. ``receipt_id`` when it was received before."""

    line_id: UUID
    amount_fen: int
    booked_on: date
    sub_account_no: str | None
    payer_name: str
    payer_account: str
    remark: str
    adjustment_ref: str | None
    receipt_id: UUID | None
    status: str | None
    case_id: UUID | None
    case_status: str | None
    handler_id: UUID | None

    @property
    def sub_account(self) -> SubAccountFact | None:
        """As the rules want it; ``None``: the bank names no sub-account."""
        if not self.sub_account_no:
            return None
        if self.status is None:
            return SubAccountFact(self.sub_account_no, None)
        is_closed = self.case_status == CaseStatus.CLOSED
        return SubAccountFact(self.sub_account_no, SubAccountStatus(self.status), self.case_id, is_closed)


@dataclass(frozen=True, slots=True)
class Decided:
    """An arrival with the decision whose it is, and who handles the case."""

    arrival: Arrival
    match: Match
    handler_id: UUID | None


# In the order in which the lines were given. A left join each, all of them by a whole key.
_ARRIVALS = text(
    """
    select l.id, l.amount_fen, l.booked_on, l.sub_account_no, l.counter_name, l.counter_account, l.remark,
           l.adjustment_ref, r.id, s.status, s.case_id, c.status, c.handler_id
      from unnest(cast(:line_ids as uuid[])) with ordinality as w (id, position)
      join bank_line l on l.court_id = :court_id and l.id = w.id
      left join receipt r on r.court_id = l.court_id and r.bank_line_id = l.id
      left join sub_account s on s.court_id = l.court_id and s.fund_account_id = l.fund_account_id
                             and s.number = l.sub_account_no
      left join court_case c on c.court_id = s.court_id and c.id = s.case_id
     where l.fund_account_id = :fund_account_id
     order by w.position
    """
)


async def read_arrivals(
    session: ReadSession, *, court_id: int, fund_account_id: UUID, line_ids: Sequence[UUID]
) -> list[Arrival]:
    """The lines in the order given, with what their sub-accounts say; one statement."""
    values = {"court_id": court_id, "fund_account_id": fund_account_id, "line_ids": list(line_ids)}
    return [Arrival(*row) for row in (await session.execute(_ARRIVALS, values)).all()]


async def decide(session: ReadSession, *, court_id: int, arrivals: Sequence[Arrival]) -> list[Decided]:
    """Ask the rules: first with the sub-account alone; remarks are read only where that does not decide."""
    first = [match(arrival.sub_account, ()) for arrival in arrivals]
    remarks = {a.remark for a, m in zip(arrivals, first, strict=True) if m.case_id is None}
    facts = await cases_in_remarks(session, court_id=court_id, remarks=remarks)
    matches = [
        match(a.sub_account, facts[a.remark]) if m.case_id is None and a.remark in facts else m
        for a, m in zip(arrivals, first, strict=True)
    ]
    by_remark = {(court_id, m.case_id) for m, f in zip(matches, first, strict=True) if m.case_id and not f.case_id}
    cases = await cases_by_id(session, by_remark)
    decided = []
    for arrival, found in zip(arrivals, matches, strict=True):
        handler_id = arrival.handler_id if found.case_id == arrival.case_id else None
        if found.case_id is not None and found.case_id != arrival.case_id:
            handler_id = cases[court_id, found.case_id].handler_id
        decided.append(Decided(arrival, found, handler_id))
    return decided
