"""Which cases the rest of a receipt may belong to: for a whole page of receipts in a handful of statements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from ankuan.collection.queries import Ref, cases_by_key
from ankuan.collection.read_remark import candidates_in, remark_fact
from ankuan.collection.rules import RemarkFact, Suggestion, suggest
from ankuan.platform.db import ReadSession
from ankuan.registry.queries import courts_by_id

COMMON_NAME = 5
"""A name that more cases in progress share says nothing about any of them."""


@dataclass(frozen=True, slots=True)
class Clue:
    """What a receipt tells about its case."""

    court_id: int
    receipt_id: UUID
    payer_name: str
    remark: str


# The lateral stops at the first case beyond the limit: a bank's own name may stand in thousands of cases.
_SAME_NAME = text(
    """
    select w.court_id, w.name, p.case_id
      from unnest(cast(:courts as int[]), cast(:names as text[])) as w (court_id, name)
     cross join lateral (
           select distinct p.case_id
             from party p join court_case c on c.court_id = p.court_id and c.id = p.case_id
            where p.court_id = w.court_id and p.name = w.name and c.status <> 'closed'
            limit :limit) p
    """
)


async def suggest_cases(session: ReadSession, clues: Collection[Clue]) -> dict[Ref, tuple[Suggestion, ...]]:
    """Suggestions for each receipt, best first: case numbers in the remark, and parties with the payer's name."""
    facts = await _read_remarks(session, clues)
    same_name = await _same_name(session, {(clue.court_id, clue.payer_name) for clue in clues if clue.payer_name})
    return {
        (clue.court_id, clue.receipt_id): suggest(
            facts[clue.court_id, clue.receipt_id], same_name.get((clue.court_id, clue.payer_name), ())
        )
        for clue in clues
    }


async def _read_remarks(session: ReadSession, clues: Collection[Clue]) -> dict[Ref, Sequence[RemarkFact]]:
    courts = await courts_by_id(session, {clue.court_id for clue in clues})
    candidates = {
        (clue.court_id, clue.receipt_id): candidates_in(clue.remark, courts[clue.court_id].code) for clue in clues
    }
    keys = {(court, each.number.key) for (court, _), found in candidates.items() for each in found}
    cases = await cases_by_key(session, keys)
    return {
        ref: [remark_fact(each, cases.get((ref[0], each.number.key))) for each in found]
        for ref, found in candidates.items()
    }


async def _same_name(session: ReadSession, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], list[UUID]]:
    if not wanted:
        return {}
    courts, names = zip(*sorted(wanted), strict=True)
    values = {"courts": list(courts), "names": list(names), "limit": COMMON_NAME + 1}
    found: dict[tuple[int, str], list[UUID]] = defaultdict(list)
    for court_id, name, case_id in await session.execute(_SAME_NAME, values):
        found[court_id, name].append(case_id)
    return {key: sorted(cases) for key, cases in found.items() if len(cases) <= COMMON_NAME}
