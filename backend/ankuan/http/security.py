"""Response headers of every answer, and the check that a changing request comes from our own pages."""

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class SecurityHeaders:
    """Adds the headers. The nonce of the content policy is made per request (``scope['csp_nonce']``)."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap ``send``."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = scope["csp_nonce"] = secrets.token_urlsafe(16)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
                headers.setdefault("X-Frame-Options", "DENY")
                headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
                headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("Content-Security-Policy", _content_policy(nonce))
                if self._https:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _content_policy(nonce: str) -> str:
    # Inline style attributes are what the interface kit computes positions with; style elements need the nonce.
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:;"
        f" style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; manifest-src 'self'; worker-src 'self';"
        " frame-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def is_same_origin(headers: Headers, host: str) -> bool:
    """Whether a browser's request was made by our own pages. Requests without browser headers pass (no cookie use).

    ``Sec-Fetch-Site`` is decisive where the browser sends it; otherwise ``Origin`` must name the host asked for.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == host


def is_json(request: Request) -> bool:
    """A form can't send this content type across sites without asking first."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"
