"""Read case numbers from a remark and look up what the court has under them."""

from collections.abc import Sequence

from ankuan.collection.evidence import in_words
from ankuan.collection.rules import RemarkFact
from ankuan.kernel.case_number import CaseNumberCandidate, extract_case_numbers
from ankuan.platform.db import ReadSession
from ankuan.registry.queries import court_code_of, find_case_by_key
from ankuan.registry.rules import CaseStatus
from ankuan.registry.tables import CourtCase

LOOKED_AT = 5
"""Case-number candidates of one remark that are looked up, the best ones."""


def candidates_in(remark: str, court_code: str) -> list[CaseNumberCandidate]:
    """The best candidates of a remark on money that reached this court."""
    return extract_case_numbers(remark, known_courts=(court_code,), default_court=court_code)[:LOOKED_AT]


async def cases_in_remark(session: ReadSession, *, court_id: int, remark: str) -> list[RemarkFact]:
    """Case numbers that can be read from the remark, best first, with the court's case of each if there is one."""
    facts: list[RemarkFact] = []
    for candidate in candidates_in(remark, await court_code_of(session, court_id)):
        case = await find_case_by_key(session, court_id=court_id, number_key=candidate.number.key)
        facts.append(remark_fact(candidate, case))
    return _each_case_once(facts)


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


def _each_case_once(facts: Sequence[RemarkFact]) -> list[RemarkFact]:
    """Two spellings, or the number before and after a renumbering, are one case: the better one stays."""
    seen = set()
    kept = []
    for fact in facts:
        if fact.case_id is None or fact.case_id not in seen:
            kept.append(fact)
        seen.add(fact.case_id)
    return kept
