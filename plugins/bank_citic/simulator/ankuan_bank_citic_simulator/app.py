"""The wire port: one POST, dispatched by request code, with the faults of the book around it."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan_bank_citic_simulator.accounts import main_balance, register, signing, sub_balance, sub_balances
from ankuan_bank_citic_simulator.batches import batch_rows, batches, pay_batch
from ankuan_bank_citic_simulator.codes import REFUSALS, UNKNOWN_ACTION, WireRefusal
from ankuan_bank_citic_simulator.payments import adjust, between_subs, pay_from_main, pay_from_sub, status
from ankuan_bank_citic_simulator.receipts import handed_out, listed
from ankuan_bank_citic_simulator.statements import account_lines, main_lines, sub_lines
from ankuan_bank_citic_simulator.wire import CHARSET, Ask, Reply, as_told, read_ask, write_reply
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import converse
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import HttpLink
from ankuan_simcore.models import RefusedError
from ankuan_simcore.wires import Context

_MEDIA = "text/xml; charset=GBK"
_PLAIN: dict[str, Callable[[Bank, Ask], Reply]] = {
    "DLBREGSN": register,
    "DLSASQRY": signing,
    "DLBALQRY": main_balance,
    "DLSUBBAL": sub_balance,
    "DLEDCDTD": handed_out,
}
_PLANNED: dict[str, Callable[[Bank, Ask, list[Plan]], Reply]] = {
    "DLSBALQR": sub_balances,
    "DLOUTTRN": pay_from_main,
    "DLCTNSUB": pay_from_sub,
    "DLSINSUB": between_subs,
    "DLMIXSUB": adjust,
    "DLPAYBAT": pay_batch,
    "DLBATDET": batch_rows,
    "DLBATCOL": batches,
    "DLCIDSTT": status,
    "DLSTRNDT": sub_lines,
    "DLSUBDTL": account_lines,
    "DLTRNALL": main_lines,
    "DLEDDRSQ": listed,
}


def _answer(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    try:
        if plain := _PLAIN.get(ask.action):
            reply = plain(bank, ask)
        elif planned := _PLANNED.get(ask.action):
            reply = planned(bank, ask, plans)
        else:
            raise WireRefusal(*UNKNOWN_ACTION, detail=ask.action)
    except WireRefusal as refusal:
        reply = Reply(refusal.code, refusal.text)
    except RefusedError as refusal:
        reply = Reply(*REFUSALS[refusal.reason])
    if plan := find(plans, Fault.CLIENT_CODE):
        return Reply(plan.text("code", "ED11001"), "与银行通讯异常，请查询确认")
    if plan := find(plans, Fault.UNKNOWN_CODE):
        return Reply(plan.text("code", "EEEEEEE"), "交易状态未知，请查询确认")
    return as_told(reply, plans)


def wire_app(bank: Bank, book: FaultBook, _context: Context) -> Starlette:
    """The application behind the wire port."""

    async def serve(request: Request) -> Response:
        link = HttpLink(request, _MEDIA)
        try:
            ask = read_ask(await request.body())
        except WireRefusal as refusal:
            await link.send(write_reply(Reply(refusal.code, refusal.text)))
            return link.response
        await converse(
            bank,
            book,
            link,
            action=ask.action,
            client_ref=ask.text("clientID"),
            answer=lambda plans: write_reply(_answer(bank, ask, plans)),
            charset=CHARSET,
        )
        return link.response

    return Starlette(routes=[Route("/{path:path}", serve, methods=["POST"])])
