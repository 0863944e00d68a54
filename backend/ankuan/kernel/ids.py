"""Identifiers and digests: UUIDv7 keys, secret tokens, canonical JSON (RFC 8785) and SHA-256 over it."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import rfc8785

from ankuan.kernel.money import Money

_RANDOM_BITS: Final = 74
_STEP_BITS: Final = 32


class _Sequence:
    """UUIDv7 source: within a process each id is greater than the one before, even when the clock steps back."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._lock = threading.Lock()
        self._millis = 0
        self._random = 0

    def next(self) -> UUID:
        [one] = self.take(1)
        return one

    def take(self, count: int) -> list[UUID]:
        # One draw for all steps: asking the system for each costs more than making the identifier.
        steps = os.urandom(_STEP_BITS // 8 * count)
        return [self._after(int.from_bytes(steps[at : at + 4])) for at in range(0, len(steps), _STEP_BITS // 8)]

    def _after(self, step: int) -> UUID:
        with self._lock:
            millis = time.time_ns() // 1_000_000
            if millis > self._millis:
                # The top random bit stays clear, so a burst within one millisecond has room to count up.
                self._millis, self._random = millis, secrets.randbits(_RANDOM_BITS - 1)
            else:
                self._random += 1 + step
                if self._random >> _RANDOM_BITS:
                    self._millis, self._random = self._millis + 1, secrets.randbits(_RANDOM_BITS - 1)
            millis, rand = self._millis, self._random
        high, low = rand >> 62, rand & ((1 << 62) - 1)
        return UUID(int=(millis & ((1 << 48) - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


_sequence = _Sequence()
# A forked child must not go on from its parent's counter, nor inherit a lock somebody holds.
os.register_at_fork(after_in_child=_sequence.reset)


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562 §5.7), strictly increasing within this process."""
    return _sequence.next()


def new_ids(count: int) -> list[UUID]:
    """Return so many of :func:`new_id`, in increasing order, for less than one by one."""
    return _sequence.take(count)


def new_token() -> str:
    """Return a secret of 256 random bits, 43 URL-safe characters. Store its digest, never the token."""
    return secrets.token_urlsafe(32)


def digest(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def canonical_json(obj: Any) -> bytes:
    """Return the one byte form of ``obj`` by RFC 8785, so that equal content has equal bytes everywhere.

    Besides JSON values takes Money (as its yuan string), UUID, date and aware datetime (in UTC). Refused with TypeError
    or ValueError: floats (a digest must not hang on rounding), integers beyond 2^53, naive datetimes, anything else.
    """
    return rfc8785.dumps(_plain(obj))


def content_digest(obj: Any) -> str:
    """Return the SHA-256 of ``canonical_json(obj)`` as 64 hex digits; the thing an approval or a signature binds."""
    return digest(canonical_json(obj))


def _plain(obj: Any) -> Any:
    if obj is None or isinstance(obj, bool):
        return obj
    if isinstance(obj, int):
        return int(obj)
    if isinstance(obj, str):
        return str(obj)
    if isinstance(obj, Money):
        return obj.yuan
    if isinstance(obj, UUID):
        return str(obj)
    if isinstance(obj, datetime):
        if obj.utcoffset() is None:
            raise ValueError("a datetime without a time zone has no canonical form")
        return obj.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(obj, date):
        return obj.isoformat()
    if isinstance(obj, Mapping):
        if not all(isinstance(key, str) for key in obj):
            raise TypeError("keys of canonical JSON are strings")
        return {str(key): _plain(value) for key, value in obj.items()}
    if isinstance(obj, list | tuple):
        return [_plain(item) for item in obj]
    raise TypeError(f"{type(obj).__name__} has no canonical JSON form")
