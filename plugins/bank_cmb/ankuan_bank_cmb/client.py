"""The bank's gateway, and the place where receipts lie: this fund account's share of the user's requests."""

import asyncio
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from ankuan.kernel.clock import Clock
from ankuan.plugin_api.transport import HttpTransport
from ankuan.plugin_api.wire import RawExchange

_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}


class Gateway:
    """Sends bytes, returns what came back. Never raises for what happens on the wire: see ``RawExchange.note``.

    The bank refuses a user's twenty-first concurrent request: ``at_once`` is what this fund account may use of them.
    """

    def __init__(self, endpoint: str, receipts: str, clock: Clock, at_once: int) -> None:
        self._messages = HttpTransport(endpoint, clock, headers=_FORM)
        self._receipts = HttpTransport(receipts, clock)
        self._clock = clock
        self._room = asyncio.Semaphore(at_once)

    async def post(self, operation: str, form: bytes, timeout_seconds: float) -> RawExchange:
        """One message. An empty ``note``: a complete answer with status 200; anything else proves nothing."""
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(max(timeout_seconds, 0.001)):
                await self._room.acquire()
        except TimeoutError:
            return self.never_sent(operation, form, "time-out before sending")
        try:
            left = timeout_seconds - (asyncio.get_running_loop().time() - began)
            return await self._messages.exchange(operation, form, left)
        finally:
            self._room.release()

    async def fetch(self, operation: str, url: str, timeout_seconds: float) -> RawExchange:
        """One file of the place for receipts, whatever host ``url`` names. The request that is kept is its address."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        made = await self._receipts.exchange(operation, b"", timeout_seconds, path=path, method="GET")
        return replace(made, request=url.encode())

    def never_sent(self, operation: str, text: bytes, note: str) -> RawExchange:
        """The exchange that did not happen."""
        now = self._clock.now()
        return RawExchange(operation, text, None, now, now, note)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._messages.aclose()
        await self._receipts.aclose()
