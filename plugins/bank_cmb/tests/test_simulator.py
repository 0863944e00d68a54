"""Against the bank's simulator as a process: what is particular to this bank, and what the simulator refuses."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import gmalg
import httpx
import pytest
from cmb_bankside import PLACEHOLDER, canonical
from cmb_bench import Bank, payment, services
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ankuan.kernel.clock import FixedClock
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    AnswerState,
    BatchOrder,
    FundAccountRef,
    IncomingNotice,
    LineKind,
    NoticeKind,
    TransferOrder,
)
from ankuan.plugin_api.errors import BankRefused, ForgedNotice
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_cmb.plugin import CmbPlugin

_REQUESTS = count(1)


class Customer:
    """Speaks to the simulator without the plugin."""

    def __init__(self, simulator: SimulatorProcess) -> None:
        self.endpoint = simulator.endpoint
        self.user = simulator.settings["user_id"]
        self.identity = self.user.ljust(16, "0").encode()
        self.key = base64.b64decode(simulator.settings["symmetric_key"])
        pem = (simulator.keys / "bank_cmb.key.pem").read_text(encoding="ascii").splitlines()
        self.secret = base64.b64decode("".join(pem[1:-1]))[-32:]

    def text(self, function: str, body: dict[str, Any], **head: str) -> str:
        told = {"funcode": function, "userid": self.user, "reqid": f"20261121101500001{next(_REQUESTS):08d}", **head}
        signature = {"sigtim": "20261121101500", "sigdat": PLACEHOLDER}
        return canonical({"request": {"head": told, "body": body}, "signature": signature})

    def signed(self, text: str) -> str:
        r, s = gmalg.SM2(self.secret, self.identity).sign(text.encode())
        return text.replace(PLACEHOLDER, base64.b64encode(r.rjust(32, b"\0") + s.rjust(32, b"\0")).decode())

    def post(self, function: str, text: str, **fields: str) -> str:
        padder = PKCS7(128).padder()
        machine = Cipher(algorithms.SM4(self.key), modes.CBC(self.identity)).encryptor()
        data = machine.update(padder.update(text.encode()) + padder.finalize()) + machine.finalize()
        form = {"UID": self.user, "FUNCODE": function, "ALG": "SM", "DATA": base64.b64encode(data).decode(), **fields}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return httpx.post(self.endpoint, content=urlencode(form), headers=headers, trust_env=False).text

    def ask(self, function: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.post(function, self.signed(self.text(function, body)))
        machine = Cipher(algorithms.SM4(self.key), modes.CBC(self.identity)).decryptor()
        unpadder = PKCS7(128).unpadder()
        whole = machine.update(base64.b64decode(answer)) + machine.finalize()
        found: dict[str, Any] = json.loads(unpadder.update(whole) + unpadder.finalize())["response"]
        return found


@pytest.fixture
def customer(simulator: SimulatorProcess) -> Customer:
    return Customer(simulator)


def test_the_simulator_lets_nothing_in_that_the_gateway_would_not(bank: Bank, customer: Customer) -> None:
    asked = {"ntqadinfx": [{"bbknbr": "53", "accnbr": bank.account.account_no}]}
    assert customer.ask("NTQADINF", asked)["head"]["resultcode"] == "SUC0000"
    text = customer.signed(customer.text("NTQADINF", asked))
    assert not customer.post("NTQADINF", text).startswith("CDCServer")
    refused = [
        customer.post("NTQADINF", text),
        customer.post("NTQADINF", customer.text("NTQADINF", asked)),
        customer.post("NTQADINF", customer.signed(customer.text("NTQADINF", asked)).replace('"53"', '"54"')),
        customer.post("NTQADINF", json.dumps(json.loads(customer.signed(customer.text("NTQADINF", asked))))),
        customer.post("NTQADINF", customer.signed(customer.text("NTQADINF", asked, reqid="2026"))),
        customer.post("NTQADINF", customer.signed(customer.text("NTQADINF", asked, userid="N1"))),
        customer.post("NTDMABAL", customer.signed(customer.text("NTQADINF", asked))),
        customer.post("NTQADINF", customer.signed(customer.text("NTQADINF", asked)), ALG="RSA"),
        customer.post("NTQADINF", customer.signed(customer.text("NTQADINF", asked)), DATA="AAAA"),
        httpx.post(customer.endpoint, content=b"\xff", trust_env=False).text,
    ]
    assert all(answer.startswith("CDCServer:ErrMsg=") for answer in refused)


def test_the_simulator_refuses_what_the_document_forbids(bank: Bank, customer: Customer) -> None:
    main = bank.account.account_no
    opening = {"accnbr": main, "dmanbr": "1234567890", "dmanam": "甲案"}

    def code(function: str, body: dict[str, Any]) -> str:
        return str(customer.ask(function, body)["head"]["resultcode"])

    assert code("NTDMAADD", {"ntdmaaddx": [opening]}) == "SUC0000"
    assert code("NTDMAADD", {"ntdmaaddx": [opening]}) == "SIM0061"
    assert code("NTDMAADD", {"ntdmaaddx": [{**opening, "dmanbr": "0000000000"}]}) == "SIM0001"
    assert code("NTDMAADD", {"ntdmaaddx": [opening, opening]}) == "SIM0001"
    assert code("NTQABINF", {}) == "SIM0002"
    assert code("BB1PAYQR", {"bb1payqrx1": [{"busCod": "N02030", "yurRef": str(n)} for n in range(31)]}) == "SIM0001"
    assert code("NTQADINF", {"ntqadinfx": [{"bbknbr": "53", "accnbr": main}] * 31}) == "SIM0001"


def test_pages_are_as_large_as_the_banks(bank: Bank, customer: Customer) -> None:
    main = bank.account.account_no
    for fen in range(1, 203):
        bank.credit(fen)
    day = {"beginDate": "20200101", "endDate": "20991231", "transactionSequence": "1", "currencyCode": "10"}
    asked = {"cardNbr": main, "queryAcctNbr": "", "loanCode": "", **day}
    first = customer.ask("trsQryByBreakPoint", {"TRANSQUERYBYBREAKPOINT_X1": [asked]})["body"]
    assert first["TRANSQUERYBYBREAKPOINT_Z1"] == [{"ctnFlag": "Y", "queryAcctNbr": main}]
    assert len(first["TRANSQUERYBYBREAKPOINT_Z2"]) == 200
    more = {
        "TRANSQUERYBYBREAKPOINT_X1": [{**asked, "queryAcctNbr": main}],
        "TRANSQUERYBYBREAKPOINT_Y1": first["TRANSQUERYBYBREAKPOINT_Y1"],
    }
    second = customer.ask("trsQryByBreakPoint", more)["body"]
    assert [row["transAmount"] for row in second["TRANSQUERYBYBREAKPOINT_Z2"]] == ["2.01", "2.02"]
    assert second["TRANSQUERYBYBREAKPOINT_Z2"][-1]["acctOnlineBal"] == "205.03"


async def test_the_twenty_first_request_at_the_same_time_is_refused(bank: Bank) -> None:
    settings = {**bank.account.settings, "concurrent_requests": "20"}
    account = replace(bank.account, settings=settings)
    one, two = (CmbPlugin().connect(account, services(bank.simulator.keys)) for _ in range(2))
    bank.simulator.admin("PUT", "/switches", {"BB1PAYQR": [{"fault": "slow", "params": {"seconds": 3}}]})
    waiting = [asyncio.create_task(one.query(bank.order(1))) for _ in range(20)]
    await asyncio.sleep(2)
    answer = await two.query(bank.order(1))
    assert answer.state is AnswerState.UNKNOWN
    assert (answer.exchanges[0].response or b"").startswith(b"CDCServer")
    assert {told.state for told in await asyncio.gather(*waiting)} == {AnswerState.NOT_FOUND}
    await one.aclose()
    await two.aclose()


async def test_what_a_payer_writes_reaches_the_unit_and_a_slip_of_the_pen_no_other(bank: Bank) -> None:
    number = bank.sub.number
    assert number == bank.account.account_no + (bank.sub.bank_ref or "")
    bank.credit(500)
    bank.credit(700, to=f"{number[:-1]}{(int(number[-1]) + 1) % 10}")
    lines, _ = await bank.lines()
    assert [(line.sub_account_no, line.amount.fen) for line in lines] == [(number, 500), (None, 700)]
    assert (await bank.connector.balance()).booked == Money(1_200)


async def test_a_payment_returned_days_later(bank: Bank) -> None:
    bank.credit(1_000)
    order = bank.order(400)
    await bank.connector.pay(order)
    assert (await bank.connector.query(order)).state is AnswerState.SETTLED
    _, cursor = await bank.lines()
    bank.simulator.admin("POST", "/clock/advance", {"days": 3})
    bank.simulator.admin("POST", f"/payments/{order.client_ref}/return", {})
    page = await bank.connector.fetch_lines(cursor)
    assert [(line.kind, line.client_ref) for line in page.lines] == [(LineKind.RETURNED, order.client_ref)]
    answer = await bank.connector.query(order)
    assert (answer.state, answer.alarm) == (AnswerState.SETTLED, None)


async def test_moves_go_on_at_the_bank_and_settle(bank: Bank) -> None:
    (other,) = (await bank.connector.open_sub_accounts(("乙案",))).opened
    bank.credit(500)
    for number, fault in enumerate(("processing", "hide")):
        order = TransferOrder(
            f"2026112177{bank.account.account_no[-6:]}{number}", Money(10), bank.sub.number, other.number, "", "划转"
        )
        bank.fail(fault, action="NTDMITRX", queries=2)
        await bank.connector.transfer(order)
        states = [(await bank.connector.query(order)).state for _ in range(3)]
        assert states[0] is AnswerState.NOT_FOUND
        assert states[-1] is AnswerState.SETTLED
        assert bank.executions(order.client_ref) == [10]
    twice = TransferOrder(f"2026112178{bank.account.account_no[-6:]}", Money(10), other.number, None, "", "划转")
    bank.fail("pay_twice", action="NTDMITRX")
    await bank.connector.transfer(twice)
    answer = await bank.connector.query(twice)
    assert (answer.state, bool(answer.alarm)) == (AnswerState.SETTLED, True)


async def test_a_batch_is_asked_about_page_by_page(bank: Bank) -> None:
    bank.credit(1_000_000)
    reference = f"2026112199{bank.account.account_no[-6:]}"
    orders = tuple(bank.order(100 + n, batch_ref=reference) for n in range(120))
    answer = await bank.connector.pay_batch(BatchOrder(reference, orders))
    assert {one.state for one in answer.answers} == {AnswerState.ACCEPTED}
    last = await bank.connector.query(orders[-1])
    assert last.state is AnswerState.SETTLED
    assert [made.operation for made in last.exchanges][:2] == ["BB1QRYBD", "BB1QRYBD"]


async def test_everything_is_there_after_kill_9(bank: Bank) -> None:
    bank.credit(100_000)
    orders = [bank.order(fen) for fen in range(1, 11)]
    for order in orders:
        await bank.connector.pay(order)
        if order.amount.fen % 5 == 0:
            bank.simulator.kill()
            bank.simulator.start()
    assert {(await bank.connector.query(order)).state for order in orders} == {AnswerState.SETTLED}
    assert (await bank.connector.pay(orders[0])).state is AnswerState.UNKNOWN
    assert (await bank.connector.balance(bank.sub.number)).booked == Money(100_000 - 55)
    assert bank.simulator.admin("GET", "/health")["sum_fen"] == 0


async def test_another_courts_key_opens_no_door(bank: Bank, tmp_path: Path) -> None:
    stranger = tmp_path / "keys"
    stranger.mkdir()
    other = SimulatorProcess("bank_cmb", tmp_path / "other", stranger).start()
    other.stop()
    connector = CmbPlugin().connect(bank.account, services(stranger))
    answer = await connector.pay(bank.order(1))
    assert answer.state is AnswerState.UNKNOWN
    assert (answer.exchanges[0].response or b"").startswith(b"CDCServer")
    await connector.aclose()
    settings = {**bank.account.settings, "bank_public_key": other.settings["bank_public_key"]}
    connector = CmbPlugin().connect(replace(bank.account, settings=settings), services(bank.simulator.keys))
    answer = await connector.pay(bank.order(1))
    assert (answer.state, bool(answer.alarm)) == (AnswerState.UNKNOWN, True)
    await connector.aclose()


async def test_an_account_that_is_not_there_is_refused_with_the_banks_code(bank: Bank) -> None:
    account = FundAccountRef("531909999999999", "甲", None, bank.account.settings)
    connector = CmbPlugin().connect(account, services(bank.simulator.keys))
    with pytest.raises(BankRefused) as refused:
        await connector.fetch_lines(None)
    assert refused.value.code == "SIM0013"
    await connector.aclose()


@asynccontextmanager
async def listening(simulator: SimulatorProcess) -> AsyncIterator["asyncio.Queue[IncomingNotice]"]:
    """Where the simulated bank calls."""
    heard: asyncio.Queue[IncomingNotice] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length"))
        await heard.put(IncomingNotice({}, await reader.readexactly(length), datetime.now(UTC)))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        simulator.admin("PUT", "/notify", {"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"})
        yield heard
        simulator.admin("PUT", "/notify", {"url": ""})


async def test_notices_of_movements_and_results(bank: Bank) -> None:
    async with listening(bank.simulator) as heard, asyncio.timeout(20):
        bank.credit(1_000)
        told = await bank.connector.read_notice(await heard.get())
        assert (told.kind, told.client_ref) == (NoticeKind.MOVEMENT, None)
        order = bank.order(300)
        await bank.connector.pay(order)
        read = [await bank.connector.read_notice(await heard.get()) for _ in range(2)]
        assert {(each.kind, each.client_ref) for each in read} == {
            (NoticeKind.MOVEMENT, order.client_ref),
            (NoticeKind.ORDER, order.client_ref),
        }
        assert len({each.notice_id for each in [told, *read]}) == 3
        bank.simulator.admin("POST", "/script", {"action": "NOTICE", "fault": "forged_notice", "params": {}})
        bank.credit(1)
        with pytest.raises(ForgedNotice):
            await bank.connector.read_notice(await heard.get())


async def test_an_old_notice_played_back_byte_for_byte_is_refused(bank: Bank) -> None:
    async with listening(bank.simulator) as heard, asyncio.timeout(20):
        bank.credit(1_000)
        first = await heard.get()
        bank.simulator.admin("POST", "/notify/replay", {})
        again = await heard.get()
    assert again.body == first.body
    late = again.received_at + timedelta(minutes=5, seconds=2)
    with pytest.raises(ForgedNotice):
        await bank.connector.read_notice(IncomingNotice(again.headers, again.body, late))


async def test_a_machine_whose_clock_is_wrong_pays_all_the_same(bank: Bank) -> None:
    bank.credit(1_000)
    clock = FixedClock(datetime.now(UTC) - timedelta(hours=3))
    connector = CmbPlugin().connect(bank.account, services(bank.simulator.keys, clock=clock))
    order = replace(
        payment(), client_ref=bank.order(1).client_ref, pay_from_sub_account=bank.sub.number, amount=Money(5)
    )
    assert (await connector.pay(order)).state is AnswerState.ACCEPTED
    assert bank.executions(order.client_ref) == [5]
    await connector.aclose()
