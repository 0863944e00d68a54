"""Statements over a real socket, from a bank that answers what a test gives it under the TRNUID it was asked by."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import FundAccountRef, PluginServices
from ankuan.plugin_api.errors import MalformedAnswer
from ankuan_bank_cib.connector import CibConnector
from ankuan_bank_cib.plugin import CibPlugin

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN = "117010100100000001"
NAME = "BALNTRADEINQUIRYTRN"


class At:
    """A clock that stands."""

    def now(self) -> datetime:
        """As of the protocol."""
        return datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@dataclass
class Echo:
    """``bodies`` are used up in order, the last one stays. ``asked``: requests so far."""

    bodies: list[bytes] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        self.asked.append(await reader.readexactly(int(length[1]) if length else 0))
        own = re.search(rb"<TRNUID>(\w+)</TRNUID>", self.asked[-1])
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        body = body.replace(b"<TRNUID>Q1<", b"<TRNUID>%s<" % (own[1] if own else b""))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def told() -> AsyncIterator[tuple[Echo, CibConnector]]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    settings = {
        "endpoint": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/",
        "customer_no": "1100000001",
        "user_id": "court01",
        "user_password": "geheim",
    }
    account = FundAccountRef(MAIN, "示例人民法院", f"{MAIN}000000", settings)
    connector = CibPlugin().connect(account, PluginServices(timeout_seconds=5, clock=At()))
    async with server:
        yield echo, connector
        await connector.aclose()


def raw(name: str) -> bytes:
    return (FIXTURES / f"{NAME}__{name}.xml").read_bytes()


async def test_two_readings_that_agree_are_believed(told: tuple[Echo, CibConnector]) -> None:
    echo, connector = told
    echo.bodies = [raw("day")]
    page = await connector.fetch_lines(None)
    assert (len(page.lines), len(echo.asked)) == (8, 2)
    span = b"<DTSTART>2026-08-28</DTSTART><DTEND>2026-11-20</DTEND><PAGE>1</PAGE><TRNTYPE>2</TRNTYPE>"
    assert all(span in asked for asked in echo.asked)
    assert page.more


@pytest.mark.parametrize(
    ("found", "becomes"),
    [
        (b"<TRNAMT>9029.00<", b"<TRNAMT>902900<"),
        (b"<TRNAMT>9029.00<", b"<TRNAMT>-9029.00<"),
        (b"<TRNAMT>100.00<", b"<TRNAMT>10000<"),
        (b"<TRNAMT>-29.00<", b"<TRNAMT>29.00<"),
        (b"<SUBACCT>500001<", b"<SUBACCT>500002<"),
    ],
)
async def test_f10_two_readings_that_differ_are_none(
    told: tuple[Echo, CibConnector], found: bytes, becomes: bytes
) -> None:
    echo, connector = told
    echo.bodies = [raw("day").replace(found, becomes, 1), raw("day")]
    with pytest.raises(MalformedAnswer) as error:
        await connector.fetch_lines(None)
    assert len(error.value.exchanges) == 2


async def test_a_booking_that_is_gone_at_the_second_reading_is_none(told: tuple[Echo, CibConnector]) -> None:
    echo, connector = told
    whole = raw("day")
    end = whole.index(b"</CONTENT>") + len(b"</CONTENT>")
    echo.bodies = [whole, whole[: whole.index(b"<CONTENT>")] + whole[end:]]
    with pytest.raises(MalformedAnswer):
        await connector.fetch_lines(None)


@pytest.mark.parametrize(
    "case", ["other_account", "no_more", "no_key", "bad_amount", "zero", "other_day", "two_of_one_key"]
)
async def test_a_statement_that_is_not_as_documented_is_refused(told: tuple[Echo, CibConnector], case: str) -> None:
    echo, connector = told
    echo.bodies = [raw(case)]
    with pytest.raises(MalformedAnswer) as error:
        await connector.fetch_lines(None)
    assert error.value.exchanges


async def test_more_may_stand_at_a_row(told: tuple[Echo, CibConnector]) -> None:
    echo, connector = told
    echo.bodies = [raw("no_more").replace(b"<CONTENT>", b'<CONTENT MORE="N">')]
    assert len((await connector.fetch_lines(None)).lines) == 1


async def test_balances(told: tuple[Echo, CibConnector]) -> None:
    echo, connector = told
    echo.bodies = [raw("day")]
    balance = await connector.balance()
    assert (balance.booked, balance.available) == (Money(10_000), Money(9_000))
    assert b"INCTRAN" not in echo.asked[0]
    echo.bodies = [raw("other_account")]
    with pytest.raises(MalformedAnswer):
        await connector.balance()


async def test_f_scratched_statements_raise_only_what_the_contract_names(told: tuple[Echo, CibConnector]) -> None:
    echo, connector = told
    dice = random.Random(20261122)
    believed = refused = 0
    echo.bodies = [raw("day")]
    sound = await connector.fetch_lines(None)
    truth = {(line.bank_key, line.amount.fen, line.direction) for line in sound.lines}
    for _ in range(500):
        body = bytearray(raw("day"))
        for _ in range(dice.randrange(1, 3)):
            body[dice.randrange(len(body))] = dice.choice(b"<>0123456789 abc\x80\xff\x00")
        # The second reading is sound: what the first one got wrong must show.
        echo.bodies = [bytes(body), raw("day")]
        try:
            page = await connector.fetch_lines(None)
        except MalformedAnswer as error:
            refused += bool(error.exchanges)
            continue
        believed += 1
        assert {(line.bank_key, line.amount.fen, line.direction) for line in page.lines} <= truth
    assert refused > 100
    assert believed
