"""What matchers may look up: open cases of one court, for a whole page of receipts in a handful of statements.

Equal questions are asked once, and questions asked at the same time go to the database together, whichever receipt or
matcher they come from. No transaction is open while a matcher thinks.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from strawberry.dataloader import DataLoader

from ankuan.kernel.money import Money
from ankuan.platform.db import ReadSession
from ankuan.plugin_api.matching import CaseFacts

OpenRead = Callable[[], AbstractAsyncContextManager[ReadSession]]
Question = tuple[int, str | int, int]
"""Court, value and limit."""
MOST: Final = 50
LOOKED_BACK: Final = 200
"""Of an account that pays all the time only the latest bookings are looked at."""

_FACTS = """
    with wanted as (
      select * from unnest(cast(:courts as int[]), cast(:values as {kind}[])) as w (court_id, value)
    ), found as (
      select w.court_id, w.value, f.case_id from wanted w cross join lateral ({lateral}) f
    )
    select f.court_id, f.value, c.id, c.number, c.registered_on, c.subject_amount_fen,
           array(select p.name from party p where p.court_id = c.court_id and p.case_id = c.id order by p.id) as parties
      from found f join court_case c on c.court_id = f.court_id and c.id = f.case_id
     order by c.id desc
"""
# Ids grow with time. A bank's own name may stand in thousands of cases: they are looked at from the newest on, and no
# further than needed.
_BY_NAME = """
      select c.id as case_id
        from (select distinct p.case_id from party p where p.court_id = w.court_id and p.name = w.value
               order by p.case_id desc) p
        join court_case c on c.court_id = w.court_id and c.id = p.case_id
       where c.status <> 'closed' order by c.id desc limit :limit
"""
_BY_ACCOUNT = """
      select distinct c.id as case_id
        from (select l.id from bank_line l
               where l.court_id = w.court_id and l.counter_account = w.value and l.counter_account <> ''
               order by l.id desc limit :looked_back) l
        join receipt r on r.court_id = w.court_id and r.bank_line_id = l.id and r.id <> all (cast(:asked as uuid[]))
        join allocation a on a.court_id = w.court_id and a.receipt_id = r.id and a.undone_at is null
        join court_case c on c.court_id = w.court_id and c.id = a.case_id
       where c.status <> 'closed' order by c.id desc limit :limit
"""
_BY_CLAIM = """
      select c.id as case_id from court_case c
       where c.court_id = w.court_id and c.subject_amount_fen = w.value
         and c.subject_amount_fen is not null and c.status <> 'closed'
       order by c.id desc limit :limit
"""


class CaseBook:
    """The open cases of all courts of one page. Courts outside the scope of ``read`` have none.

    ``asked``: the receipts that the questions are about. Money is no evidence of where it belongs itself.
    """

    def __init__(self, read: OpenRead, *, asked: Sequence[UUID] = ()) -> None:
        self._read = read
        self._turn = asyncio.Lock()
        self.shown: set[tuple[int, UUID]] = set()
        self.by_name = self._loader(text(_FACTS.format(kind="text", lateral=_BY_NAME)))
        more = {"looked_back": LOOKED_BACK, "asked": list(asked)}
        self.by_account = self._loader(text(_FACTS.format(kind="text", lateral=_BY_ACCOUNT)), more)
        self.by_claim = self._loader(text(_FACTS.format(kind="bigint", lateral=_BY_CLAIM)))

    def of(self, court_id: int) -> "CourtCases":
        """What a matcher sees of one court."""
        return CourtCases(self, court_id)

    def _loader(
        self, statement: TextClause, more: dict[str, Any] | None = None
    ) -> DataLoader[Question, Sequence[CaseFacts]]:
        async def load(questions: list[Question]) -> list[Sequence[CaseFacts]]:
            asked = sorted({(court, value) for court, value, _ in questions}, key=str)
            values = {
                "courts": [court for court, _ in asked],
                "values": [value for _, value in asked],
                "limit": max(limit for _, _, limit in questions),
            }
            async with self._turn, self._read() as session:  # one connection a page, however many look-ups
                rows = (await session.execute(statement, values | (more or {}))).all()
            found = self._keep(rows)
            return [found.get((court, value), ())[:limit] for court, value, limit in questions]

        return DataLoader(load_fn=load)

    def _keep(self, rows: Sequence[Row[Any]]) -> dict[tuple[int, str | int], Sequence[CaseFacts]]:
        found: dict[tuple[int, str | int], list[CaseFacts]] = defaultdict(list)
        for row in rows:
            claim = None if row.subject_amount_fen is None else Money(row.subject_amount_fen)
            found[row.court_id, row.value].append(
                CaseFacts(row.id, row.number, row.registered_on, claim, tuple(row.parties))
            )
            self.shown.add((row.court_id, row.id))
        return dict(found)


class CourtCases:
    """Implements ``CaseDirectory`` for one court."""

    def __init__(self, book: CaseBook, court_id: int) -> None:
        self._book = book
        self._court = court_id

    async def by_party_name(self, name: str, *, limit: int = 20) -> Sequence[CaseFacts]:
        """See ``CaseDirectory``."""
        return await self._ask(self._book.by_name, name, limit)

    async def by_payer_account(self, account: str, *, limit: int = 20) -> Sequence[CaseFacts]:
        """See ``CaseDirectory``."""
        return await self._ask(self._book.by_account, account, limit)

    async def by_claim_amount(self, amount: Money, *, limit: int = 20) -> Sequence[CaseFacts]:
        """See ``CaseDirectory``."""
        return await self._ask(self._book.by_claim, amount.fen, limit)

    async def _ask(
        self, loader: DataLoader[Question, Sequence[CaseFacts]], value: str | int, limit: int
    ) -> Sequence[CaseFacts]:
        if isinstance(value, str) and (not value or "\x00" in value):
            return ()
        # The answer is shared: a matcher that is cut off must not take it from the others.
        return await asyncio.shield(loader.load((self._court, value, max(1, min(limit, MOST)))))
