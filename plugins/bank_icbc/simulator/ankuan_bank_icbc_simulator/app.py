"""The two ports: the sign port makes signatures, the secure port checks them and hands requests to the bank."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan_bank_icbc_simulator.codes import BAD_SIGNATURE, REFUSALS, UNKNOWN_TRANSACTION, WireRefusal
from ankuan_bank_icbc_simulator.payments import fate, pay
from ankuan_bank_icbc_simulator.receipts import download
from ankuan_bank_icbc_simulator.signing import KEY_FILE, NotSigned, Seal, make_key
from ankuan_bank_icbc_simulator.statements import balance, of_before, of_cards, of_today
from ankuan_bank_icbc_simulator.wire import (
    CHARSET,
    ERROR,
    Ask,
    Reply,
    framed,
    read_ask,
    read_form,
    sign_page,
    write_reply,
)
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import after_commit, before_commit, converse, meet
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import HttpLink
from ankuan_simcore.models import RefusedError
from ankuan_simcore.wires import Context

SERVLET = "/servlet/ICBCCMPAPIReqServlet"
SIGN = "SIGN"
_SIGN_TYPE = "INFOSEC_SIGN/1.0"
_SIGNED = frozenset({"PAYENT", "DownEBill"})
_NAMED = {"TransCode": "TransCode", "CIS": "GroupCIS", "ID": "ID", "fSeqno": "PackageID"}
_BAD_FORM, _NO_BANK = b"-1001", "-2001"
_DESKS: dict[str, Callable[[Bank, Ask, list[Plan]], Reply]] = {
    "PAYENT": pay,
    "QPAYENT": fate,
    "QPD": of_today,
    "QHISD": of_before,
    "QRYGJDTL": of_cards,
    "QACCBAL": balance,
    "DownEBill": download,
}


def _seal(context: Context) -> Seal:
    return Seal(context.key_file(KEY_FILE, make_key))


def sign_app(bank: Bank, book: FaultBook, context: Context) -> Starlette:
    """The sign port. A script about one reference does not count what is signed: it means what the bank gets."""
    seal = _seal(context)

    async def serve(request: Request) -> Response:
        link = HttpLink(request, "text/html; charset=GBK")
        body = await request.body()
        plans = meet(bank, book, SIGN)
        if await before_commit(link, plans):
            return link.response
        reply = _signature(seal, body, request.headers.get("content-type", ""), plans)
        reply = book.answer_of_another(SIGN, _package(body), reply, plans)
        await after_commit(link, plans, reply, CHARSET)
        return link.response

    return Starlette(routes=[Route("/{path:path}", serve, methods=["POST"])])


def _signature(seal: Seal, body: bytes, media_type: str, plans: list[Plan]) -> bytes:
    if plan := find(plans, Fault.CLIENT_CODE) or find(plans, Fault.UNKNOWN_CODE):
        return sign_page(plan.text("code", "-26"))
    if media_type != _SIGN_TYPE or not _package(body):
        return sign_page("-1")
    signed = seal.signed(body)
    if find(plans, Fault.WRONG_SIGNATURE):
        # The signature is what comes last: another letter there, and it fits nothing.
        place = len(signed) - 8
        signed = signed[:place] + (b"B" if signed[place:][:1] == b"A" else b"A") + signed[place + 1 :]
    return sign_page("0", signed)


def _package(body: bytes) -> str:
    try:
        return read_ask(body).package
    except WireRefusal:
        return ""


def secure_app(bank: Bank, book: FaultBook, context: Context) -> Starlette:
    """The secure port: a form with the XML in it, signed or plain."""
    seal = _seal(context)

    async def serve(request: Request) -> Response:
        link = HttpLink(request, "text/plain; charset=GBK")
        form: dict[str, bytes] = {}
        try:
            form = read_form(await request.body())
            ask = _asked(seal, request, form)
        except ValueError:
            await link.send(ERROR + _BAD_FORM)
            return link.response
        except WireRefusal as refusal:
            named = Ask({pub: form[name].decode(CHARSET) for pub, name in _NAMED.items()}, {})
            await link.send(framed(write_reply(named, Reply(refusal.code, refusal.text), bank.state.clock.now())))
            return link.response
        await converse(
            bank,
            book,
            link,
            action=ask.trans_code,
            client_ref=_reference(ask),
            answer=lambda plans: _answer(bank, ask, plans),
            charset=CHARSET,
            frame=framed,
        )
        return link.response

    return Starlette(routes=[Route(SERVLET, serve, methods=["POST"])])


def _asked(seal: Seal, request: Request, form: dict[str, bytes]) -> Ask:
    """The request inside the form, which has to say the same as the form and the address."""
    data, code = form["reqData"], form["TransCode"].decode(CHARSET)
    try:
        ask = read_ask(seal.content(data) if code in _SIGNED else data)
    except NotSigned as wrong:
        raise WireRefusal(*BAD_SIGNATURE) from wrong
    said = [form[name].decode(CHARSET) for name in ("TransCode", "GroupCIS", "ID", "PackageID")]
    if said != [ask.trans_code, ask.pub["CIS"], ask.pub["ID"], ask.package]:
        raise ValueError("the form and the message differ")
    if [request.query_params.get(name, "") for name in ("userID", "PackageID")] != said[2:]:
        raise ValueError("the address and the message differ")
    return ask


def _reference(ask: Ask) -> str:
    """What a script about one reference means: a package that is sent, an order that is asked for."""
    if ask.trans_code == "QPAYENT":
        return ask.rows[0].get("QryiSeqno", "") if ask.rows else ask.text("QryfSeqno")
    return ask.package if ask.trans_code == "PAYENT" else ""


def _answer(bank: Bank, ask: Ask, plans: list[Plan]) -> bytes:
    try:
        desk = _DESKS.get(ask.trans_code)
        if desk is None:
            raise WireRefusal(*UNKNOWN_TRANSACTION, detail=ask.trans_code)
        reply = desk(bank, ask, plans)
    except WireRefusal as refusal:
        reply = Reply(refusal.code, refusal.text)
    except RefusedError as refusal:
        reply = Reply(*REFUSALS[refusal.reason])
    if plan := find(plans, Fault.CLIENT_CODE):
        return ERROR + plan.text("code", _NO_BANK).encode("ascii", errors="replace")
    if plan := find(plans, Fault.UNKNOWN_CODE):
        reply = Reply(plan.text("code", "E9999"), "交易状态未知，请查询确认")
    return write_reply(ask, reply, bank.state.clock.now())
