"""The ASGI end of GraphQL: who is asking, size and form of the body, a deadline, sockets that end with the session."""

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.streaming import HTTPStreamTransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from ankuan.platform.graphql.context import Context, NotSignedIn

MAX_BODY_BYTES = 1024 * 1024
MAX_NESTING = 40
DEADLINE_SECONDS = 10
FRAMES_KEPT = 32
"""Encoded events kept for the sockets that follow; each keeps its data, so that an identity is never reused."""
_INTROSPECTION = re.compile(r"\b__(schema|type)\b")
MakeContext = Callable[[Request | WebSocket, Response | WebSocket], Awaitable[Context]]


class Refusal(HTTPException):
    """A request that is not executed at all; answered with a status and, as everywhere, a stable code."""

    def __init__(self, status: int, code: str, reason: str) -> None:
        super().__init__(status, reason)
        self.code = code


class GraphQLView(GraphQL[Context, None]):
    """GraphQL over POST, SSE and ``graphql-transport-ws``. Queries by GET are off: URLs end up in logs."""

    def __init__(self, schema: Any, *, make_context: MakeContext, allowed_origins: Sequence[str] = ()) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            keep_alive=True,
            keep_alive_interval=20,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL],
            allowed_origins=allowed_origins,
        )
        self._make_context = make_context
        self._frames: OrderedDict[int, tuple[object, str]] = OrderedDict()

    async def run(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer. What is refused before execution has the form of a GraphQL error too."""
        try:
            return await super().run(request, *args, **kwargs)
        except HTTPException as refused:
            if request.scope["type"] != "http":
                raise
            code = refused.code if isinstance(refused, Refusal) else "bad_request"
            errors = [{"message": refused.reason, "extensions": {"code": code}}]
            return JSONResponse({"data": None, "errors": errors}, status_code=refused.status_code)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Build the context from the session cookie or the bearer token."""
        return await self._make_context(request, response)

    async def on_ws_connect(self, context: Context) -> Any:
        """A socket is for people and programs that are signed in."""
        if context.viewer is None:
            raise ConnectionRejectionError({"code": NotSignedIn.code})
        return await super().on_ws_connect(context)

    async def execute_operation(  # noqa: PLR0917 - the signature is the library's
        self,
        request: Any,
        request_adapter: Any,
        request_data: Any,
        context: Context,
        root_value: Any,
        sub_response: Any,
    ) -> Any:
        """Run one operation within the deadline. Subscriptions return at once and are bounded by their session."""
        if context.viewer is None and _INTROSPECTION.search(request_data.query or ""):
            raise Refusal(401, NotSignedIn.code, "Introspection needs a sign-in")
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await super().execute_operation(
                    request, request_adapter, request_data, context, root_value, sub_response
                )
        except TimeoutError:
            raise Refusal(503, "deadline_exceeded", "Time limit exceeded") from None

    def _get_stream_transport_from_headers(self, headers: Mapping[str, str]) -> HTTPStreamTransport | None:
        """Stream only to who asks for a stream alone: some clients list it among many forms they could read."""
        accepts = next((value for key, value in headers.items() if key.lower() == "accept"), "")
        return None if "json" in accepts else super()._get_stream_transport_from_headers(headers)

    def decode_json(self, data: str | bytes) -> object:
        """Bounded in size and nesting before anything else looks at it. A body is bytes, a socket's message text."""
        try:
            return _decode(data)
        except Refusal as refused:
            if isinstance(data, bytes):
                raise
            # The only error that ends a socket with a reason instead of a defect.
            raise json.JSONDecodeError(refused.reason, data[:64], 0) from refused

    def encode_json(self, data: object) -> str:
        """Chinese stays readable and short on the wire. Shared events are encoded once for all their sockets."""
        if isinstance(data, dict) and data.get("type") == "next" and data["payload"].keys() == {"data"}:
            told = self._encoded(data["payload"]["data"])
            return f'{{"id":{json.dumps(data["id"])},"type":"next","payload":{{"data":{told}}}}}'
        return _encode(data)

    def _encoded(self, shared: object) -> str:
        kept = self._frames.get(id(shared))
        if kept is None or kept[0] is not shared:
            kept = self._frames[id(shared)] = (shared, _encode(shared))
            while len(self._frames) > FRAMES_KEPT:
                self._frames.popitem(last=False)
        return kept[1]


def _encode(data: object) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _decode(data: str | bytes) -> object:
    if len(data) > MAX_BODY_BYTES:
        raise Refusal(413, "request_too_large", "Request body too large")
    if isinstance(data, bytes):
        try:
            data = data.decode()
        except UnicodeDecodeError:
            raise Refusal(400, "not_utf8", "Request body is not UTF-8") from None
    if _nesting(data) > MAX_NESTING:
        raise Refusal(400, "nested_too_deeply", "Request body is nested too deeply")
    try:
        given = json.loads(data)
    except ValueError:  # among them: a number of more digits than Python reads
        raise Refusal(400, "not_json", "Request body is not JSON") from None
    if not isinstance(given, dict):
        raise Refusal(400, "one_operation_per_request", "Request body must be one object")
    payload = given.get("payload", {})  # of a socket's message
    for operation in (given, payload if isinstance(payload, dict) else {}):
        if not all(isinstance(operation.get(name), str | None) for name in ("id", "query", "operationName")):
            raise Refusal(400, "bad_request", "id, query and operationName must be text")
    return given


def _nesting(text: str) -> int:
    """Upper bound of the nesting of a JSON text: brackets outside strings, without parsing."""
    deepest = depth = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest
