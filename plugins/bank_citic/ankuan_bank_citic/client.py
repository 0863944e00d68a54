"""Transport to the bank's front-end program: one POST a message, no keep-alive, no redirects, every byte kept."""

import asyncio
from typing import Final

import httpx

from ankuan.kernel.clock import Clock
from ankuan.plugin_api.wire import RawExchange

MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
_HEADERS: Final = {"Content-Type": "text/xml; charset=GBK", "Connection": "close"}


class FrontEnd:
    """Sends bytes, returns what came back. Never raises for what happens on the wire: see ``RawExchange.note``."""

    def __init__(self, http: httpx.AsyncClient, endpoint: str, clock: Clock) -> None:
        self._http = http
        self._endpoint = endpoint
        self._clock = clock

    async def send(self, operation: str, request: bytes, timeout_seconds: float) -> RawExchange:
        """One exchange. An empty ``note`` means: a complete answer with status 200; anything else proves nothing."""
        started = self._clock.now()
        received = bytearray()
        note = ""
        try:
            async with asyncio.timeout(max(timeout_seconds, 0.001)):
                async with self._http.stream("POST", self._endpoint, content=request, headers=_HEADERS) as answer:
                    async for part in answer.aiter_bytes():
                        received += part
                        if len(received) > MAX_ANSWER_BYTES:
                            note = "answer too long"
                            break
                    if answer.status_code != httpx.codes.OK:
                        note = f"http status {answer.status_code}"
        except TimeoutError:
            note = "time-out"
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as failure:
            note = f"transport: {type(failure).__name__}"
        nothing = not received and bool(note)
        response = None if nothing else bytes(received)
        return RawExchange(operation, request, response, started, self._clock.now(), note)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def http_client() -> httpx.AsyncClient:
    """A client for one front-end: it ignores proxies of the environment and never follows a redirect.

    Connections are not kept: one that the front-end closed meanwhile would turn a payment into ``unknown`` for nothing.
    """
    limits = httpx.Limits(max_connections=8, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits, timeout=None)  # noqa: S113 - send() bounds each exchange as a whole
