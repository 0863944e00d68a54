"""Which cases the rest of a receipt may belong to: for a whole page of receipts in a handful of statements.

The house reads case numbers from remarks; everything else is said by matchers, which are plugins.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_

from ankuan.banking.tables import BankLine
from ankuan.collection.case_directory import OpenRead
from ankuan.collection.queries import Ref, cases_by_key
from ankuan.collection.read_remark import candidates_in, remark_fact
from ankuan.collection.rules import RemarkFact, Suggestion, suggest
from ankuan.collection.run_matchers import run_matchers
from ankuan.collection.tables import Receipt
from ankuan.kernel.money import Money
from ankuan.platform.db import ReadSession
from ankuan.plugin_api.matching import MatcherPlugin, UnmatchedReceipt
from ankuan.registry.queries import courts_by_id


@dataclass(frozen=True, slots=True)
class Clue:
    """What a receipt tells about its case. ``amount`` is what is left of it."""

    court_id: int
    receipt_id: UUID
    bank_line_id: UUID
    amount: Money
    booked_on: date
    payer_name: str
    payer_bank: str
    remark: str


def clue_of(receipt: Receipt) -> Clue:
    """What this receipt tells."""
    return Clue(
        receipt.court_id,
        receipt.id,
        receipt.bank_line_id,
        Money(receipt.amount_fen - receipt.allocated_fen),
        receipt.booked_on,
        receipt.payer_name,
        receipt.payer_bank,
        receipt.remark,
    )


async def suggest_cases(
    read: OpenRead, clues: Collection[Clue], matchers: Collection[MatcherPlugin] = ()
) -> dict[Ref, tuple[Suggestion, ...]]:
    """Suggestions for each receipt, best first: case numbers in the remark, and what the matchers say.

    ``read`` opens a read session; none is open while matchers are asked.
    """
    async with read() as session:
        facts = await _read_remarks(session, clues)
        accounts = await _payer_accounts(session, clues) if matchers else {}
    waiting = [(clue.court_id, _unmatched(clue, accounts)) for clue in clues]
    matched = await run_matchers(read, matchers, waiting) if matchers else {}
    refs = [(clue.court_id, clue.receipt_id) for clue in clues]
    return {ref: suggest(facts[ref], matched.get(ref, ())) for ref in refs}


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


async def _payer_accounts(session: ReadSession, clues: Collection[Clue]) -> dict[Ref, str]:
    """Full account numbers, which stand with the bank lines, by (court, line)."""
    statement = select(BankLine.court_id, BankLine.id, BankLine.counter_account).where(
        tuple_(BankLine.court_id, BankLine.id).in_([(clue.court_id, clue.bank_line_id) for clue in clues])
    )
    return {(court_id, line_id): account for court_id, line_id, account in await session.execute(statement)}


def _unmatched(clue: Clue, accounts: dict[Ref, str]) -> UnmatchedReceipt:
    return UnmatchedReceipt(
        receipt_id=clue.receipt_id,
        amount=clue.amount,
        booked_on=clue.booked_on,
        payer_name=clue.payer_name,
        payer_account=accounts.get((clue.court_id, clue.bank_line_id), ""),
        payer_bank=clue.payer_bank,
        remark=clue.remark,
    )
