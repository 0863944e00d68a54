"""Detached signatures over requests, answers and notices, and what makes an old one stale."""

import asyncio
import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from ankuan.plugin_api.signing import SignatureAlgorithm, SignerPlugin

APP, TIMESTAMP, NONCE, SIGNATURE = "x-app-id", "x-timestamp", "x-nonce", "x-signature"
WINDOW: Final = timedelta(minutes=15)
"""How far the two clocks may differ. It has room for a machine ten minutes wrong, which must not stop payments: an old
answer is told by its binding to the request's nonce, an old notice by its ``notice_id``."""
NOTICE_LINE: Final = "POST\n/v1/notices"
"""What a notice signs as its line, whatever address the court gave: proxies before the court rewrite paths."""
_NONCE: Final = re.compile(r"[0-9A-Za-z_\-]{16,64}", re.ASCII)
_MILLISECONDS: Final = re.compile(r"[0-9]{13}", re.ASCII)


class NotGenuine(Exception):
    """A message whose signature, time or nonce does not fit. The text says which, and holds nothing of the message."""


@dataclass(slots=True)
class Nonces:
    """Nonces of answers seen within the window. A nonce that comes again belongs to a copy."""

    seen: dict[str, datetime] = field(default_factory=dict)

    def fresh(self, nonce: str, now: datetime) -> bool:
        """Whether this nonce is new; it is not any more after the call."""
        if len(self.seen) > 4096:
            self.seen = {each: until for each, until in self.seen.items() if until > now}
        if self.seen.get(nonce, now) > now:
            return False
        self.seen[nonce] = now + 2 * WINDOW
        return True


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are at the platform, with whose key we sign, and by which keys (PEM) we know the platform."""

    app_id: str
    signer: SignerPlugin
    key: str
    algorithm: SignatureAlgorithm
    platform_keys: tuple[str, ...]

    async def sign(self, line: str, body: bytes, now: datetime) -> dict[str, str]:
        """Headers of a request; ``line``: see ``request_line``. Raises ``KeyUnavailable``."""
        stamp, nonce = milliseconds(now), secrets.token_urlsafe(18)
        signature = await self.signer.sign(self.key, signed_text(line, stamp, nonce, body))
        return {
            APP: self.app_id,
            TIMESTAMP: stamp,
            NONCE: nonce,
            SIGNATURE: base64.b64encode(signature).decode("ascii"),
        }

    async def check_answer(
        self, line: str, request_nonce: str, headers: Mapping[str, str], body: bytes, *, now: datetime, nonces: Nonces
    ) -> None:
        """Raises :class:`NotGenuine`. The signature binds the answer to the nonce of the request it answers.

        In a thread: SM2 is slow, and other accounts' calls must not wait for it.
        """
        nonce = await asyncio.to_thread(self._check, line, headers, body, now, request_nonce)
        if not nonces.fresh(nonce, now):
            raise NotGenuine("应答随机数重复")

    def check_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raises :class:`NotGenuine`. A notice that comes twice is genuine twice: its ``notice_id`` is the same."""
        if headers.get(APP, "") != self.app_id:
            raise NotGenuine("通知不是发给本应用的")
        self._check(NOTICE_LINE, headers, body, now)

    def _check(
        self, line: str, headers: Mapping[str, str], body: bytes, now: datetime, bound_to: str | None = None
    ) -> str:
        stamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
        if not _NONCE.fullmatch(nonce) or not _MILLISECONDS.fullmatch(stamp):
            raise NotGenuine("缺少签名信息")
        told = datetime.fromtimestamp(int(stamp) // 1000, UTC)
        if not now - WINDOW <= told <= now + WINDOW:
            raise NotGenuine("时间戳超出十五分钟")
        data = signed_text(line, stamp, nonce, body, bound_to)
        try:
            signature = base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
        except (binascii.Error, ValueError) as broken:
            raise NotGenuine("签名不可读") from broken
        if not any(self.signer.verify(key, data, signature, algorithm=self.algorithm) for key in self.platform_keys):
            raise NotGenuine("签名不符")
        return nonce


def request_line(method: str, target: str) -> str:
    """The first two lines that are signed. ``target``: path with its query as sent, from ``/v1`` on."""
    return f"{method}\n{target}"


def signed_text(line: str, stamp: str, nonce: str, body: bytes, bound_to: str | None = None) -> bytes:
    """What is signed: the request's line, time, nonce, digest. ``bound_to``: the request's nonce, in answers only."""
    bound = "" if bound_to is None else f"{bound_to}\n"
    return f"{line}\n{stamp}\n{nonce}\n{bound}{hashlib.sha256(body).hexdigest()}\n".encode()


def milliseconds(now: datetime) -> str:
    """Milliseconds since 1970."""
    return str((now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
