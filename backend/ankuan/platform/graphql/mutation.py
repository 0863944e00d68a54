"""The edge of every mutation: one transaction, one idempotency key, typed errors, and dry runs that answer the same.

A mutation gives two functions. ``perform(session, now)`` calls the use cases and returns the outcome as plain JSON
(ids). ``present(session, outcome)`` builds the success type from it, in the same transaction; a replay of the key
presents the first outcome again.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import content_digest
from ankuan.kernel.money import Money
from ankuan.platform.constraints import explain
from ankuan.platform.db import RETRYABLE, WriteSession, sqlstate
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError, user_error
from ankuan.platform.graphql.scalars import UnreadableAmount
from ankuan.platform.idempotency import claim_key, keep_outcome

S = TypeVar("S")
Outcome = dict[str, Any]
TRIES = 4
LONGEST_TEXT = 10_000
"""Characters of one text in an input. What means something is shorter and bounded where its meaning is known."""
log = structlog.get_logger(__name__)


class InvalidText(AnkuanError):
    """A text that cannot be stored: with a NUL or half a character in it, or longer than any text has reason to be."""

    code = "invalid_text"
    kind = ErrorKind.INVALID


async def run_mutation(
    info: Information,
    given: Any,
    *,
    perform: Callable[[WriteSession, datetime], Awaitable[Outcome]],
    present: Callable[[WriteSession, Outcome], Awaitable[S]],
) -> S | AnyError:
    """Run one mutation. ``given`` is the input object; it has ``idempotency_key`` and ``dry_run``.

    Serialization failures and deadlocks are tried again inside, under the same key.
    """
    context = info.context
    operation = info.field_name
    try:
        _refuse_unreadable(given)
        for attempt in range(TRIES):
            try:
                return await _once(info, given, operation, perform, present)
            except DBAPIError as error:
                if sqlstate(error) in RETRYABLE and attempt < TRIES - 1:
                    log.info("mutation.again", operation=operation, attempt=attempt)
                    continue
                if isinstance(error, IntegrityError):
                    known = explain(error)
                    if known is not None:
                        raise known from error
                raise
        raise AssertionError("unreachable")
    except AnkuanError as error:
        return user_error(error, context.language)


async def _once(
    info: Information,
    given: Any,
    operation: str,
    perform: Callable[[WriteSession, datetime], Awaitable[Outcome]],
    present: Callable[[WriteSession, Outcome], Awaitable[S]],
) -> S:
    context = info.context
    now = context.clock.now()
    async with context.database.write(context.actor) as session:
        outcome = await claim_key(
            session, key=given.idempotency_key, operation=operation, input_digest=content_digest(_plain(given))
        )
        if outcome is None:
            outcome = await perform(session, now)
            await keep_outcome(session, key=given.idempotency_key, outcome=outcome)
        if given.dry_run:
            # What the real run would be told at its commit must be told to the trial as well.
            await session.execute(text("set constraints all immediate"))
        success = await present(session, outcome)
        if given.dry_run:
            await session.rollback()
            session.has_emitted = False
        return success


def _refuse_unreadable(value: Any, path: str = "") -> None:
    """Raise the error of the first amount or text that could not be read, with its path."""
    if isinstance(value, UnreadableAmount):
        error = value.error
        raise type(error)(error.zh, error.en, field=path or None)
    if isinstance(value, str) and not is_storable(value):
        raise InvalidText("文本含无效字符或过长", "The text has invalid characters or is too long", field=path or None)
    if dataclasses.is_dataclass(value) and not isinstance(value, type | Money):
        for part in dataclasses.fields(value):
            _refuse_unreadable(getattr(value, part.name), f"{path}.{_camel(part.name)}" if path else _camel(part.name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_unreadable(item, f"{path}.{index}")


def is_storable(value: str) -> bool:
    """Whether the database can hold a text: no NUL, no half of a surrogate pair, of reasonable length."""
    return (
        len(value) <= LONGEST_TEXT
        and "\x00" not in value
        and not any("\ud800" <= character <= "\udfff" for character in value)
    )


def _plain(value: Any) -> Any:
    """Input as canonical JSON values, without the key itself and the dry-run flag."""
    if isinstance(value, Money):
        return value.yuan
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        skipped = {"idempotency_key", "dry_run"}
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name not in skipped}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
