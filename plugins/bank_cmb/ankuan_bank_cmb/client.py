"""Transport to the bank's gateway: one POST a message, no keep-alive, no redirects, every byte kept."""

import asyncio
from typing import Final

import httpx

from ankuan.kernel.clock import Clock
from ankuan.plugin_api.wire import RawExchange

MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "Connection": "close"}
_FETCH: Final = {"Connection": "close"}


class Gateway:
    """Sends bytes, returns what came back. Never raises for what happens on the wire: see ``RawExchange.note``.

    The bank refuses a user's twenty-first concurrent request: ``at_once`` is this fund account's share of them.
    """

    def __init__(self, http: httpx.AsyncClient, endpoint: str, clock: Clock, at_once: int) -> None:
        self._http = http
        self._endpoint = endpoint
        self._clock = clock
        self._room = asyncio.Semaphore(at_once)

    async def post(self, operation: str, form: bytes, timeout_seconds: float) -> RawExchange:
        """One message. An empty ``note``: a complete answer with status 200; anything else proves nothing."""
        request = self._http.build_request("POST", self._endpoint, content=form, headers=_FORM)
        return await self._exchange(operation, request, form, timeout_seconds)

    async def fetch(self, operation: str, url: str, timeout_seconds: float) -> RawExchange:
        """One file. The request that is kept is its address. Raises ValueError when it is none."""
        try:
            request = self._http.build_request("GET", url, headers=_FETCH)
        except (httpx.InvalidURL, UnicodeError) as wrong:
            raise ValueError("no address") from wrong
        return await self._exchange(operation, request, url.encode(), timeout_seconds)

    async def _exchange(self, operation: str, request: httpx.Request, kept: bytes, limit: float) -> RawExchange:
        started = self._clock.now()
        received = bytearray()
        note = ""
        try:
            async with asyncio.timeout(max(limit, 0.001)), self._room:
                note = await self._receive(request, received)
        except TimeoutError:
            note = "time-out"
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as failure:
            note = f"transport: {type(failure).__name__}"
        response = None if not received and note else bytes(received)
        return RawExchange(operation, kept, response, started, self._clock.now(), note)

    async def _receive(self, request: httpx.Request, received: bytearray) -> str:
        answer = await self._http.send(request, stream=True)
        try:
            async for part in answer.aiter_bytes():
                received += part
                if len(received) > MAX_ANSWER_BYTES:
                    return "answer too long"
        finally:
            await answer.aclose()
        return "" if answer.status_code == httpx.codes.OK else f"http status {answer.status_code}"

    def never_sent(self, operation: str, text: bytes, note: str) -> RawExchange:
        """The exchange that did not happen: ``text`` could not be signed."""
        now = self._clock.now()
        return RawExchange(operation, text, None, now, now, note)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def http_client() -> httpx.AsyncClient:
    """A client for one gateway: it ignores proxies of the environment and never follows a redirect.

    Connections are not kept: one that the bank closed meanwhile would turn a payment into ``unknown`` for nothing.
    """
    limits = httpx.Limits(max_connections=20, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits, timeout=None)  # noqa: S113 - each exchange is bounded as a whole
