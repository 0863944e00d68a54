"""The wire port: a prefix of seven characters, as many bytes as it says, one answer; with the faults around it."""

import asyncio
import re

from ankuan_bank_abc_simulator.operations import OPERATIONS, refusal
from ankuan_bank_abc_simulator.wire import CHARSET, Ask, Reply, WireRefusal, framed, read_ask, write_reply
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import converse
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import TcpLink
from ankuan_simcore.models import RefusedError
from ankuan_simcore.wires import Context, StreamHandler

_PREFIX = re.compile(rb"0(\d{1,6}) *")


def _answer(bank: Bank, context: Context, ask: Ask, plans: list[Plan]) -> bytes:
    try:
        operation = OPERATIONS.get(ask.fields.get("CCTransCode", ""))
        if operation is None:
            raise WireRefusal("2003", "交易码不支持")
        reply = operation(bank, context, ask, plans)
    except WireRefusal as wrong:
        reply = Reply(wrong.code, wrong.text)
    except RefusedError as refused:
        reply = Reply(*refusal(refused.reason))
    if plan := find(plans, Fault.CLIENT_CODE):
        reply = Reply(plan.text("code", "9999"), "与银行通讯异常，请查询确认")
    if plan := find(plans, Fault.UNKNOWN_CODE):
        reply = Reply(plan.text("code", "?"), "交易状态未知，请查询确认")
    return write_reply(ask, reply)


def wire_handler(bank: Bank, book: FaultBook, context: Context) -> StreamHandler:
    """One connection, one request, one answer."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        prefix = await reader.readexactly(7)
        link = TcpLink(writer)
        try:
            found = _PREFIX.fullmatch(prefix)
            if found is None:
                raise WireRefusal("2001", "报文格式错误")
            ask = read_ask(await reader.readexactly(int(found[1])))
        except WireRefusal as wrong:
            await link.send(framed(write_reply(None, Reply(wrong.code, wrong.text))))
            return
        action = ask.fields.get("CCTransCode", "")
        own = ask.fields["ReqSeqNo"] if action.startswith("CFRT") else ""
        await converse(
            bank,
            book,
            link,
            action=action,
            client_ref=own or ask.parts.get("Corp", {}).get("OrgReqSeqNo", ""),
            answer=lambda plans: _answer(bank, context, ask, plans),
            charset=CHARSET,
            frame=framed,
        )

    return handle
