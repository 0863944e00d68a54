"""Password hashes: argon2id with the library's parameters. Slow by design, so never on the event loop."""

import asyncio
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ankuan.kernel.errors import AnkuanError, ErrorKind

MIN_LENGTH: Final = 8
MAX_LENGTH: Final = 200
_hasher = PasswordHasher()


class WeakPassword(AnkuanError):
    """Shorter than 8 or longer than 200 characters."""

    code = "weak_password"
    kind = ErrorKind.INVALID


async def hash_password(password: str) -> str:
    """The hash to keep. Raises :class:`WeakPassword`."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPassword(
            f"密码须为 {MIN_LENGTH} 到 {MAX_LENGTH} 个字符",
            f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters",
            field="password",
        )
    return await asyncio.to_thread(_hasher.hash, password)


async def password_fits(kept: str | None, password: str) -> bool:
    """Whether the password is the one of the hash. Without a hash it works as long and answers no."""
    if len(password) > MAX_LENGTH:
        kept = None
    # A lone surrogate, which JSON can carry, must not end in an exception.
    return await asyncio.to_thread(_fits, kept, password[:MAX_LENGTH].encode("utf-8", "surrogatepass"))


def _fits(kept: str | None, password: bytes) -> bool:
    try:
        _hasher.verify(kept or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobody() -> str:
    """A hash of the same cost that no password is checked against for real."""
    return _hasher.hash("nobody's password")


# Made at import, so that the first unknown login is not the one that takes twice as long.
_nobody()
