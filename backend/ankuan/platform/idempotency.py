"""Idempotency keys: the same key with the same input gets the first outcome, with another input an error."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.actor import Actor
from ankuan.platform.db import WriteSession
from ankuan.platform.tables import IdempotencyKey

MAX_KEY_LENGTH = 100


class IdempotencyKeyReused(AnkuanError):
    """The key was used before for another operation or another input."""

    code = "idempotency_key_reused"
    kind = ErrorKind.CONFLICT


class InvalidIdempotencyKey(AnkuanError):
    """Empty, too long, or with characters outside printable ASCII."""

    code = "invalid_idempotency_key"
    kind = ErrorKind.INVALID


def actor_key(actor: Actor) -> str:
    """Keys live per actor: nobody meets another's key."""
    return str(actor.id) if actor.id else f"system:{actor.name}"


async def claim_key(session: WriteSession, *, key: str, operation: str, input_digest: str) -> dict[str, Any] | None:
    """Claim a key in this transaction, or return the outcome of its first use.

    A second caller waits for the first one's transaction to end. Raises :class:`IdempotencyKeyReused`,
    :class:`InvalidIdempotencyKey`.
    """
    if not (0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise InvalidIdempotencyKey("幂等键无效", "Invalid idempotency key", field="idempotencyKey")
    actor = actor_key(session.actor)
    claimed = (
        await session.execute(
            insert(IdempotencyKey)
            .values(actor=actor, key=key, operation=operation, input_digest=input_digest)
            .on_conflict_do_nothing()
            .returning(IdempotencyKey.key)
        )
    ).first()
    if claimed:
        return None
    first = (
        await session.execute(
            select(IdempotencyKey.operation, IdempotencyKey.input_digest, IdempotencyKey.outcome).where(
                IdempotencyKey.actor == actor, IdempotencyKey.key == key
            )
        )
    ).one()
    if (first.operation, first.input_digest) != (operation, input_digest):
        raise IdempotencyKeyReused(
            "该幂等键已用于另一请求", "This idempotency key was used for another request", field="idempotencyKey"
        )
    return dict(first.outcome or {})


async def keep_outcome(session: WriteSession, *, key: str, outcome: dict[str, Any]) -> None:
    """Store what the operation produced, in its own transaction."""
    await session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.actor == actor_key(session.actor), IdempotencyKey.key == key)
        .values(outcome=outcome)
    )
