"""The counter: ``POST /orders/{account}`` with what the QR code says, ``GET /statements/{account}.sta?date=``."""

import hashlib
import re
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan_bank_paper_simulator.mt940 import statement_file
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import converse
from ankuan_simcore.faults import FaultBook, Plan
from ankuan_simcore.link import HttpLink
from ankuan_simcore.models import AccountKind, Order, OrderState, RefusedError
from ankuan_simcore.wires import Context

_AMOUNT = re.compile(r"(\d{1,11})\.(\d{2})", re.ASCII)


class Unreadable(Exception):
    """The teller can't read the sheet."""


def read_qr(text: str, account: str, submitted_at: str) -> Order:
    """The order that a QR code speaks of."""
    told, _, check = text.strip().rpartition("*")
    parts = told.split("*")
    if parts[:2] != ["ANKUAN-PAY", "1"] or len(parts) != 7:
        raise Unreadable("form")
    if hashlib.sha256(told.encode()).hexdigest()[:8] != check:
        raise Unreadable("check")
    reference, amount, payee, name, bank = (unquote(part, errors="strict") for part in parts[2:])
    found = _AMOUNT.fullmatch(amount)
    if found is None:
        raise Unreadable("amount")
    return Order(
        client_ref=reference,
        action="paper",
        payer=account,
        payee=payee,
        payee_name=name,
        payee_bank=bank,
        fen=int(found[1]) * 100 + int(found[2]),
        remark=f"案款 {reference}",
        state=OrderState.SETTLED,
        submitted_at=submitted_at,
    )


def wire_app(bank: Bank, book: FaultBook, _context: Context) -> Starlette:
    """The application behind the counter's port."""

    async def take(request: Request) -> Response:
        link = HttpLink(request, "text/plain; charset=utf-8")
        text = (await request.body()).decode("utf-8", errors="replace")
        account = request.path_params["account"]

        def answer(plans: list[Plan]) -> bytes:
            try:
                order = read_qr(text, account, bank.state.clock.now().isoformat(timespec="seconds"))
                taken = bank.submit(order, plans)
            except (Unreadable, UnicodeDecodeError) as wrong:
                return f"退回：凭证无法识别（{wrong}）".encode()
            except RefusedError as refusal:
                return f"退回：{refusal.reason}".encode()
            return f"{taken.state.value} {taken.client_ref}".encode()

        await converse(bank, book, link, action="paper", client_ref="", answer=answer, charset="utf-8")
        return link.response

    async def statement(request: Request) -> Response:
        account = request.path_params["account"]
        try:
            bank.account(account, AccountKind.MAIN)
        except RefusedError:
            return Response("查无此账户", status_code=404)
        day = request.query_params.get("date", bank.today)
        return Response(statement_file(bank.statement(account, day)), media_type="text/plain; charset=utf-8")

    return Starlette(
        routes=[
            Route("/orders/{account}", take, methods=["POST"]),
            Route("/statements/{account}.sta", statement, methods=["GET"]),
        ]
    )
