"""The wire port: one POST, dispatched by transaction code, with the faults of the book around it."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan_bank_boc_simulator.operations import OPERATIONS, TOKEN, refusal
from ankuan_bank_boc_simulator.wire import CHARSET, NO_TOKEN, Ask, WireRefusal, read_ask, text, write_error, write_reply
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import converse
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import HttpLink
from ankuan_simcore.models import RefusedError
from ankuan_simcore.wires import Context

_MEDIA = "application/xml; charset=UTF-8"
SIGN_IN = "b2e0001"


def _answer(bank: Bank, ask: Ask, plans: list[Plan]) -> bytes:
    try:
        operation = OPERATIONS.get(ask.operation)
        if operation is None:
            raise WireRefusal("B105", "交易码不支持")
        if ask.operation != SIGN_IN and ask.head.get("token") != TOKEN:
            raise WireRefusal(*NO_TOKEN)
        reply = write_reply(ask.operation, operation(bank, ask, plans))
    except WireRefusal as wrong:
        reply = write_error(wrong.code, wrong.text)
    except RefusedError as refused:
        reply = write_error(*refusal(refused.reason))
    if plan := find(plans, Fault.CLIENT_CODE):
        reply = write_error(plan.text("code", "E0001"), "与银行通讯异常，请查询确认")
    if plan := find(plans, Fault.UNKNOWN_CODE):
        reply = write_error(plan.text("code", "?"), "交易状态未知，请查询确认")
    return reply


def wire_app(bank: Bank, book: FaultBook, _context: Context) -> Starlette:
    """The application behind the wire port."""

    async def serve(request: Request) -> Response:
        link = HttpLink(request, _MEDIA)
        try:
            ask = read_ask(await request.body())
        except WireRefusal as wrong:
            await link.send(write_error(wrong.code, wrong.text))
            return link.response
        if ask.operation == SIGN_IN:
            # The sign-in before each group of calls meets no faults of theirs.
            await link.send(_answer(bank, ask, []))
            return link.response
        await converse(
            bank,
            book,
            link,
            action=ask.operation,
            client_ref=text(ask.rows[0], "insid") if ask.rows else "",
            answer=lambda plans: _answer(bank, ask, plans),
            charset=CHARSET,
        )
        return link.response

    return Starlette(routes=[Route("/B2EC/E2BServlet", serve, methods=["POST"])])
