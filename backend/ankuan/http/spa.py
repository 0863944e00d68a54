"""The single-page frontend as static files; every other path answers with its shell."""

from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import ankuan

PACKAGED = Path(ankuan.__file__).parent / "assets" / "spa"
CHECKOUT = Path(ankuan.__file__).parents[2] / "frontend" / "dist"
NONCE_PLACEHOLDER = "__CSP_NONCE__"


class HashedFiles(StaticFiles):
    """Files with a content hash in their name never change; browsers may keep them."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Add the cache header."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def folder() -> Path | None:
    """Where the built frontend is: packaged in a wheel, or built in a checkout."""
    return next((f for f in (PACKAGED, CHECKOUT) if (f / "index.html").exists()), None)


def routes() -> list[Route | Mount]:
    """Assets, and the shell for deep links. Without a built frontend a page says how to build it."""
    built = folder()

    async def shell(request: Request) -> Response:
        if built is None:
            return PlainTextResponse("The frontend has not been built: run `make setup`.", status_code=503)
        path = request.path_params.get("path", "")
        direct = _file(built, path)
        if direct is not None:
            return FileResponse(direct)
        return HTMLResponse(_index(built).replace(NONCE_PLACEHOLDER, request.scope["csp_nonce"]))

    mounted = (
        [Mount("/assets", HashedFiles(directory=built / "assets"))] if built and (built / "assets").exists() else []
    )
    return [*mounted, Route("/{path:path}", shell, methods=["GET"])]


def _file(built: Path, path: str) -> Path | None:
    """The built file of this path; ``None`` for paths of the interface itself and for those that no file can have."""
    try:
        direct = (built / path).resolve()
        return direct if path and direct.is_file() and direct.is_relative_to(built.resolve()) else None
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=1)
def _index(built: Path) -> str:
    return (built / "index.html").read_text(encoding="utf-8")
