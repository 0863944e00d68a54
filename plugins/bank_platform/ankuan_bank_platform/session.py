"""Asking the platform within one time budget, with every exchange kept."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlencode

from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_platform import records
from ankuan_bank_platform.client import Call, Platform, Reply
from ankuan_bank_platform.documents import Malformed
from ankuan_bank_platform.values import BadValue

XML: Final = "application/xml; charset=utf-8"
PASSING: Final = frozenset({"BANK_UNREACHABLE", "BUSY", "MAINTENANCE"})
"""Refusals of a read that pass by themselves."""
NOT_FOUND: Final = "NOT_FOUND"
NOT_READY: Final = "NOT_READY"
T = TypeVar("T")


@dataclass(slots=True)
class Session:
    """One call of a connector: it may need several exchanges, and has ``deadline`` (loop time) for all of them."""

    platform: Platform
    deadline: float
    exchanges: list[RawExchange] = field(default_factory=list)

    @property
    def kept(self) -> tuple[RawExchange, ...]:
        """All exchanges so far."""
        return tuple(self.exchanges)

    async def get(self, operation: str, path: str, **query: str) -> Reply:
        """Send and keep."""
        return await self._send(Call(operation, "GET", f"{path}?{urlencode(query)}" if query else path))

    async def post(self, operation: str, path: str, body: bytes, media_type: str) -> Reply:
        """Send and keep."""
        return await self._send(Call(operation, "POST", path, body, media_type))

    def read(self, operation: str, reply: Reply, reader: Callable[[bytes], T]) -> T:
        """The answer to a read. Raises BankUnreachable, MalformedAnswer or BankRefused, each with the exchanges."""
        if not reply.genuine:
            if reply.answered:
                raise MalformedAnswer(f"{operation}: {reply.note}", self.kept)
            raise BankUnreachable(f"{operation}: {reply.note}", self.kept)
        try:
            if 200 <= reply.status < 300:
                return reader(reply.body)
            code, text = records.refusal(reply.body)
        except (Malformed, BadValue) as wrong:
            raise MalformedAnswer(f"{operation}: {wrong}", self.kept) from wrong
        if code in PASSING:
            raise BankUnreachable(f"{operation}: {text}（{code[:40]}）", self.kept)
        raise BankRefused(f"{operation}: {text}", code, self.kept)

    async def _send(self, call: Call) -> Reply:
        reply = await self.platform.send(call, self.deadline - asyncio.get_running_loop().time())
        self.exchanges.append(reply.exchange)
        return reply
