"""Rows of an uploaded statement that may be what the bank's own feed has told in other words (I16).

A booking is known again by its fingerprint; a bank that prints payer or remark otherwise in its files than in its feed
would have its money counted twice, and the second receipt could be paid out of other people's money.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from ankuan.banking.fingerprints import fingerprint
from ankuan.banking.tables import FundAccount
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import BankLine as ToldLine

# Arrays, not lists of parameters: a file of a year has more rows than a statement takes parameters.
_KNOWN = text(
    """
    select bank_key from bank_line_sighting
     where court_id = :court_id and fund_account_id = :fund_account_id and bank_key = any (cast(:keys as text[]))
    """
)
_LIKE = text(
    """
    select l.booked_on, l.amount_fen, l.fingerprint
      from unnest(cast(:days as date[]), cast(:amounts as bigint[])) as w (day, amount)
      join bank_line l on l.court_id = :court_id and l.fund_account_id = :fund_account_id
                      and l.booked_on = w.day and l.amount_fen = w.amount
     where l.source = 'poll' and l.direction = 'credit' and l.kind = 'external'
       and not exists (select from bank_line_sighting s
                        where s.court_id = l.court_id and s.line_id = l.id and s.source = :source)
    """
)
_Spare = defaultdict[tuple[date, int], Counter[str]]


async def polled_twins(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, lines: Sequence[ToldLine], source: str
) -> frozenset[str]:
    """Bank keys of credit rows that equal an untold line of the feed in day and amount, but not in all.

    The fund account stays locked to the end of the transaction: the feed tells nothing meanwhile.
    """
    of_account = {"court_id": court_id, "fund_account_id": fund_account_id}
    await session.execute(
        select(FundAccount.id)
        .where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
        .with_for_update(key_share=True)
    )
    known = set(await session.scalars(_KNOWN, of_account | {"keys": [line.bank_key for line in lines]}))
    fresh = [line for line in lines if line.bank_key not in known]
    places = sorted({(one.booked_on, one.amount.fen) for one in fresh})
    given = {"days": [day for day, _ in places], "amounts": [fen for _, fen in places], "source": source}
    rows = await session.execute(_LIKE, of_account | given)
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
