"""Record bookings that a bank told, each once, whichever and however many feeds tell it (I16, failures F2, F13)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select, text

from ankuan.banking.alarms_of_page import Cause, raise_alarms
from ankuan.banking.fingerprints import fingerprint
from ankuan.banking.queries import FundAccountNotFound
from ankuan.banking.store_lines import NewLine, store_lines, store_sightings
from ankuan.banking.tables import FundAccount
from ankuan.banking.weigh_lines import weigh_lines
from ankuan.kernel.ids import new_ids
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.bank import BankLine as ToldLine
from ankuan.plugin_api.events import BankLineSeen

Feed = Literal["poll", "mt940", "camt053"]


@dataclass(frozen=True, slots=True)
class RecordedLines:
    """What was new, and how many of the told lines were known. ``line_ids``: bank key -> line, for all told."""

    new_ids: tuple[UUID, ...]
    known: int
    line_ids: dict[str, UUID]


async def record_lines(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    lines: Sequence[ToldLine],
    source: Feed,
    now: datetime,
) -> RecordedLines:
    """Record what is new and emit ``BankLineSeen`` for it, in this transaction.

    Known is a key told before, and a booking that another feed told under another key: then the n-th equal booking of
    one feed is the n-th of the other. Two equal bookings of one feed are two. Raises ``FundAccountNotFound``.
    """
    window = await _lock(session, court_id, fund_account_id)
    told = {line.bank_key: line for line in lines}
    by_key = await _known_keys(session, court_id, fund_account_id, told, now)
    marks = {key: fingerprint(line) for key, line in told.items() if key not in by_key}
    spare = await _untold_by(session, court_id, fund_account_id, set(marks.values()), source)
    twins = {key: spare[mark].pop(0) for key, mark in marks.items() if spare[mark]}
    fresh = [key for key in marks if key not in twins]
    new = [NewLine(line_id, told[key], marks[key]) for key, line_id in zip(fresh, new_ids(len(fresh)), strict=True)]
    await store_lines(session, court_id=court_id, fund_account_id=fund_account_id, source=source, lines=new, now=now)
    await store_sightings(
        session, court_id=court_id, fund_account_id=fund_account_id, source=source, line_ids=twins, now=now
    )
    await weigh_lines(
        session, court_id=court_id, fund_account_id=fund_account_id, finality_window=window, lines=new, now=now
    )
    await emit(session, *[_seen(court_id, fund_account_id, line) for line in new], now=now)
    line_ids = by_key | twins | {line.told.bank_key: line.id for line in new}
    return RecordedLines(tuple(line.id for line in new), len(lines) - len(new), line_ids)


async def _lock(session: WriteSession, court_id: int, fund_account_id: UUID) -> timedelta:
    """Feeds of one account stand in line, so that pairing sees all of the other feed's lines.

    Returns how long after a send the bank may still not find an order that it has taken.
    """
    found = await session.scalar(
        select(FundAccount.finality_seconds)
        .where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
        .with_for_update(key_share=True)
    )
    if found is None:
        raise FundAccountNotFound("案款专户不存在", "No such fund account", field="fundAccountId")
    return timedelta(seconds=found)


_KNOWN = text(
    """
    select s.bank_key, l.id, l.amount_fen, l.direction
      from unnest(cast(:keys as text[])) as k (bank_key)
      join bank_line_sighting s on s.court_id = :court_id and s.fund_account_id = :fund_account_id
                               and s.bank_key = k.bank_key
      join bank_line l on l.court_id = s.court_id and l.id = s.line_id
    """
)


async def _known_keys(
    session: WriteSession, court_id: int, fund_account_id: UUID, told: dict[str, ToldLine], now: datetime
) -> dict[str, UUID]:
    """Keys told before. A key that now stands for something else is an alarm: the bank rewrote its books (F3)."""
    values = {"court_id": court_id, "fund_account_id": fund_account_id, "keys": list(told)}
    known: dict[str, UUID] = {}
    changed: list[Cause] = []
    for key, line_id, amount_fen, direction in await session.execute(_KNOWN, values):
        known[key] = line_id
        if (told[key].amount.fen, told[key].direction.value) != (amount_fen, direction):
            changed.append(Cause("bank_line_changed", str(line_id), f"银行改动了已入账的流水 {key}"))
    await raise_alarms(session, court_id=court_id, causes=changed, now=now)
    return known


_UNTOLD = text(
    """
    select l.fingerprint, l.id
      from unnest(cast(:marks as text[])) as m (mark)
      join bank_line l on l.court_id = :court_id and l.fund_account_id = :fund_account_id and l.fingerprint = m.mark
     where not exists (select from bank_line_sighting s
                        where s.court_id = l.court_id and s.line_id = l.id and s.source = :source)
     order by l.id
    """
)


async def _untold_by(
    session: WriteSession, court_id: int, fund_account_id: UUID, marks: Collection[str], source: Feed
) -> defaultdict[str, list[UUID]]:
    """Lines with these fingerprints that this feed has not told yet, the oldest first."""
    spare: defaultdict[str, list[UUID]] = defaultdict(list)
    if marks:
        values = {"court_id": court_id, "fund_account_id": fund_account_id, "marks": list(marks), "source": source}
        for mark, line_id in await session.execute(_UNTOLD, values):
            spare[mark].append(line_id)
    return spare


def _seen(court_id: int, fund_account_id: UUID, line: NewLine) -> BankLineSeen:
    return BankLineSeen(
        court_id=court_id,
        subject=line.id,
        fund_account_id=fund_account_id,
        direction=line.told.direction.value,
        line_kind=line.told.kind.value,
        amount_fen=line.told.amount.fen,
    )
