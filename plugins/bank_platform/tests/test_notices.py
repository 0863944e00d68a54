"""What the platform calls back: genuine, forged, late, and told again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import FundAccountRef, IncomingNotice, NoticeKind, PaymentOrder
from ankuan.plugin_api.errors import ForgedNotice, MalformedAnswer
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_platform.connector import PlatformConnector

Inbox = asyncio.Queue[IncomingNotice]


@asynccontextmanager
async def listening(simulator: SimulatorProcess) -> AsyncIterator[Inbox]:
    inbox: Inbox = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[1:]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        await inbox.put(IncomingNotice(headers, body, datetime.now(UTC)))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    simulator.admin("PUT", "/notify", {"url": f"http://127.0.0.1:{port}/some/where/else"})
    try:
        async with asyncio.timeout(20):
            yield inbox
    finally:
        simulator.admin("PUT", "/notify", {"url": ""})
        server.close()
        await server.wait_closed()


async def test_a_credit_and_the_end_of_an_order_are_told(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    async with listening(simulator) as inbox:
        simulator.admin("POST", "/credits", {"to": account.account_no, "fen": 500})
        movement = await connector.read_notice(await inbox.get())
        order = PaymentOrder(
            "20261121990000000001", Money(40), None, "6217000000001234", "甲", "中国建设银行", None, False, "案款"
        )
        await connector.pay(order)
        ended = await connector.read_notice(await inbox.get())
    assert (movement.kind, movement.client_ref, movement.reply) == (NoticeKind.MOVEMENT, None, b'{"code":"OK"}')
    assert (ended.kind, ended.client_ref) == (NoticeKind.ORDER, order.client_ref)
    assert movement.notice_id != ended.notice_id


async def test_a_notice_told_again_has_the_same_id_and_forged_ones_have_none(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    async with listening(simulator) as inbox:
        simulator.admin("POST", "/script", {"action": "NOTICE", "fault": "duplicate_notice"})
        simulator.admin("POST", "/credits", {"to": account.account_no, "fen": 500})
        first, again = await inbox.get(), await inbox.get()
        simulator.admin("POST", "/script", {"action": "NOTICE", "fault": "forged_notice"})
        simulator.admin("POST", "/credits", {"to": account.account_no, "fen": 500})
        forged = await inbox.get()
    assert (await connector.read_notice(first)).notice_id == (await connector.read_notice(again)).notice_id
    with pytest.raises(ForgedNotice):
        await connector.read_notice(forged)
    late = first.received_at + timedelta(minutes=16)
    for wrong in (
        replace(first, body=first.body.replace(b"5.00", b"6.00")),
        replace(first, received_at=late),
        replace(first, headers={**first.headers, "x-app-id": "court-rsa"}),
        replace(first, headers={}),
    ):
        with pytest.raises(ForgedNotice):
            await connector.read_notice(wrong)


async def test_a_notice_about_another_account_means_nothing_here(
    simulator: SimulatorProcess, connector: PlatformConnector
) -> None:
    other = simulator.open_account("别的法院")
    async with listening(simulator) as inbox:
        simulator.admin("POST", "/credits", {"to": other["number"], "fen": 500})
        assert (await connector.read_notice(await inbox.get())).kind is NoticeKind.OTHER


async def test_what_the_platform_signed_and_nobody_understands_is_malformed(
    connector: PlatformConnector, platform_signs: Callable[..., dict[str, str]]
) -> None:
    for body in (b"", b"{}", b"<Document/>", b"\xff"):
        notice = IncomingNotice(platform_signs("POST\n/v1/notices", body), body, datetime.now(UTC))
        with pytest.raises(MalformedAnswer):
            await connector.read_notice(notice)
