"""Transport: one signed request, one answer whose signature is checked; every byte of both is kept."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx

from ankuan.kernel.clock import Clock
from ankuan.plugin_api.signing import KeyUnavailable
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_platform.signing import NONCE, SIGNATURE, Credentials, Nonces, NotGenuine, request_line

MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
_KEPT: Final = ("x-app-id", "x-timestamp", "x-nonce", "x-signature", "content-type")


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``target``: path and query from ``/v1`` on, as it is signed and sent."""

    operation: str
    method: str
    target: str
    body: bytes = b""
    media_type: str = ""

    @property
    def line(self) -> str:
        """What of it is signed first."""
        return request_line(self.method, self.target)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``genuine``: the platform signed it for this very request.

    ``answered``: something came that speaks of success or claims to be signed, so not a proxy's word. Answered and not
    genuine: a person must look.
    ``note`` says what is wrong, in a few words; ``body`` is empty when nothing came.
    """

    exchange: RawExchange
    status: int
    body: bytes
    genuine: bool
    answered: bool

    @property
    def note(self) -> str:
        """What is wrong with it; empty for a genuine answer."""
        return self.exchange.note


class Platform:
    """The platform's address with our credentials there. Never raises for what happens on the wire."""

    def __init__(
        self, http: httpx.AsyncClient, endpoint: str, credentials: Credentials, clock: Clock, nonces: Nonces
    ) -> None:
        self._http = http
        self._endpoint = endpoint
        self._credentials = credentials
        self._clock = clock
        self._nonces = nonces

    @property
    def credentials(self) -> Credentials:
        """Who we are there."""
        return self._credentials

    async def send(self, call: Call, timeout_seconds: float) -> Reply:
        """One exchange."""
        started = self._clock.now()
        request, received, status, note = b"", bytearray(), 0, ""
        headers: dict[str, str] = {}
        answer_headers: dict[str, str] = {}
        try:
            async with asyncio.timeout(max(timeout_seconds, 0.001)):
                headers = await self._credentials.sign(call.line, call.body, started)
                if call.body:
                    headers["content-type"] = call.media_type
                request = _head(f"{call.method} {call.target} HTTP/1.1", headers) + call.body
                url, sent = self._endpoint + call.target, {**headers, "connection": "close"}
                async with self._http.stream(call.method, url, content=call.body, headers=sent) as answer:
                    status, answer_headers = answer.status_code, {k.lower(): v for k, v in answer.headers.items()}
                    async for part in answer.aiter_raw():
                        received += part
                        if len(received) > MAX_ANSWER_BYTES:
                            note = "answer too long"
                            break
        except TimeoutError:
            note = "time-out"
        except KeyUnavailable as missing:
            note = f"未发送：{missing}"
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as failure:
            note = f"transport: {type(failure).__name__}"
        body, ended = bytes(received), self._clock.now()
        answered = not note and (200 <= status < 300 or SIGNATURE in answer_headers)
        if not note:
            note = await self._objection(call, headers[NONCE], answer_headers, body, ended)
        response = _head(f"HTTP/1.1 {status}", answer_headers) + body if status else None
        exchange = RawExchange(call.operation, request, response, started, ended, note)
        return Reply(exchange, status, body, genuine=not note, answered=answered)

    async def _objection(self, call: Call, nonce: str, headers: dict[str, str], body: bytes, now: datetime) -> str:
        try:
            await self._credentials.check_answer(call.line, nonce, headers, body, now=now, nonces=self._nonces)
        except NotGenuine as wrong:
            return f"应答未通过验签：{wrong}"
        return ""

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _head(first: str, headers: dict[str, str]) -> bytes:
    """The part of a message's head that its signature needs: evidence can be checked again years later."""
    lines = [first, *(f"{name}: {headers[name]}" for name in _KEPT if name in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", errors="replace")


def http_client() -> httpx.AsyncClient:
    """A client that ignores proxies of the environment, follows no redirect and keeps no connection.

    One that the platform closed meanwhile would turn a payment into ``unknown`` for nothing.
    """
    limits = httpx.Limits(max_connections=8, max_keepalive_connections=0)
    headers = {"Accept-Encoding": "identity"}
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=limits, timeout=None, headers=headers)  # noqa: S113 - send() bounds each exchange as a whole
