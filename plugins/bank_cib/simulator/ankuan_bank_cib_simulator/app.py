"""The wire port: one POST, dispatched by operation, with the faults of the book around it; files by GET."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan_bank_cib_simulator.accounts import open_many
from ankuan_bank_cib_simulator.calls import Caller, notice_secret
from ankuan_bank_cib_simulator.payments import move, pay, pay_batch, pay_from_sub, status
from ankuan_bank_cib_simulator.receipts import ReceiptDesk, file_of
from ankuan_bank_cib_simulator.statements import main_statement, sub_statement
from ankuan_bank_cib_simulator.wire import (
    BAD_MESSAGE,
    CHARSET,
    TEXTS,
    Ask,
    Tag,
    WireRefusal,
    answer_to,
    needed,
    read_ask,
    refused_sign_on,
)
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import converse
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import HttpLink
from ankuan_simcore.models import RefusedError
from ankuan_simcore.wires import Context

CUSTOMER, USER, PASSWORD = "1100000001", "court01", "f0x-test-pass"
_MEDIA = "application/x-fox; charset=GBK"
Operation = Callable[[Bank, Ask, list[Plan]], list[Tag]]
_ORDERS: dict[str, Operation] = {
    "XFERTRN": pay,
    "VATTRN": pay_from_sub,
    "VSAINTRSFTRN": move,
    "RBATCHTRSFRTRN": pay_batch,
}


def settings(context: Context, _main: str | None) -> dict[str, str]:
    """A fund account's settings by which the plugin reaches this simulator."""
    return {
        "endpoint": context.url(),
        "customer_no": CUSTOMER,
        "user_id": USER,
        "user_password": PASSWORD,
        "sub_account_from": "600000",
        "receipt_after_days": "0",
        "notice_secret": notice_secret(context),
    }


class _Desk:
    """What the operations of one bank are."""

    def __init__(self, bank: Bank) -> None:
        receipts = ReceiptDesk()
        self.bank = bank
        self.operations: dict[str, Operation] = {
            **_ORDERS,
            "XFERINQTRN": status,
            "VSABATCHOPENTRN": open_many,
            "BALNTRADEINQUIRYTRN": main_statement,
            "VATSTMTTRN": sub_statement,
            "ELECTRONICRECEIPTTRN": receipts.order,
            "ASYNRECEIPTINFOTRN": receipts.files,
        }

    def answer(self, ask: Ask, plans: list[Plan]) -> bytes:
        """The answer to a request of a known user."""
        now = f"{self.bank.state.clock.now():%Y-%m-%d %H:%M:%S}"
        try:
            operation = self.operations.get(ask.operation)
            if operation is None:
                raise WireRefusal("2003", "交易不支持")
            content, code = operation(self.bank, ask, plans), ("0", "")
        except WireRefusal as wrong:
            content, code = [], (wrong.code, wrong.text)
        except RefusedError as refused:
            content, code = [], ("2012", TEXTS.get(refused.reason, "交易状态不允许"))
        if plan := find(plans, Fault.CLIENT_CODE):
            content, code = [], (plan.text("code", "9001"), "代理与银行通讯异常，请查询确认")
        if plan := find(plans, Fault.UNKNOWN_CODE):
            content, code = [], (plan.text("code", "9999"), "交易状态未知，请查询确认")
        return answer_to(ask, now, content, code)


def _is_known(ask: Ask) -> bool:
    told = (ask.sign_on["CID"], ask.sign_on["USERID"], ask.sign_on["USERPASS"])
    return told == (CUSTOMER, USER, PASSWORD)


def wire_app(bank: Bank, book: FaultBook, context: Context) -> Starlette:
    """The application behind the wire port."""
    desk = _Desk(bank)
    context.notifier.register(Caller(bank, notice_secret(context)).make)

    async def serve(request: Request) -> Response:
        link = HttpLink(request, _MEDIA)
        now = f"{bank.state.clock.now():%Y-%m-%d %H:%M:%S}"
        try:
            if not request.headers.get("content-type", "").startswith("application/x-fox"):
                raise WireRefusal(*BAD_MESSAGE, detail="Content-Type")
            ask = read_ask(await request.body())
        except WireRefusal as wrong:
            await link.send(refused_sign_on(now, (wrong.code, wrong.text)))
            return link.response
        if not _is_known(ask):
            await link.send(refused_sign_on(now))
            return link.response
        await converse(
            bank,
            book,
            link,
            action=ask.operation,
            client_ref=_about(ask),
            answer=lambda plans: desk.answer(ask, plans),
            charset=CHARSET,
            notices=context.notifier,
        )
        return link.response

    async def hand_out(request: Request) -> Response:
        file_id = request.path_params["file_id"]
        content = file_of(bank, file_id)
        if content is None:
            return Response(status_code=404)
        link = HttpLink(request, "application/pdf")
        await converse(
            bank, book, link, action="DOWNLOAD", client_ref="", answer=lambda _plans: content, charset="latin-1"
        )
        return link.response

    routes = [Route("/download/{file_id}", hand_out, methods=["GET"]), Route("/", serve, methods=["POST"])]
    return Starlette(routes=routes)


def _about(ask: Ask) -> str:
    """The reference that a message is about: its own, or the one it asks for."""
    if ask.operation in _ORDERS:
        return ask.transaction
    return needed(ask.node, "XFERINQRQ/CLIENTREF") if ask.node.find("XFERINQRQ/CLIENTREF") is not None else ""
