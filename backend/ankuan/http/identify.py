"""Who is asking: the session cookie of a person, or the bearer token of a program."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from ankuan.api.view import MAX_BODY_BYTES
from ankuan.http.bodies import again, bounded_body
from ankuan.http.security import is_json, is_same_origin
from ankuan.http.services import Services
from ankuan.identity.permission import PermissionGate
from ankuan.identity.sessions import actor_of_session
from ankuan.identity.tokens import actor_of_token
from ankuan.platform.actor import Actor, system_actor
from ankuan.platform.graphql.context import Context

RECHECK_SECONDS = 30.0
Handler = Callable[[Request], Awaitable[Response]]


class Identify:
    """Turns a connection into an actor and a GraphQL context."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.gate = PermissionGate()

    @property
    def cookie_name(self) -> str:
        """``__Host-`` binds the cookie to this host over https; plain http (demonstration) can't have it."""
        return "__Host-ankuan" if self.services.settings.cookie_secure else "ankuan"

    async def actor(self, connection: HTTPConnection, *, is_activity: bool = True) -> Actor | None:
        """The signed-in person or program, or ``None``. A socket that merely listens is no activity."""
        services = self.services
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        now = services.clock.now()
        async with services.database.write(system_actor("sign-in")) as session:
            if scheme.lower() == "bearer" and token:
                return await actor_of_token(session, token=token.strip(), now=now)
            cookie = connection.cookies.get(self.cookie_name)
            if cookie:
                return await actor_of_session(session, token=cookie, now=now, is_activity=is_activity)
        return None

    async def context(self, connection: Request | WebSocket, response: Response | WebSocket) -> Context:
        """A GraphQL context for one request or socket."""
        services = self.services
        viewer = await self.actor(connection)
        return Context(
            database=services.database,
            clock=services.clock,
            settings=services.settings,
            plugins=services.plugins,
            gate=self.gate,
            feed=services.feed,
            cipher=services.cipher,
            viewer=viewer,
            language=language_of(connection),
            remote=connection.client.host if connection.client else "",
            request=connection,
            response=response,
            recheck=self._recheck(connection, viewer) if viewer is not None else None,
        )

    def _recheck(self, connection: HTTPConnection, viewer: Actor) -> Callable[[], Awaitable[bool]]:
        """Whether the viewer is still who he was; asked by subscriptions before each event.

        The database is asked every half minute, and at once after somebody signed out or got other roles: that is
        told in order with all other events, so that nothing later is sent to whom it ended.
        """
        feed = self.services.feed
        checked_at, checked_changes = time.monotonic(), feed.standing_changes

        async def is_still_valid() -> bool:
            nonlocal checked_at, checked_changes
            if checked_changes == feed.standing_changes and time.monotonic() - checked_at < RECHECK_SECONDS:
                return True
            checked_at, checked_changes = time.monotonic(), feed.standing_changes
            found = await self.actor(connection, is_activity=False)
            return found is not None and _standing(found) == _standing(viewer)

        return is_still_valid

    def guarded(self, app: ASGIApp) -> ASGIApp:
        """Refuse requests of other sites and bodies that are not JSON before anything reads them."""

        async def checked(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            refusal = refuse_foreign(request)
            body = await bounded_body(request, MAX_BODY_BYTES) if refusal is None else b""
            if body is None:
                refusal = problem(413, "request_too_large", "请求过大")
            await (refusal or app)(scope, again(body or b"", receive), send)

        return _AsgiOnly(checked)

    def signed_in(self, handler: Callable[[Request, Actor], Awaitable[Response]]) -> Handler:
        """Wrap a handler that needs a viewer."""

        async def checked(request: Request) -> Response:
            if request.method != "GET" and not is_same_origin(request.headers, request.headers.get("host", "")):
                return problem(403, "foreign_origin", "请求来源不被接受")
            actor = await self.actor(request)
            if actor is None:
                return problem(401, "unauthenticated", "请先登录")
            return await handler(request, actor)

        return checked


def _standing(actor: Actor) -> tuple[object, ...]:
    return actor.id, actor.court_id, actor.department_id, actor.roles, actor.courts, dict(actor.permissions)


class _AsgiOnly:
    """Keeps Starlette from taking the wrapped application for a request handler."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        await self._app(scope, receive, send)


def refuse_foreign(request: Request) -> Response | None:
    """The refusal of a changing request that is cross-site or not JSON; ``None`` when it may pass."""
    if request.method != "POST":
        return problem(405, "method_not_allowed", "只接受 POST")
    if not is_same_origin(request.headers, request.headers.get("host", "")):
        return problem(403, "foreign_origin", "请求来源不被接受")
    if not is_json(request):
        return problem(415, "json_required", "请求须为 application/json")
    return None


def language_of(connection: HTTPConnection) -> str:
    """``en`` when English is asked for first, else Chinese."""
    return "en" if connection.headers.get("accept-language", "").strip().lower().startswith("en") else "zh-CN"


def problem(status: int, code: str, message: str, **more: Any) -> JSONResponse:
    """An error outside GraphQL, with a stable code."""
    return JSONResponse({"code": code, "message": message, **more}, status_code=status)
