"""Signing in and out with a local password; the session lives on the server, the browser holds only its key."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ankuan.http.bodies import bounded_body
from ankuan.http.identify import Identify, problem, refuse_foreign
from ankuan.identity.sessions import end_session
from ankuan.identity.sign_in import SignedIn, sign_in
from ankuan.platform.actor import system_actor

MAX_BODY = 10_000
MAX_FIELD = 200


def routes(identify: Identify) -> list[Route]:
    """The two routes."""
    services = identify.services

    async def enter(request: Request) -> Response:
        refusal = refuse_foreign(request)
        if refusal is not None:
            return refusal
        given = await _credentials(request)
        if given is None:
            return problem(400, "bad_request", "请求格式错误")
        login, password = given
        async with services.database.write(system_actor("sign-in")) as session:
            result = await sign_in(
                session,
                login=login,
                password=password,
                remote=request.client.host if request.client else "",
                user_agent=request.headers.get("user-agent", "")[:MAX_FIELD],
                now=services.clock.now(),
            )
        if not isinstance(result, SignedIn):
            return problem(401, result.code, result.zh)
        response = JSONResponse({"viewer": {"name": result.actor.name, "roles": sorted(result.actor.roles)}})
        response.set_cookie(
            identify.cookie_name,
            result.token,
            httponly=True,
            secure=services.settings.cookie_secure,
            samesite="strict",
            path="/",
        )
        return response

    async def leave(request: Request) -> Response:
        refusal = refuse_foreign(request)
        if refusal is not None:
            return refusal
        token = request.cookies.get(identify.cookie_name)
        if token:
            async with services.database.write(system_actor("sign-in")) as session:
                await end_session(session, token=token, now=services.clock.now())
        response = JSONResponse({"signedOut": True})
        response.delete_cookie(identify.cookie_name, path="/", httponly=True, samesite="strict")
        return response

    return [Route("/auth/sign-in", enter, methods=["POST"]), Route("/auth/sign-out", leave, methods=["POST"])]


async def _credentials(request: Request) -> tuple[str, str] | None:
    body = await bounded_body(request, MAX_BODY)
    try:
        given: Any = json.loads(body) if body is not None else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    login, password = given.get("login"), given.get("password")
    if (
        not isinstance(login, str)
        or not isinstance(password, str)
        or len(login) > MAX_FIELD
        or len(password) > MAX_FIELD
    ):
        return None
    return login, password
