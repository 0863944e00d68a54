"""The matcher: three questions to the directory, whatever the receipt."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final

from ankuan.plugin_api.matching import CaseDirectory, CaseFacts, MatchSuggestion, UnmatchedReceipt
from ankuan_matcher_party.scores import COMMON, signs_of, suggestion

MOST: Final = 10


class PartyMatcher:
    """Implements ``MatcherPlugin``: cases of which the payer is a party, or to which it has paid before."""

    id = "matcher_party"
    display_name = "同名当事人"

    async def suggest(self, receipt: UnmatchedReceipt, cases: CaseDirectory) -> Sequence[MatchSuggestion]:
        """Suggestions, best first; of equals the newest case."""
        name, account = receipt.payer_name.strip(), receipt.payer_account.strip()
        by_name, by_account, by_amount = await asyncio.gather(
            _ask(cases.by_party_name(name, limit=COMMON + 1) if name else None),
            _ask(cases.by_payer_account(account, limit=COMMON + 1) if account else None),
            _ask(cases.by_claim_amount(receipt.amount) if name else None),
        )
        # A claim alone says nothing; it singles out one of many cases that bear the payer's name.
        candidates = {case.case_id: case for case in (*by_name, *by_account)}
        candidates |= {case.case_id: case for case in by_amount if name in case.party_names}
        found = [
            made
            for case in candidates.values()
            if (made := suggestion(case, signs_of(case, receipt.amount, name, by_name, by_account))) is not None
        ]
        return sorted(found, key=lambda made: made.score, reverse=True)[:MOST]


async def _ask(question: Awaitable[Sequence[CaseFacts]] | None) -> Sequence[CaseFacts]:
    return await question if question is not None else ()
