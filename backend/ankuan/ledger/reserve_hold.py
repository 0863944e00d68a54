"""Reserve money of cases for payouts: it stays in the fund account and may leave by no other way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.entry_kinds import EntryKind
from ankuan.ledger.open_account import AccountKey, ensure_accounts
from ankuan.ledger.post import Entry, InvalidPosting, post
from ankuan.ledger.tables import LedgerHold
from ankuan.platform.constraints import constraint_means, explain
from ankuan.platform.db import WriteSession


class HoldConflict(AnkuanError):
    """What the hold is for has another hold already, with other content or made at the same moment."""

    code = "hold_conflict"
    kind = ErrorKind.CONFLICT


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """Reserve ``amount`` of a case for ``origin_id`` (a disbursement line)."""

    case_id: UUID
    origin_id: UUID
    amount: Money
    memo: str


async def reserve_hold(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    case_id: UUID,
    amount: Money,
    origin_id: UUID,
    effective_on: date,
    memo: str,
    now: datetime,
) -> UUID:
    """Reserve money of one case for one origin, see :func:`reserve_holds`."""
    [hold_id] = await reserve_holds(
        session,
        court_id=court_id,
        fund_account_id=fund_account_id,
        requests=[HoldRequest(case_id, origin_id, amount, memo)],
        effective_on=effective_on,
        now=now,
    )
    return hold_id


async def reserve_holds(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    requests: Sequence[HoldRequest],
    effective_on: date,
    now: datetime,
) -> list[UUID]:
    """Move each amount from ``case`` to ``held``, all or nothing; ids in the order of ``requests`` (1 to 10,000).

    An origin that has a hold already, reserved or posted, with the same content answers that hold and moves nothing.
    Raises :class:`HoldConflict`, ``InsufficientBalance`` (details account_id, short_fen), ``InvalidPosting``.
    """
    standing = await _standing(session, court_id, fund_account_id, requests)
    new = [r for r in requests if r.origin_id not in standing]
    if len({r.origin_id for r in new}) != len(new):
        raise InvalidPosting("同一事项重复冻结", "One origin is named twice")
    made = {r.origin_id: new_id() for r in new}
    if new:
        await _move(
            session,
            court_id=court_id,
            fund_account_id=fund_account_id,
            requests=new,
            ids=made,
            effective_on=effective_on,
            now=now,
        )
        rows = [
            {
                "court_id": court_id,
                "id": made[r.origin_id],
                "fund_account_id": fund_account_id,
                "case_id": r.case_id,
                "origin_id": r.origin_id,
                "amount_fen": r.amount.fen,
                "reserved_at": now,
            }
            for r in new
        ]
        # After the entries: the balance rows are locked in the ledger's order before the holds are counted on them.
        try:
            await session.execute(insert(LedgerHold), rows)
        except IntegrityError as error:
            raise explain(error) or error from error
    return [(standing | made)[r.origin_id] for r in requests]


async def _standing(
    session: WriteSession, court_id: int, fund_account_id: UUID, requests: Sequence[HoldRequest]
) -> dict[UUID, UUID]:
    wanted = {r.origin_id: r for r in requests}
    statement = select(LedgerHold).where(
        LedgerHold.court_id == court_id, LedgerHold.origin_id.in_(wanted), LedgerHold.state != "voided"
    )
    found = (await session.scalars(statement)).all()
    for hold in found:
        request = wanted[hold.origin_id]
        content = (hold.fund_account_id, hold.case_id, hold.amount_fen)
        if content != (fund_account_id, request.case_id, request.amount.fen):
            raise _conflict()
    return {hold.origin_id: hold.id for hold in found}


async def _move(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    requests: Sequence[HoldRequest],
    ids: dict[UUID, UUID],
    effective_on: date,
    now: datetime,
) -> None:
    cases = sorted({r.case_id for r in requests})
    keys = [AccountKey(fund_account_id, kind, c) for c in cases for kind in (AccountKind.CASE, AccountKind.HELD)]
    numbers = await ensure_accounts(session, court_id=court_id, keys=keys)
    account = dict(zip(keys, numbers, strict=True))
    posting_id = new_id()
    entries = [
        Entry(
            court_id=court_id,
            source="hold",
            source_ref=f"{ids[r.origin_id]}:reserved",
            posting_id=posting_id,
            debit_account=account[AccountKey(fund_account_id, AccountKind.CASE, r.case_id)],
            credit_account=account[AccountKey(fund_account_id, AccountKind.HELD, r.case_id)],
            amount=r.amount,
            effective_on=effective_on,
            kind=EntryKind.HOLD_RESERVED,
            memo=r.memo,
        )
        for r in requests
    ]
    await post(session, entries, now=now)


def _conflict() -> HoldConflict:
    return HoldConflict("该付款已有另一笔冻结", "Another hold stands for this origin")


constraint_means("uq_ledger_hold_origin_id", _conflict)
