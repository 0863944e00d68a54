"""Ask the installed matchers about receipts: each for a limited time, and the trouble of one is nobody else's."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_

from ankuan.collection.case_directory import CaseBook, OpenRead
from ankuan.collection.rules import Matched
from ankuan.plugin_api.matching import MatcherPlugin, MatchSuggestion, UnmatchedReceipt
from ankuan.registry.rules import CaseStatus
from ankuan.registry.tables import CourtCase

Ref = tuple[int, UUID]
LIMIT_SECONDS: Final = 2.0
"""A person waits for the page."""
MOST: Final = 10
REASON_LENGTH: Final = 200
log = structlog.get_logger(__name__)


class BadSuggestion(Exception):
    """A matcher answered something else than suggestions as the contract has them."""


async def run_matchers(
    read: OpenRead,
    matchers: Collection[MatcherPlugin],
    receipts: Collection[tuple[int, UnmatchedReceipt]],
    *,
    limit_seconds: float = LIMIT_SECONDS,
) -> dict[Ref, list[Matched]]:
    """What all matchers say of each receipt, by (court, receipt). ``receipts`` go with their court.

    A matcher that raises, takes too long or answers nonsense says nothing of that receipt and is logged once. Only
    open cases of the receipt's own court are left, whatever a matcher names.
    """
    book = CaseBook(read, asked=[receipt.receipt_id for _, receipt in receipts])
    found: dict[Ref, list[Matched]] = defaultdict(list)
    answers = await asyncio.gather(*(_ask_all(matcher, receipts, book, limit_seconds) for matcher in matchers))
    for matcher, answer in zip(matchers, answers, strict=True):
        for ref, suggestions in answer:
            found[ref] += [
                Matched(each.case_id, each.score, each.reason.strip()[:REASON_LENGTH], matcher.display_name)
                for each in suggestions
            ]
    named = {(court, each.case_id) for (court, _), several in found.items() for each in several}
    open_cases = book.shown | await _open_cases(read, named - book.shown)
    return {
        (court, receipt): [each for each in several if (court, each.case_id) in open_cases]
        for (court, receipt), several in found.items()
    }


async def _ask_all(
    matcher: MatcherPlugin, receipts: Collection[tuple[int, UnmatchedReceipt]], book: CaseBook, limit_seconds: float
) -> list[tuple[Ref, Sequence[MatchSuggestion]]]:
    troubles: list[Exception] = []

    async def ask(court_id: int, receipt: UnmatchedReceipt) -> tuple[Ref, Sequence[MatchSuggestion]]:
        try:
            answer: object = await asyncio.wait_for(matcher.suggest(receipt, book.of(court_id)), limit_seconds)
            return (court_id, receipt.receipt_id), _checked(answer)
        except Exception as trouble:  # noqa: BLE001 - logged below, once for the page
            troubles.append(trouble)
            return (court_id, receipt.receipt_id), ()

    answers = await asyncio.gather(*(ask(court_id, receipt) for court_id, receipt in receipts))
    if troubles:
        log.warning("matcher.failed", matcher=matcher.id, receipts=len(troubles), exc_info=troubles[0])
    return answers


def _checked(answer: object) -> Sequence[MatchSuggestion]:
    if not isinstance(answer, Sequence) or isinstance(answer, str):
        raise BadSuggestion(f"answered {type(answer).__name__}")
    return [_as_agreed(each) for each in answer[:MOST]]


def _as_agreed(each: object) -> MatchSuggestion:
    if not isinstance(each, MatchSuggestion):
        raise BadSuggestion(f"suggested {type(each).__name__}")
    fields: tuple[tuple[object, type], ...] = ((each.case_id, UUID), (each.score, int), (each.reason, str))
    if not all(isinstance(value, kind) and not isinstance(value, bool) for value, kind in fields):
        raise BadSuggestion("a field of another type")
    if not 1 <= each.score <= 99 or not each.reason.strip():
        raise BadSuggestion("score out of range, or no reason")
    return each


async def _open_cases(read: OpenRead, refs: Iterable[Ref]) -> set[Ref]:
    """Those of the cases that exist in scope and are not closed."""
    wanted = list(refs)
    if not wanted:
        return set()
    statement = select(CourtCase.court_id, CourtCase.id).where(
        tuple_(CourtCase.court_id, CourtCase.id).in_(wanted), CourtCase.status != CaseStatus.CLOSED
    )
    async with read() as session:
        return {(court_id, case_id) for court_id, case_id in await session.execute(statement)}
