"""Builds the Starlette application of one API process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from ankuan.api.schema import schema
from ankuan.api.view import GraphQLView
from ankuan.http import bank_notices, documents, files, health, reports, sign_in, spa
from ankuan.http.identify import Identify
from ankuan.http.security import SecurityHeaders
from ankuan.http.services import Services, open_services
from ankuan.platform.bus import EventBus
from ankuan.platform.logs import configure_logs
from ankuan.platform.settings import Settings


def make_app(settings: Settings, bus: EventBus) -> Starlette:
    """The application. Connections are opened when it starts and given back when it stops."""
    configure_logs()
    services = Services(settings)
    identify = Identify(services)
    view = GraphQLView(schema, make_context=identify.context)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_services(services, bus):
            app.state.services = services
            yield

    return Starlette(
        routes=[
            Route("/graphql", identify.guarded(view), methods=["GET", "POST"]),
            WebSocketRoute("/graphql", view),
            *sign_in.routes(identify),
            *files.routes(identify),
            *documents.routes(identify),
            *bank_notices.routes(services),
            *reports.routes(identify),
            *health.routes(services),
            *spa.routes(),
        ],
        middleware=[Middleware(SecurityHeaders, https=settings.cookie_secure)],
        lifespan=lifespan,
    )
