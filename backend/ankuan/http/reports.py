"""Files of reports: drawn to the disk, then sent from it; nothing of a report is kept."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ankuan.http.identify import Identify, problem
from ankuan.insight.reports.draw import draw_report
from ankuan.insight.reports.files import FORMATS
from ankuan.insight.reports.offer import find_report
from ankuan.insight.reports.period import read_period
from ankuan.kernel.errors import AnkuanError, ErrorKind, NotAllowed
from ankuan.platform.actor import Actor
from ankuan.platform.graphql.ids import expect_id

STATUS: Final = {ErrorKind.INVALID: 400, ErrorKind.NOT_ALLOWED: 403, ErrorKind.NOT_FOUND: 404, ErrorKind.REFUSED: 500}
AT_ONCE: Final = 2
"""Reports that one process draws at the same time; others wait, so that pages stay quick."""
LIMIT_SECONDS: Final = 600
CHUNK: Final = 256 * 1024


def routes(identify: Identify) -> list[Route]:
    """``GET /reports/{id}.{xlsx|csv}?first=YYYY-MM-DD&last=YYYY-MM-DD&court=…``; the viewer's own court by default."""
    services = identify.services
    turns = asyncio.Semaphore(AT_ONCE)

    async def draw(request: Request, actor: Actor, folder: Path) -> tuple[Path, str]:
        given = request.query_params
        ending = request.path_params["ending"]
        report = find_report(services.plugins, request.path_params["report"], ending)
        period = read_period(given.get("first", ""), given.get("last", ""))
        court_id = _court(actor, given.get("court"))
        async with turns, asyncio.timeout(LIMIT_SECONDS):
            return await draw_report(
                services.database,
                identify.gate,
                actor,
                report=report,
                court_id=court_id,
                period=period,
                ending=ending,
                folder=folder,
            )

    async def send(request: Request, actor: Actor) -> Response:
        # The folder goes at once; the open file lives until it is sent or the client has gone.
        with tempfile.TemporaryDirectory(prefix="ankuan-report-") as folder:
            try:
                path, name = await draw(request, actor, Path(folder))
            except AnkuanError as error:
                return problem(STATUS.get(error.kind, 409), error.code, error.zh, field=error.field)
            except TimeoutError:
                return problem(503, "report_too_slow", "报表生成超时，请缩短期间")
            file = path.open("rb")
        return StreamingResponse(
            _chunks(file),
            media_type=FORMATS[request.path_params["ending"]][1],
            headers={"Content-Disposition": _attachment(name)},
        )

    return [Route("/reports/{report}.{ending}", identify.signed_in(send), methods=["GET"])]


def _court(actor: Actor, given: str | None) -> int:
    if given:
        return expect_id(given, "Court", field="court").court_id
    if actor.court_id is None:
        raise NotAllowed("请指明法院", "Say which court", field="court")
    return actor.court_id


def _attachment(name: str) -> str:
    """RFC 6266: a name in ASCII for old clients, the real one as RFC 5987 has it."""
    plain = f"report.{name.rpartition('.')[2]}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
