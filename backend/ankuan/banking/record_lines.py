"""Record bookings that a bank told, each once, whichever and however many feeds tell it (I16, failures F2, F13)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import insert, select

from ankuan.banking.fingerprints import fingerprint
from ankuan.banking.queries import FundAccountNotFound
from ankuan.banking.tables import BankLine, BankLineSighting, FundAccount
from ankuan.banking.weigh_lines import weigh_lines
from ankuan.kernel.ids import new_id
from ankuan.platform.alarms import raise_alarm
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
    await _lock(session, court_id, fund_account_id)
    told = {line.bank_key: line for line in lines}
    by_key = await _known_keys(session, court_id, fund_account_id, told, now)
    fresh = [line for key, line in told.items() if key not in by_key]
    spare = await _untold_by(session, court_id, fund_account_id, {fingerprint(line) for line in fresh}, source)
    sightings: list[dict[str, object]] = []
    new: list[BankLine] = []
    for line in fresh:
        mark = fingerprint(line)
        if spare[mark]:
            line_id = spare[mark].pop(0)
        else:
            row = _row(line, court_id=court_id, fund_account_id=fund_account_id, source=source, mark=mark, now=now)
            new.append(row)
            line_id = row.id
        by_key[line.bank_key] = line_id
        sightings.append(
            {
                "court_id": court_id,
                "fund_account_id": fund_account_id,
                "bank_key": line.bank_key,
                "line_id": line_id,
                "source": source,
                "seen_at": now,
            }
        )
    session.add_all(new)
    await session.flush()
    if sightings:
        await session.execute(insert(BankLineSighting), sightings)
    await weigh_lines(session, court_id=court_id, fund_account_id=fund_account_id, lines=new, now=now)
    await emit(session, *[_seen(row) for row in new], now=now)
    return RecordedLines(tuple(row.id for row in new), len(lines) - len(new), by_key)


async def _lock(session: WriteSession, court_id: int, fund_account_id: UUID) -> None:
    """Feeds of one account stand in line, so that pairing sees all of the other feed's lines."""
    found = await session.scalar(
        select(FundAccount.id)
        .where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
        .with_for_update(key_share=True)
    )
    if found is None:
        raise FundAccountNotFound("案款专户不存在", "No such fund account", field="fundAccountId")


async def _known_keys(
    session: WriteSession, court_id: int, fund_account_id: UUID, told: dict[str, ToldLine], now: datetime
) -> dict[str, UUID]:
    """Keys told before. A key that now stands for something else is an alarm: the bank rewrote its books (F3)."""
    rows = await session.execute(
        select(BankLineSighting.bank_key, BankLine.id, BankLine.amount_fen, BankLine.direction)
        .join(BankLine, (BankLine.court_id == BankLineSighting.court_id) & (BankLine.id == BankLineSighting.line_id))
        .where(
            BankLineSighting.court_id == court_id,
            BankLineSighting.fund_account_id == fund_account_id,
            BankLineSighting.bank_key.in_(list(told)),
        )
    )
    known: dict[str, UUID] = {}
    for key, line_id, amount_fen, direction in rows:
        known[key] = line_id
        if (told[key].amount.fen, told[key].direction.value) != (amount_fen, direction):
            await raise_alarm(
                session,
                court_id=court_id,
                kind="bank_line_changed",
                subject_key=str(line_id),
                message=f"银行改动了已入账的流水 {key}",
                now=now,
            )
    return known


async def _untold_by(
    session: WriteSession, court_id: int, fund_account_id: UUID, marks: set[str], source: Feed
) -> defaultdict[str, list[UUID]]:
    """Lines with these fingerprints that this feed has not told yet, the oldest first."""
    spare: defaultdict[str, list[UUID]] = defaultdict(list)
    if not marks:
        return spare
    rows = await session.execute(
        select(BankLine.fingerprint, BankLine.id)
        .where(
            BankLine.court_id == court_id,
            BankLine.fund_account_id == fund_account_id,
            BankLine.fingerprint.in_(marks),
            ~select(BankLineSighting.line_id)
            .where(
                BankLineSighting.court_id == BankLine.court_id,
                BankLineSighting.line_id == BankLine.id,
                BankLineSighting.source == source,
            )
            .exists(),
        )
        .order_by(BankLine.id)
    )
    for mark, line_id in rows:
        spare[mark].append(line_id)
    return spare


def _row(line: ToldLine, *, court_id: int, fund_account_id: UUID, source: Feed, mark: str, now: datetime) -> BankLine:
    return BankLine(
        court_id=court_id,
        id=new_id(),
        fund_account_id=fund_account_id,
        source=source,
        bank_key=line.bank_key,
        fingerprint=mark,
        direction=line.direction.value,
        kind=line.kind.value,
        amount_fen=line.amount.fen,
        booked_on=line.booked_on,
        booked_at=line.booked_at,
        sub_account_no=line.sub_account_no,
        counter_name=line.counter_name,
        counter_account=line.counter_account,
        counter_bank=line.counter_bank,
        remark=line.remark,
        balance_after_fen=line.balance_after.fen if line.balance_after is not None else None,
        bank_ref=line.bank_ref,
        client_ref=line.client_ref,
        adjustment_ref=line.adjustment_ref,
        seen_at=now,
    )


def _seen(row: BankLine) -> BankLineSeen:
    return BankLineSeen(
        court_id=row.court_id,
        subject=row.id,
        fund_account_id=row.fund_account_id,
        direction=row.direction,
        line_kind=row.kind,
        amount_fen=row.amount_fen,
    )
