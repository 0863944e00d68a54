"""The README's examples, run: what one wire over HTTP and one over TCP do with every fault of delivery."""

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest

from ankuan_simcore.testing import Simulated, running

README = Path(__file__).parents[1] / "README.md"
PAYEE = "6217000000000001234"


def example(name: str) -> str:
    (found,) = re.findall(rf"```python\n(# example: {name}\n.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def tcp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with running(example("tcp"), tmp_path_factory.mktemp("tcp")) as simulated:
        yield simulated


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with running(example("http"), tmp_path_factory.mktemp("http")) as simulated:
        yield simulated


@pytest.fixture
def main(tcp: Simulated) -> str:
    """A main account with a thousand fen at the TCP bank, which behaves."""
    tcp.ask("DELETE", "/faults")
    number = str(tcp.ask("POST", "/accounts", {"name": "示例人民法院"})["number"])
    tcp.ask("POST", "/credits", {"to": number, "fen": 1000, "payer_name": "被执行人乙"})
    return number


def exchange(port: int, text: str) -> tuple[bytes, list[int]]:
    """All bytes of the answer, and how many came at a time. Raises ConnectionError for a cut connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        body = text.encode("gb18030")
        sock.sendall(b"%06d" % len(body) + body)
        pieces = []
        while piece := sock.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces), [len(piece) for piece in pieces]


def told(simulated: Simulated, text: str) -> str:
    answer, _ = exchange(simulated.ready["port"], text)
    assert int(answer[:6]) == len(answer) - 6
    return answer[6:].decode("gb18030")


def executions(simulated: Simulated, ref: str) -> int:
    return int(simulated.ask("GET", f"/payments/{ref}")["executions"])


def test_the_ready_line_says_where_everything_is(tcp: Simulated) -> None:
    ready = tcp.ready
    assert ready["ports"] == {"wire": ready["port"], "second": ready["ports"]["second"]}
    assert ready["settings"] == {"front_end": f"127.0.0.1:{ready['port']}"}
    assert Path(ready["keys"]) == Path(ready["journal"]).parent / "keys"
    opened = tcp.ask("POST", "/accounts", {"name": "示例人民法院"})
    assert opened["adjustment"] == f"{opened['number']}-0"
    assert opened["settings"] == ready["settings"]
    assert exchange(ready["ports"]["second"], f"QUERY {opened['number']} none")[0].endswith(b"none")


def test_ports_stay_and_a_killed_bank_has_its_books(tmp_path: Path) -> None:
    with running(example("tcp"), tmp_path) as before:
        number = before.ask("POST", "/accounts", {"name": "示例人民法院"})["number"]
        before.ask("POST", "/credits", {"to": number, "fen": 7})
        before.kill()
    ports = ("--port", str(before.ready["port"]), "--admin-port", str(before.ready["admin_port"]))
    with running(example("tcp"), tmp_path, *ports) as after:
        assert after.ready == before.ready
        assert after.ask("GET", f"/accounts/{number}")["balance_fen"] == 7


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "http_error"])
def test_tcp_hangs_up(tcp: Simulated, main: str, fault: str) -> None:
    tcp.fail("PAY", fault)
    with pytest.raises(ConnectionError):
        exchange(tcp.ready["port"], f"PAY {main} {fault} {PAYEE} 申请执行人甲 100")
    expected = "none" if fault == "drop_before" else "0 settled"
    assert told(tcp, f"QUERY {main} {fault}") == expected


def test_tcp_answers_are_cut_empty_garbled_and_dribbled(tcp: Simulated, main: str) -> None:
    port, question = tcp.ready["port"], f"LINES {main} 0"
    whole, _ = exchange(port, question)
    tcp.fail("LINES", "truncated")
    assert exchange(port, question)[0] == whole[: len(whole) // 2]
    tcp.fail("LINES", "empty")
    assert exchange(port, question)[0] == b""
    tcp.fail("LINES", "garbage", body="??")
    assert exchange(port, question)[0] == b"000002??"
    tcp.fail("LINES", "xml_bomb")
    assert b"<!ENTITY" in exchange(port, question)[0]
    tcp.fail("LINES", "dribble", seconds=0.002)
    answer, pieces = exchange(port, question)
    assert answer == whole
    assert len(pieces) > len(whole) // 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "big5"])
def test_a_wrong_encoding_is_never_the_right_one(tcp: Simulated, main: str, encoding: str) -> None:
    whole, _ = exchange(tcp.ready["port"], f"LINES {main} 0")
    tcp.fail("LINES", "wrong_encoding", encoding=encoding)
    assert exchange(tcp.ready["port"], f"LINES {main} 0")[0] != whole
    settled = told(tcp, f"PAY {main} E{encoding} {PAYEE} 甲 1")
    tcp.fail("QUERY", "wrong_encoding", encoding=encoding)
    assert exchange(tcp.ready["port"], f"QUERY {main} E{encoding}")[0][6:] != settled.encode()


def test_another_requests_answer(tcp: Simulated, main: str) -> None:
    told(tcp, f"PAY {main} O1 {PAYEE} 甲 1")
    told(tcp, f"QUERY {main} O1")
    tcp.fail("QUERY", "other_answer")
    assert told(tcp, f"QUERY {main} O2") == "0 settled"
    assert told(tcp, f"QUERY {main} O2") == "none"
    tcp.fail("QUERY", "other_answer")
    assert told(tcp, f"QUERY {main} O1") == "none"


def test_rows_and_amounts_as_a_wire_tells_them(tcp: Simulated, main: str) -> None:
    for fen in (200, 300):
        tcp.ask("POST", "/credits", {"to": main, "fen": fen})

    def amounts(first: int = 0) -> list[int]:
        return [int(row.split(":")[1]) for row in told(tcp, f"LINES {main} {first}").split(" ")[1:]]

    assert (amounts(), amounts(2)) == ([1000, 200], [300])
    tcp.fail("LINES", "duplicate_rows")
    assert amounts() == [1000, 1000]
    tcp.fail("LINES", "missing_rows", row=1)
    assert amounts() == [200, 300]
    tcp.fail("LINES", "shuffled_rows")
    assert amounts() == [200, 1000]
    tcp.fail("LINES", "pages_shift")
    assert amounts(2) == [200, 300]
    tcp.fail("LINES", "pages_shift", by=-1)
    assert amounts(2) == []
    tcp.fail("LINES", "wrong_unit", by="down")
    assert amounts() == [10, 2]


def test_a_bank_without_sub_accounts_keeps_money_on_the_main_account(tcp: Simulated, main: str) -> None:
    assert tcp.admin.post("/accounts/bulk", json={"main": main, "count": 1}).status_code == 409
    assert told(tcp, f"PAY {main} M1 {PAYEE} 甲 400") == "0 settled"
    assert told(tcp, f"PAY {main} M2 {PAYEE} 甲 601") == "0 refused"
    assert tcp.ask("GET", f"/accounts/{main}")["balance_fen"] == 600
    assert executions(tcp, "M1") == 1


def ask(simulated: Simulated, **form: str) -> dict[str, str]:
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode("gbk")
    answer = httpx.post(simulated.ready["settings"]["endpoint"], content=body)
    return dict(parse_qsl(answer.raise_for_status().text))


def test_http_does_the_same(http: Simulated) -> None:
    number = http.ask("POST", "/accounts", {"name": "示例人民法院"})["number"]
    sub = http.ask("POST", "/accounts/bulk", {"main": number, "count": 1, "name": "甲案"})["first"]
    http.ask("POST", "/credits", {"to": sub, "fen": 500})
    order = {"do": "PAY", "from": sub, "to": PAYEE, "name": "甲", "fen": "100"}
    assert ask(http, **order, ref="H1") == {"code": "0", "state": "settled"}
    assert ask(http, **order, ref="H1") == {"code": "duplicate"}
    http.fail("PAY", "drop_after")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(http, **order, ref="H2")
    http.fail("PAY", "http_error", status=504)
    with pytest.raises(httpx.HTTPStatusError):
        ask(http, **order, ref="H3")
    begin = time.monotonic()
    http.fail("QUERY", "dribble", seconds=0.01)
    assert ask(http, do="QUERY", ref="H2") == {"code": "0", "state": "settled"}
    assert time.monotonic() - begin > 0.1
    http.fail("BALANCE", "balance_mismatch", fen=-3)
    balances = [ask(http, do="BALANCE", **{"from": number})["balance"] for _ in range(2)]
    assert balances == ["197", "200"]
    http.fail("QUERY", "unknown_code", code="ZZ")
    assert ask(http, do="QUERY", ref="H2") == {"code": "ZZ"}
    assert json.loads(Path(http.ready["journal"]).read_text().splitlines()[0])["kind"] == "account.opened"
