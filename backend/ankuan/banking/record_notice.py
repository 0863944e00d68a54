"""Keep a genuine notice, once however often it comes, and bring forward what it hints at."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from ankuan.banking.tables import BankNotice, FundAccount, Instruction
from ankuan.banking.transitions import InstructionState
from ankuan.kernel.ids import digest, new_id
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import BankCapabilities, NoticeKind
from ankuan.plugin_api.bank import BankNotice as Told

UNKNOWN_ORDER: Final = "bank_notice_unknown_order"
LEAST_PAUSE: Final = timedelta(seconds=2)
"""However many movements a bank tells, its account is not read more often."""
_LONGEST_ID: Final = 200
_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
_ASKABLE: Final = (
    InstructionState.ACCEPTED.value,
    InstructionState.AWAITING_BANK.value,
    InstructionState.UNKNOWN.value,
    InstructionState.REFUSED.value,
)


async def record_notice(
    session: WriteSession,
    *,
    account: FundAccount,
    bank: BankCapabilities,
    told: Told,
    headers: bytes,
    body: bytes,
    cipher: FieldCipher,
    now: datetime,
) -> str:
    """Store the notice and act on its hint. Returns the verdict; ``repeated`` for one known before (E1, E4)."""
    notice_id = told.notice_id if len(told.notice_id) <= _LONGEST_ID else digest(told.notice_id.encode())
    if await _count_again(session, account, notice_id, now):
        return "repeated"
    # Told several times at once, the first one acts and is kept; a later one must not be kept as "no need" instead.
    await session.execute(_LOCK, {"name": f"notice:{account.court_id}:{account.id}:{notice_id}"})
    if await _count_again(session, account, notice_id, now):
        return "repeated"
    instruction = await _order(session, account, told.client_ref)
    verdict = await _act(session, account, bank, told, instruction=instruction, now=now)
    row_id = new_id()
    await session.execute(
        insert(BankNotice)
        .values(
            court_id=account.court_id,
            id=row_id,
            fund_account_id=account.id,
            notice_id=notice_id,
            kind=told.kind.value,
            client_ref=told.client_ref,
            instruction_id=instruction.id if instruction is not None else None,
            verdict=verdict,
            headers=cipher.encrypt(headers, context=f"bank_notice.headers:{row_id}"),
            body=cipher.encrypt(body, context=f"bank_notice.body:{row_id}"),
            received_at=now,
            last_at=now,
        )
        .on_conflict_do_update(
            index_elements=[BankNotice.court_id, BankNotice.fund_account_id, BankNotice.notice_id],
            set_={"times": BankNotice.times + 1, "last_at": now},
        )
    )
    return verdict


async def _count_again(session: WriteSession, account: FundAccount, notice_id: str, now: datetime) -> bool:
    found = await session.scalar(
        update(BankNotice)
        .where(
            BankNotice.court_id == account.court_id,
            BankNotice.fund_account_id == account.id,
            BankNotice.notice_id == notice_id,
        )
        .values(times=BankNotice.times + 1, last_at=now)
        .returning(BankNotice.id)
    )
    return found is not None


async def _order(session: WriteSession, account: FundAccount, client_ref: str | None) -> Instruction | None:
    if client_ref is None:
        return None
    return await session.scalar(
        select(Instruction).where(
            Instruction.court_id == account.court_id,
            Instruction.fund_account_id == account.id,
            Instruction.client_ref == client_ref,
        )
    )


async def _act(
    session: WriteSession,
    account: FundAccount,
    bank: BankCapabilities,
    told: Told,
    *,
    instruction: Instruction | None,
    now: datetime,
) -> str:
    if told.client_ref is not None and instruction is None:
        # Perhaps an order that a restored backup does not know (G2): people look, and so does the next reading.
        await raise_alarm(
            session,
            court_id=account.court_id,
            kind=UNKNOWN_ORDER,
            subject_key=str(account.id),
            message=f"{account.name}：银行通知提及本系统没有的指令 {told.client_ref[:40]}",
            now=now,
        )
        await _read_soon(session, account, bank, now)
        return "unknown_order"
    if told.kind is NoticeKind.OTHER:
        return "other"
    if instruction is None or instruction.state not in _ASKABLE or not bank.answers_queries:
        # Nothing to ask about (E7: our own send is under way), but the account may have been booked on.
        is_done = instruction is not None and instruction.state == InstructionState.SETTLED
        return "no_need" if is_done or not await _read_soon(session, account, bank, now) else "poll"
    return "query" if await _ask_soon(session, instruction, bank, now) else "no_need"


async def _read_soon(session: WriteSession, account: FundAccount, bank: BankCapabilities, now: datetime) -> bool:
    """Bring the next reading of the account forward. One that somebody reads just now is left alone: a hint that is
    lost costs one pause between two readings, a hint that waits would hold up the bank.
    """
    if not bank.statements_pull:
        return False
    free = (
        select(FundAccount.id)
        .where(FundAccount.court_id == account.court_id, FundAccount.id == account.id, FundAccount.poll_after > now)
        .with_for_update(skip_locked=True, key_share=True)
        .scalar_subquery()
    )
    soonest = func.greatest(now, func.coalesce(FundAccount.polled_at + LEAST_PAUSE, now))
    moved = await session.scalar(
        update(FundAccount)
        .where(FundAccount.court_id == account.court_id, FundAccount.id == free, FundAccount.poll_after > soonest)
        .values(poll_after=soonest)
        .returning(FundAccount.id)
        .execution_options(synchronize_session=False)
    )
    return _ring(session, moved)


async def _ask_soon(session: WriteSession, order: Instruction, bank: BankCapabilities, now: datetime) -> bool:
    """Bring the next query forward, but not before the bank wants to be asked. A worker that has the order asks."""
    free = (
        select(Instruction.id)
        .where(
            Instruction.court_id == order.court_id,
            Instruction.id == order.id,
            Instruction.state.in_(_ASKABLE),
            or_(Instruction.lease_until.is_(None), Instruction.lease_until <= func.clock_timestamp()),
        )
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    soonest = func.greatest(now, func.coalesce(Instruction.last_sent_at + bank.query_after, now))
    moved = await session.scalar(
        update(Instruction)
        .where(
            Instruction.court_id == order.court_id,
            Instruction.id == free,
            or_(Instruction.next_try_at.is_(None), Instruction.next_try_at > soonest),
        )
        .values(next_try_at=soonest)
        .returning(Instruction.id)
        .execution_options(synchronize_session=False)
    )
    return _ring(session, moved)


def _ring(session: WriteSession, moved: UUID | None) -> bool:
    if moved is not None:
        session.has_emitted = True  # rings the bell after the commit, so that the worker looks at once
    return moved is not None
