"""Liveness, readiness and metrics."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import ankuan
from ankuan.banking.host_metrics import exposition, host_figures
from ankuan.http.services import Services
from ankuan.platform.actor import system_actor


def routes(services: Services) -> list[Route]:
    """``/healthz`` answers while the process lives, ``/readyz`` well only with a database behind it."""

    async def alive(_: Request) -> Response:
        return JSONResponse({"alive": True, "version": ankuan.__version__})

    async def ready(_: Request) -> Response:
        try:
            async with services.database.read(system_actor("health")) as session:
                await session.execute(text("select 1"))
        except (SQLAlchemyError, OSError):
            return JSONResponse({"ready": False, "version": ankuan.__version__}, status_code=503)
        return JSONResponse({"ready": True, "version": ankuan.__version__})

    async def metrics(_: Request) -> Response:
        """This process's own figures, and those of the plugin host for all processes while there is a database."""
        try:
            async with services.database.read(system_actor("metrics")) as session:
                host = exposition(await host_figures(session, services.plugins))
        except (SQLAlchemyError, OSError):
            host = b""
        return Response(generate_latest() + host, media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]
