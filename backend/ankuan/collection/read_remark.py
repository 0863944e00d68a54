"""Read case numbers from remarks and look up what the court has under them."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from ankuan.collection.evidence import in_words
from ankuan.collection.rules import RemarkFact
from ankuan.kernel.case_number import CaseNumberCandidate, extract_case_numbers
from ankuan.platform.db import ReadSession
from ankuan.registry.queries import court_code_of
from ankuan.registry.rules import CaseStatus
from ankuan.registry.tables import CaseNumberHistory, CourtCase

LOOKED_AT = 5
"""Case-number candidates of one remark that are looked up, the best ones."""


def candidates_in(remark: str, court_code: str) -> list[CaseNumberCandidate]:
    """The best candidates of a remark on money that reached this court."""
    return extract_case_numbers(remark, known_courts=(court_code,), default_court=court_code)[:LOOKED_AT]


async def cases_in_remarks(
    session: ReadSession, *, court_id: int, remarks: Collection[str]
) -> dict[str, list[RemarkFact]]:
    """For each remark the case numbers that can be read from it, best first, with the court's case if there is one.

    However many remarks, it is a few statements; none for remarks without a number.
    """
    wanted = {remark for remark in remarks if remark.strip()}
    if not wanted:
        return {}
    court_code = await court_code_of(session, court_id)
    candidates = {remark: candidates_in(remark, court_code) for remark in wanted}
    cases = await _cases_by_key(session, court_id, {each.number.key for found in candidates.values() for each in found})
    return {
        remark: _each_case_once([remark_fact(each, cases.get(each.number.key)) for each in found])
        for remark, found in candidates.items()
    }


def remark_fact(candidate: CaseNumberCandidate, case: CourtCase | None) -> RemarkFact:
    """A candidate together with the case it stands for."""
    return RemarkFact(
        case_id=case.id if case else None,
        number=case.number if case else str(candidate.number),
        type_code=candidate.number.type_code,
        confidence=candidate.confidence,
        evidence=in_words(candidate.evidence),
        is_closed=case is not None and case.status == CaseStatus.CLOSED,
    )


async def _cases_by_key(session: ReadSession, court_id: int, keys: Collection[str]) -> dict[str, CourtCase]:
    """The court's case with each number, or the one that had it last before it was renumbered (domain §3)."""
    if not keys:
        return {}
    present = await session.scalars(
        select(CourtCase).where(CourtCase.court_id == court_id, CourtCase.number_key.in_(keys))
    )
    found = {case.number_key: case for case in present}
    missing = set(keys) - set(found)
    if not missing:
        return found
    former = await session.execute(
        select(CaseNumberHistory.number_key, CourtCase)
        .join(
            CourtCase,
            (CourtCase.court_id == CaseNumberHistory.court_id) & (CourtCase.id == CaseNumberHistory.case_id),
        )
        .where(CaseNumberHistory.court_id == court_id, CaseNumberHistory.number_key.in_(missing))
        .ext(distinct_on(CaseNumberHistory.number_key))
        .order_by(CaseNumberHistory.number_key, CaseNumberHistory.replaced_at.desc())
    )
    return {row.number_key: row.CourtCase for row in former} | found


def _each_case_once(facts: Sequence[RemarkFact]) -> list[RemarkFact]:
    """Two spellings, or the number before and after a renumbering, are one case: the better one stays."""
    seen = set()
    kept = []
    for fact in facts:
        if fact.case_id is None or fact.case_id not in seen:
            kept.append(fact)
        seen.add(fact.case_id)
    return kept
