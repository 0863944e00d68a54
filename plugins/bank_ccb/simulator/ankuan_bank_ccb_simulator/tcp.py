"""The wire port: read to the end of the stream, answer, close; with the faults of the book around it."""

import asyncio

from ankuan_bank_ccb_simulator.operations import OPERATIONS, refusal
from ankuan_bank_ccb_simulator.wire import CHARSET, Ask, Reply, WireRefusal, read_ask, write_reply
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import converse
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import TcpLink
from ankuan_simcore.models import RefusedError
from ankuan_simcore.wires import Context, StreamHandler

_LARGEST = 1024 * 1024


def _answer(bank: Bank, ask: Ask, plans: list[Plan]) -> bytes:
    try:
        operation = OPERATIONS.get(ask.head.get("TX_CODE", ""))
        if operation is None:
            raise WireRefusal("0130Z1100003", "交易码不支持")
        reply = operation(bank, ask, plans)
    except WireRefusal as wrong:
        reply = Reply(wrong.code, wrong.text)
    except RefusedError as refused:
        reply = Reply(*refusal(refused.reason))
    if plan := find(plans, Fault.CLIENT_CODE):
        reply = Reply(plan.text("code", "WLPT00000099"), "与银行通讯异常，请查询确认")
    if plan := find(plans, Fault.UNKNOWN_CODE):
        reply = Reply(plan.text("code", "?"), "交易状态未知，请查询确认")
    return write_reply(ask, reply)


def wire_handler(bank: Bank, book: FaultBook, _context: Context) -> StreamHandler:
    """One connection, one request, one answer."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = await reader.read(_LARGEST)
        while part := await reader.read(_LARGEST):
            body += part
        if not body:
            return  # a supervisor asking whether anybody listens
        link = TcpLink(writer)
        try:
            ask = read_ask(body)
        except WireRefusal as wrong:
            await link.send(write_reply(None, Reply(wrong.code, wrong.text)))
            return
        action = ask.head.get("TX_CODE", "")
        # The connect call that goes before others meets no faults of theirs, only those scripted for it by name.
        reference = ask.head["REQUEST_SN"] if action == "6W8020" else ask.info.get("REQUEST_SN1", "")
        if action == "6W9101":
            await link.send(_answer(bank, ask, []))
            return
        await converse(
            bank,
            book,
            link,
            action=action,
            client_ref=reference,
            answer=lambda plans: _answer(bank, ask, plans),
            charset=CHARSET,
        )

    return handle
