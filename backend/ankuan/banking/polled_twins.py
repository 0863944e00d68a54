"""Rows of an uploaded statement that may be what the bank's own feed has told in other words (I16).

A booking is known again by its fingerprint; a bank that prints payer or remark otherwise in its files than in its feed
would have its money counted twice, and the second receipt could be paid out of other people's money.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_

from ankuan.banking.fingerprints import fingerprint
from ankuan.banking.tables import BankLine, BankLineSighting, FundAccount
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import BankLine as ToldLine
from ankuan.plugin_api.bank import LineDirection, LineKind

_Spare = defaultdict[tuple[date, int], Counter[str]]


async def polled_twins(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, lines: Sequence[ToldLine], source: str
) -> frozenset[str]:
    """Bank keys of credit rows that equal an untold line of the feed in day and amount, but not in all.

    The fund account stays locked to the end of the transaction: the feed tells nothing meanwhile.
    """
    of_account = (BankLine.court_id == court_id, BankLine.fund_account_id == fund_account_id)
    await session.execute(
        select(FundAccount.id)
        .where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
        .with_for_update(key_share=True)
    )
    known = set(
        await session.scalars(
            select(BankLineSighting.bank_key).where(
                BankLineSighting.court_id == court_id,
                BankLineSighting.fund_account_id == fund_account_id,
                BankLineSighting.bank_key.in_([line.bank_key for line in lines]),
            )
        )
    )
    fresh = [line for line in lines if line.bank_key not in known]
    told_here = (
        select(BankLineSighting.line_id)
        .where(
            BankLineSighting.court_id == BankLine.court_id,
            BankLineSighting.line_id == BankLine.id,
            BankLineSighting.source == source,
        )
        .exists()
    )
    rows = await session.execute(
        select(BankLine.booked_on, BankLine.amount_fen, BankLine.fingerprint).where(
            *of_account,
            BankLine.source == "poll",
            BankLine.direction == LineDirection.CREDIT.value,
            BankLine.kind == LineKind.EXTERNAL.value,
            tuple_(BankLine.booked_on, BankLine.amount_fen).in_({(one.booked_on, one.amount.fen) for one in fresh}),
            ~told_here,
        )
    )
    spare: _Spare = defaultdict(Counter)
    for booked_on, amount_fen, mark in rows:
        spare[booked_on, amount_fen][mark] += 1
    return _pair(fresh, spare)


def _pair(lines: Sequence[ToldLine], spare: _Spare) -> frozenset[str]:
    """First those that are equal in all, which are the same booking; of the rest each takes one that is like it."""
    unlike: list[ToldLine] = []
    for line in lines:
        here, mark = spare[line.booked_on, line.amount.fen], fingerprint(line)
        if here[mark] > 0:
            here[mark] -= 1
        else:
            unlike.append(line)
    left = {place: marks.total() for place, marks in spare.items()}
    doubtful: set[str] = set()
    for line in unlike:
        place = (line.booked_on, line.amount.fen)
        if left[place] > 0:
            left[place] -= 1
            doubtful.add(line.bank_key)
    return frozenset(doubtful)
