"""Documents: the electronic payment receipt with the public page that verifies it, and orders on paper."""

import html
from collections.abc import Sequence
from typing import Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ankuan.banking.print_order import MOST, PaperOrderNotFound, print_orders
from ankuan.disbursement.payment_receipt import render_payment_receipt, verify_check_code
from ankuan.http.identify import Identify, problem
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.actor import Actor, system_actor
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.jobs import JobContext

STATUS = {ErrorKind.NOT_FOUND: 404, ErrorKind.NOT_ALLOWED: 403}
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>电子回单查验</title></head>
<body><main><h1>电子回单查验</h1>{body}</main></body></html>"""


def routes(identify: Identify) -> list[Route]:
    """PDF for the court's people, verification for anybody who holds the paper."""
    services = identify.services

    async def receipt(request: Request, actor: Actor) -> Response:
        try:
            ref = expect_id(request.path_params["line"], "DisbursementLine", field="line")
            identify.gate.require(actor, "disbursement.read", court_id=ref.court_id)
            async with services.database.write(actor) as session:
                pdf = await render_payment_receipt(
                    session,
                    court_id=ref.court_id,
                    line_id=ref.uuid,
                    now=services.clock.now(),
                    verify_base_url=_base_url(request, services.settings.public_url),
                )
        except AnkuanError as error:
            return problem(STATUS.get(error.kind, 409), error.code, error.zh)
        headers = {"Content-Disposition": 'inline; filename="receipt.pdf"'}
        return Response(pdf, media_type="application/pdf", headers=headers)

    async def order(request: Request, actor: Actor) -> Response:
        return await paper(actor, [request.path_params["instruction"]], "order")

    async def order_list(request: Request, actor: Actor) -> Response:
        return await paper(actor, request.query_params.getlist("instruction"), "list")

    async def paper(actor: Actor, ids: Sequence[str], sheet: Literal["order", "list"]) -> Response:
        """An order that is carried to the bank: only who may release payments gets it."""
        try:
            refs = [expect_id(one, "Instruction", field="instruction") for one in ids[: MOST + 1]]
            for ref in refs:
                identify.gate.require(actor, "disbursement.release", court_id=ref.court_id)
            if len({ref.court_id for ref in refs}) != 1:
                raise PaperOrderNotFound("付款指令不存在", "No such payment order")
            keys = [ref.uuid for ref in refs]
            context = JobContext(
                services.database, services.clock, services.plugins, services.settings, services.cipher
            )
            pdf = await print_orders(context, actor, court_id=refs[0].court_id, instruction_ids=keys, sheet=sheet)
        except AnkuanError as error:
            return problem(STATUS.get(error.kind, 409), error.code, error.zh)
        headers = {"Content-Disposition": f'inline; filename="{sheet}.pdf"'}
        return Response(pdf, media_type="application/pdf", headers=headers)

    async def verify(request: Request) -> Response:
        code = request.path_params["code"]
        async with services.database.read(system_actor("verification")) as session:
            found = await verify_check_code(session, code) if code.isascii() and len(code) <= 64 else None
        if found is None:
            body = "<p>查无此回单，请核对校验码。</p>"
            return HTMLResponse(PAGE.format(body=body), status_code=404)
        rows = "".join(f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in found.facts())
        return HTMLResponse(PAGE.format(body=f"<p>✓ 回单真实有效</p><dl>{rows}</dl>"))

    return [
        Route("/payment-receipts/{line}.pdf", identify.signed_in(receipt), methods=["GET"]),
        Route("/payments/orders.pdf", identify.signed_in(order_list), methods=["GET"]),
        Route("/payments/{instruction}/order.pdf", identify.signed_in(order), methods=["GET"]),
        Route("/verify/{code}", verify, methods=["GET"]),
    ]


def _base_url(request: Request, public_url: str) -> str:
    return public_url.rstrip("/") or f"{request.url.scheme}://{request.headers.get('host', '')}"
