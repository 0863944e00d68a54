"""Upload of files that a mutation then reads (case lists, bank statements)."""

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ankuan.http.bodies import bounded_body
from ankuan.http.identify import Identify, problem
from ankuan.kernel.errors import AnkuanError
from ankuan.platform.actor import Actor
from ankuan.platform.files import MAX_FILE_BYTES, FileTooLarge, store_file
from ankuan.platform.graphql.ids import global_id


def routes(identify: Identify) -> list[Route]:
    """One route: the raw body is the file, its name stands percent-encoded in ``X-File-Name``."""
    services = identify.services

    async def upload(request: Request, actor: Actor) -> Response:
        if request.headers.get("content-type", "").split(";")[0].strip() != "application/octet-stream":
            return problem(415, "octet_stream_required", "请以 application/octet-stream 上传")
        if actor.court_id is None:
            return problem(403, "not_allowed", "当前用户不属于任何法院")
        name = unquote(request.headers.get("x-file-name", "")) or "upload"
        try:
            content = await bounded_body(request, MAX_FILE_BYTES)
            if content is None:
                raise FileTooLarge("文件超过 20 MB", "The file is larger than 20 MB", field="file")
            async with services.database.write(actor) as session:
                file_id = await store_file(
                    session, court_id=actor.court_id, name=name, content=content, now=services.clock.now()
                )
        except AnkuanError as error:
            return problem(413, error.code, error.zh)
        return JSONResponse({"fileId": global_id("File", actor.court_id, file_id), "name": name, "size": len(content)})

    return [Route("/files", identify.signed_in(upload), methods=["POST"])]
