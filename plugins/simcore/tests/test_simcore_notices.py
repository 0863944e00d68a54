"""Calls of the bank to its customer, received by a real server."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from ankuan_simcore.testing import Simulated, running

PAYEE = "6217000000000001234"
PROGRAM = """
import hashlib, sys
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from ankuan_simcore.delivery import converse
from ankuan_simcore.link import HttpLink
from ankuan_simcore.models import Entry, Order, OrderState
from ankuan_simcore.notices import Notice
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import HttpWire, Profile

def maker(fact):
    if isinstance(fact, Entry):
        body = f"entry {fact.no} {fact.fen}".encode()
    elif fact.state is OrderState.SETTLED:
        body = f"paid {fact.client_ref}".encode()
    else:
        return None
    return Notice({"X-Sign": hashlib.sha256(body).hexdigest()}, body, "/notice")

def app(bank, book, context):
    context.notifier.register(maker)
    async def serve(request):
        action, ref, payer = (await request.body()).decode().split()
        def answer(plans):
            if action == "QUERY":
                return str(getattr(bank.lookup(ref), "state", "none")).encode()
            order = Order(ref, "PAY", payer, "6217000000000001234", "", "", 10, "", OrderState.SETTLED, "")
            return str(bank.submit(order, plans).state).encode()
        link = HttpLink(request, "text/plain")
        await converse(bank, book, link, action=action, client_ref=ref, answer=answer, charset="utf-8",
                       notices=context.notifier)
        return link.response
    return Starlette(routes=[Route("/", serve, methods=["POST"])])

sys.exit(run_simulator(Profile("calls", "示例银行"), [HttpWire("wire", app)], sys.argv[1:]))
"""


class Receiver(ThreadingHTTPServer):
    """The customer: keeps what it hears, and refuses the first ``refusals`` calls."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Called)
        self.heard: list[tuple[float, str, bool]] = []
        self.refusals = 0

    def bodies(self) -> list[str]:
        return [body for _, body, _ in self.heard]


class Called(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        genuine = self.headers["X-Sign"] == hashlib.sha256(body).hexdigest() and self.path == "/notice"
        self.server.heard.append((time.monotonic(), body.decode(), genuine))
        self.send_response(503 if self.server.refusals > 0 else 204)
        self.server.refusals -= 1
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def customer() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with running(PROGRAM, tmp_path_factory.mktemp("calls")) as simulated:
        yield simulated


@pytest.fixture
def main(bank: Simulated, customer: Receiver) -> str:
    """A main account with money, whose owner hears of what happens from now on."""
    bank.ask("DELETE", "/faults")
    bank.ask("PUT", "/notify", {"url": ""})
    number = str(bank.ask("POST", "/accounts", {"name": "示例人民法院"})["number"])
    bank.ask("POST", "/credits", {"to": number, "fen": 1000})
    bank.ask("PUT", "/notify", {"url": f"http://127.0.0.1:{customer.server_port}"})
    return number


def call(bank: Simulated, action: str, ref: str, main: str) -> str:
    return httpx.post(f"http://127.0.0.1:{bank.ready['port']}/", content=f"{action} {ref} {main}").text


def wait_until(truth: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not truth():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_notices_follow_the_answer_and_are_genuine(bank: Simulated, customer: Receiver, main: str) -> None:
    assert call(bank, "PAY", "N1", main) == "settled"
    assert customer.heard == []
    wait_until(lambda: len(customer.heard) == 2)
    assert "paid N1" in customer.bodies()
    assert all(genuine for _, _, genuine in customer.heard)


def test_a_notice_before_the_answer(bank: Simulated, customer: Receiver, main: str) -> None:
    bank.fail("PAY", "notice_before_answer")
    assert call(bank, "PAY", "N2", main) == "settled"
    assert "paid N2" in customer.bodies()


def test_a_refused_notice_comes_again(bank: Simulated, customer: Receiver, main: str) -> None:
    customer.refusals = 2
    bank.ask("POST", "/credits", {"to": main, "fen": 77})
    wait_until(lambda: len(customer.heard) == 3)
    assert len(set(customer.bodies())) == 1
    wait_until(lambda: bank.ask("GET", "/notify")["sent"][-1]["statuses"] == [503, 503, 204])


def test_duplicate_and_forged_and_replayed_notices(bank: Simulated, customer: Receiver, main: str) -> None:
    bank.fail("*", "duplicate_notice", times=3)
    bank.ask("POST", "/credits", {"to": main, "fen": 11})
    wait_until(lambda: len(customer.heard) == 3)
    bank.fail("NOTICE", "forged_notice")
    bank.ask("POST", "/credits", {"to": main, "fen": 12})
    wait_until(lambda: len(customer.heard) == 4)
    assert [genuine for _, _, genuine in customer.heard] == [True, True, True, False]
    bank.ask("POST", "/notify/replay", {"number": -2})
    assert customer.heard[-1][1:] == customer.heard[0][1:]
    fired = bank.ask("GET", "/faults")["fired"]
    assert (fired["duplicate_notice"], fired["forged_notice"]) == (1, 1)


def test_late_notices_by_time_and_by_queries(bank: Simulated, customer: Receiver, main: str) -> None:
    bank.fail("NOTICE", "late_notice", seconds=0.6)
    begin = time.monotonic()
    bank.ask("POST", "/credits", {"to": main, "fen": 13})
    wait_until(lambda: len(customer.heard) == 1)
    assert customer.heard[0][0] - begin > 0.5
    bank.ask("PUT", "/switches", {"NOTICE": [{"fault": "late_notice", "params": {"queries": 2}}]})
    call(bank, "PAY", "N3", main)
    call(bank, "QUERY", "N3", main)
    time.sleep(0.4)
    assert len(customer.heard) == 1
    call(bank, "QUERY", "N3", main)
    wait_until(lambda: len(customer.heard) == 3)


def test_only_loopback_is_called_and_silence_is_kept(bank: Simulated, customer: Receiver, main: str) -> None:
    assert bank.admin.put("/notify", json={"url": "http://192.0.2.1/"}).status_code == 400
    bank.ask("PUT", "/notify", {"url": ""})
    bank.ask("POST", "/credits", {"to": main, "fen": 14})
    time.sleep(0.4)
    assert customer.heard == []


def test_a_customer_that_is_away_does_not_hold_the_bank_up(tmp_path: Path) -> None:
    with running(PROGRAM, tmp_path) as bank:
        number = bank.ask("POST", "/accounts", {"name": "示例人民法院"})["number"]
        bank.ask("PUT", "/notify", {"url": "http://127.0.0.1:1"})
        begin = time.monotonic()
        for _ in range(50):
            bank.ask("POST", "/credits", {"to": number, "fen": 1})
        assert time.monotonic() - begin < 5
        bank.kill()
    with running(PROGRAM, tmp_path) as bank:
        assert bank.ask("GET", "/notify")["url"] == "http://127.0.0.1:1"
        assert bank.ask("GET", f"/accounts/{number}")["balance_fen"] == 50
