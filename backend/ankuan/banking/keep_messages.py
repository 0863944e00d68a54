"""Keep raw messages as evidence, encrypted."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from ankuan.banking.tables import RawMessage
from ankuan.kernel.ids import digest, new_id
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.plugin_api.wire import RawExchange

ONCE_IN = timedelta(hours=1)


class About(StrEnum):
    """How long a message is kept: by the court's policy, or thirty days (it led to nothing)."""

    LASTING = "lasting"
    PASSING = "passing"


async def keep_messages(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    instruction_id: UUID | None,
    exchanges: Sequence[RawExchange],
    cipher: FieldCipher,
    about: About = About.LASTING,
    reason: str | None = None,
) -> None:
    """Store what went over the wire. The ciphertext is bound to its row and column."""
    for exchange in exchanges:
        message_id = new_id()
        response = exchange.response
        session.add(
            RawMessage(
                court_id=court_id,
                id=message_id,
                fund_account_id=fund_account_id,
                instruction_id=instruction_id,
                operation=exchange.operation,
                request=cipher.encrypt(exchange.request, context=_context(message_id, "request")),
                response=None
                if response is None
                else cipher.encrypt(response, context=_context(message_id, "response")),
                note=exchange.note,
                started_at=exchange.started_at,
                ended_at=exchange.ended_at,
                about=about.value,
                reason=reason,
            )
        )
    await session.flush()


async def keep_failure(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    why: str,
    exchanges: Sequence[RawExchange],
    cipher: FieldCipher,
    now: datetime,
) -> bool:
    """Keep what a failed read said, once an hour for each error: a bank that is down for a day fills no disk.

    ``why``: the error in words; only its digest is stored in the clear. Returns whether it was kept.
    """
    reason = digest(why.encode())[:32]
    known = await session.scalar(
        select(RawMessage.id)
        .where(
            RawMessage.court_id == court_id,
            RawMessage.fund_account_id == fund_account_id,
            RawMessage.started_at > now - ONCE_IN,
            RawMessage.reason == reason,
        )
        .limit(1)
    )
    if known is not None or not exchanges:
        return False
    await keep_messages(
        session,
        court_id=court_id,
        fund_account_id=fund_account_id,
        instruction_id=None,
        exchanges=exchanges,
        cipher=cipher,
        about=About.PASSING,
        reason=reason,
    )
    return True


async def read_messages(
    session: ReadSession, *, court_id: int, instruction_id: UUID, cipher: FieldCipher
) -> list[RawExchange]:
    """The messages about an instruction in the order in which they went. Raises ``CannotDecrypt``."""
    rows = await session.scalars(
        select(RawMessage)
        .where(RawMessage.court_id == court_id, RawMessage.instruction_id == instruction_id)
        .options(undefer(RawMessage.request), undefer(RawMessage.response))
        .order_by(RawMessage.id)
    )
    return [
        RawExchange(
            operation=row.operation,
            request=cipher.decrypt(row.request, context=_context(row.id, "request")),
            response=None
            if row.response is None
            else cipher.decrypt(row.response, context=_context(row.id, "response")),
            started_at=row.started_at,
            ended_at=row.ended_at,
            note=row.note,
        )
        for row in rows
    ]


async def read_message(
    session: ReadSession, *, court_id: int, message_id: UUID, cipher: FieldCipher
) -> tuple[bytes, bytes | None]:
    """What was asked and what came back; ``None``: nothing came. Raises ``NoResultFound``, ``CannotDecrypt``."""
    row = (
        await session.execute(
            select(RawMessage.request, RawMessage.response).where(
                RawMessage.court_id == court_id, RawMessage.id == message_id
            )
        )
    ).one()
    answer = None if row.response is None else cipher.decrypt(row.response, context=_context(message_id, "response"))
    return cipher.decrypt(row.request, context=_context(message_id, "request")), answer


def _context(message_id: UUID, column: str) -> str:
    return f"raw_message.{column}:{message_id}"
