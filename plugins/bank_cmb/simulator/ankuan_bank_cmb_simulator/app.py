"""The wire port: one POST, dispatched by function, with the faults of the book around it."""

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan_bank_cmb_simulator.accounts import balances, open_unit, unit_balance
from ankuan_bank_cmb_simulator.calls import Caller
from ankuan_bank_cmb_simulator.codes import REFUSALS, UNKNOWN_FUNCTION, WireRefusal
from ankuan_bank_cmb_simulator.keys import CUSTOMER_KEY, Keys, load_keys, seal, spoiled_secret
from ankuan_bank_cmb_simulator.payments import batch_rows, pay, pay_batch, status, transfer
from ankuan_bank_cmb_simulator.receipts import ReceiptDesk
from ankuan_bank_cmb_simulator.statements import account_lines, returned, unit_history, unit_today
from ankuan_bank_cmb_simulator.wire import (
    PLACEHOLDER,
    Ask,
    Door,
    PlainRefusal,
    Reply,
    identity,
    signed,
    write_reply,
)
from ankuan_simcore.bank import Bank
from ankuan_simcore.clock import SHANGHAI
from ankuan_simcore.delivery import converse
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import HttpLink
from ankuan_simcore.models import RefusedError
from ankuan_simcore.wires import Context

USER = "N003460102"
AT_ONCE = 20
_MEDIA = "text/plain; charset=utf-8"
Handler = Callable[[Bank, Ask, list[Plan]], Reply]


def settings(context: Context, _main: str | None) -> dict[str, str]:
    """How the plugin reaches this bank. The customer's key lies in the keys' folder, under that name."""
    keys = load_keys(context)
    return {
        "endpoint": context.url("wire"),
        "user_id": USER,
        "signer": "signer_softkey",
        "signing_key": CUSTOMER_KEY,
        "bank_public_key": keys.bank_public_pem,
        "symmetric_key": (context.keys / "bank_cmb.sm4").read_text(encoding="ascii"),
        "branch": "53",
    }


class Counter:
    """The counter behind the door: does what is asked, and wraps what is answered."""

    def __init__(self, bank: Bank, book: FaultBook, context: Context, keys: Keys) -> None:
        self._bank = bank
        self._book = book
        self._notices = context.notifier
        self._keys = keys
        self._door = Door(USER, keys)
        self._inside = 0
        self.receipts = ReceiptDesk(lambda task: context.url("wire", f"/receipts/{task}.pdf"))
        self._handlers: dict[str, Handler] = {
            "NTDMAADD": open_unit,
            "NTQADINF": balances,
            "NTDMABAL": unit_balance,
            "trsQryByBreakPoint": account_lines,
            "NTDMTHLS": unit_history,
            "NTDMTLST": unit_today,
            "BB1PAYOP": pay,
            "BB1PAYBH": pay_batch,
            "BB1PAYQR": status,
            "BB1QRYBD": batch_rows,
            "BB1PAYQB": returned,
            "NTDMITRX": transfer,
            "ASYCALHD": self.receipts.order,
            "DCTASKID": self.receipts.place,
        }

    async def serve(self, request: Request) -> Response:
        """One request. The user's twenty-first at the same time is refused."""
        self._inside += 1
        try:
            if self._inside > AT_ONCE:
                return Response("CDCServer:ErrMsg=并发请求超过上限", media_type=_MEDIA)
            return await self._serve(request)
        except PlainRefusal as refusal:
            return Response(str(refusal), media_type=_MEDIA)
        finally:
            self._inside -= 1

    async def _serve(self, request: Request) -> Response:
        ask = self._door.read(await request.body())
        met: list[Plan] = []
        link = HttpLink(request, _MEDIA)

        def answer(plans: list[Plan]) -> bytes:
            met.extend(plans)
            return write_reply(ask, self._answer(ask, plans), datetime.now(SHANGHAI))

        await converse(
            self._bank,
            self._book,
            link,
            action=ask.function,
            client_ref=ask.reference,
            answer=answer,
            charset="utf-8",
            frame=lambda text: self._frame(text, met),
            notices=self._notices,
        )
        return link.response

    def _answer(self, ask: Ask, plans: list[Plan]) -> Reply:
        handler = self._handlers.get(ask.function)
        try:
            if handler is None:
                raise WireRefusal(*UNKNOWN_FUNCTION, detail=ask.function)
            reply = handler(self._bank, ask, plans)
        except WireRefusal as refusal:
            reply = Reply(refusal.code, refusal.text)
        except RefusedError as refusal:
            reply = Reply(*REFUSALS[refusal.reason])
        if plan := find(plans, Fault.UNKNOWN_CODE):
            return Reply(plan.text("code", "SIM9999"), "业务状态未知，请查询确认")
        return reply

    def _frame(self, text: bytes, plans: list[Plan]) -> bytes:
        """Sign, put the signature in, encrypt. A text with no place for a signature goes unsigned."""
        if find(plans, Fault.CLIENT_CODE):
            return "CDCServer:ErrMsg=后台通讯异常，请查询确认".encode()
        if PLACEHOLDER.encode() in text:
            secret = spoiled_secret() if find(plans, Fault.WRONG_SIGNATURE) else self._keys.bank
            text = signed(text, secret, USER)
        return seal(text, self._keys.symmetric, identity(USER))


def wire_app(bank: Bank, book: FaultBook, context: Context) -> Starlette:
    """The application behind the wire port."""
    keys = load_keys(context)
    counter = Counter(bank, book, context, keys)
    caller = Caller(bank, keys, USER)
    context.notifier.register(caller.make, caller.forge)

    async def receipt(request: Request) -> Response:
        return counter.receipts.hand_out(bank, request)

    return Starlette(
        routes=[
            Route("/receipts/{task}.pdf", receipt, methods=["GET"]),
            Route("/{path:path}", counter.serve, methods=["POST"]),
        ]
    )
