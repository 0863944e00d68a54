"""The admin API and the page, over a real socket, in front of a bank without any wire format."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

MAIN = "8112501012300012345"
RUN = """
import sys
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.serve import run_simulator
from ankuan_simcore.wires import HttpWire, Profile
from starlette.applications import Starlette
profile = Profile("plain", "示例银行", numbering=Numbering(prefix=lambda main: "81" + main[-10:]))
sys.exit(run_simulator(profile, [HttpWire("wire", lambda bank, book, context: Starlette())], sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    data = tmp_path_factory.mktemp("plain")
    command = [sys.executable, "-c", RUN, "--port", "0", "--data", str(data), "--account", f"{MAIN}=示例人民法院"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        with httpx.Client(base_url=f"http://127.0.0.1:{ready['admin_port']}", trust_env=False) as client:
            yield client
        process.terminate()
        assert process.wait(timeout=20) == 0
    assert Path(ready["journal"]).stat().st_size > 0


def sub_account(admin: httpx.Client) -> str:
    opened = admin.post("/accounts/bulk", json={"main": MAIN, "count": 1, "name": "甲案"}).json()
    return str(opened["first"])


def test_opening_a_main_account_twice_is_harmless(admin: httpx.Client) -> None:
    before = admin.get("/health").json()["seq"]
    assert admin.post("/accounts", json={"number": MAIN, "name": "示例人民法院"}).status_code == 200
    assert admin.get("/health").json()["seq"] == before
    assert admin.post("/accounts", json={"number": f"9{MAIN[1:]}", "name": "同尾号"}).status_code == 409


@pytest.mark.parametrize("fen", [0, -1, 1.5, "100", None, True])
def test_amounts_that_are_no_positive_integer_move_nothing(admin: httpx.Client, fen: object) -> None:
    sub = sub_account(admin)
    assert admin.post("/credits", json={"to": sub, "fen": fen}).status_code == 400
    assert admin.get(f"/accounts/{sub}").json()["balance_fen"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/script", {"action": "PAY", "fault": "no_such"}),
        ("POST", "/script", {"fault": "slow"}),
        ("POST", "/script", {"action": "PAY", "fault": "slow", "nth": 0}),
        ("PUT", "/switches", {"PAY": [{"fault": "no_such"}]}),
        ("POST", "/credits", []),
        ("POST", "/clock/advance", {"days": -1}),
        ("PUT", "/swarm", {"seed": 1}),
    ],
)
def test_nonsense_is_told_as_nonsense(admin: httpx.Client, method: str, path: str, body: object) -> None:
    assert admin.request(method, path, json=body).status_code == 400


def test_what_is_not_there_is_not_there(admin: httpx.Client) -> None:
    assert admin.get("/payments/none").status_code == 404
    assert admin.post("/payments/none/settle").status_code == 409
    assert admin.post("/payments/none/dance").status_code == 404
    assert admin.get("/accounts/none").status_code == 409


def test_scripts_switches_and_swarm_are_shown_and_forgotten(admin: httpx.Client) -> None:
    admin.post("/script", json={"action": "PAY", "fault": "slow", "nth": 3})
    admin.put("/switches", json={"*": [{"fault": "empty"}]})
    shown = admin.put("/swarm", json={"seed": 5, "per_mille": {"drop_after": 50}}).json()
    assert (len(shown["scripts"]), list(shown["switches"]), shown["swarm"]["seed"]) == (1, ["*"], 5)
    cleared = admin.delete("/faults").json()
    assert (cleared["scripts"], cleared["switches"], cleared["swarm"]["per_mille"]) == ([], {}, {})


def test_the_journal_can_be_followed(admin: httpx.Client) -> None:
    seq = admin.get("/health").json()["seq"]
    sub = sub_account(admin)
    admin.post("/credits", json={"to": sub, "fen": 42, "payer_name": "被执行人乙"})
    records = admin.get("/journal", params={"after": seq}).json()["records"]
    assert [record["kind"] for record in records] == ["accounts.registered", "booked"]
    assert records[1]["entries"][0]["fen"] == 42
    assert admin.get("/journal.jsonl").content.count(b"\n") == admin.get("/health").json()["seq"]


def test_a_person_pays_money_in_at_the_page(admin: httpx.Client) -> None:
    sub = sub_account(admin)
    page = admin.get("/", params={"to": sub}).text
    assert f'value="{sub}"' in page
    form = {"to": sub, "yuan": "1,234.5", "payer_name": "<b>乙</b>", "payer_account": "62170001", "remark": "案款"}
    shown = admin.post("/page/pay", data=form, follow_redirects=True).text
    assert "已存入 1234.50 元" in shown
    assert "<b>乙</b>" not in shown
    assert "&lt;b&gt;乙&lt;/b&gt;" in shown
    assert admin.get(f"/accounts/{sub}").json()["balance_fen"] == 123_450


@pytest.mark.parametrize("yuan", ["", "0", "-5", "1.234", "abc", "1e3", "99999999999999999999"])
def test_the_page_refuses_what_is_no_amount(admin: httpx.Client, yuan: str) -> None:
    before = admin.get("/health").json()["seq"]
    shown = admin.post("/page/pay", data={"to": "1", "yuan": yuan}, follow_redirects=True)
    assert "未存入" in shown.text
    assert admin.get("/health").json()["seq"] == before


def test_the_page_needs_nothing_from_outside(admin: httpx.Client) -> None:
    page = admin.get("/").text
    assert "src=" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_days_fees_payees_receipts_and_statements(admin: httpx.Client) -> None:
    sub = sub_account(admin)
    credit = admin.post("/credits", json={"to": sub, "fen": 500, "payer_name": "被执行人乙"}).json()
    assert admin.post("/fees", json={"from": sub, "fen": 30}).status_code == 201
    assert admin.post("/fees", json={"from": "none", "fen": 30}).status_code == 409
    assert admin.get(f"/receipts/{credit['no']}").content.startswith(b"%PDF-")
    assert admin.get("/receipts/999999").status_code == 404
    assert admin.post("/payees", json={"number": "6217", "name": "甲", "state": "gone"}).status_code == 400
    assert admin.post("/payees", json={"number": "6217", "name": "甲"}).status_code == 201
    told = admin.get(f"/statements/{sub}").json()
    assert ([line["fen"] for line in told["lines"]], told["closing"], told["closed"]) == ([500, -30], 470, False)
    day = admin.post("/day/close").json()["closed"]
    assert admin.get(f"/statements/{sub}", params={"date": day}).json() == told | {"closed": True}
    assert admin.get(f"/statements/{sub}", params={"date": "yesterday"}).status_code == 400
    assert admin.delete(f"/accounts/{sub}").status_code == 409


def test_rules_and_the_clock_are_set(admin: httpx.Client) -> None:
    told = admin.put("/rules", json={"manual_confirm": True, "large_hours": ["09:00", "17:00"]}).json()
    assert told == {"manual_confirm": True, "large_hours": ["09:00", "17:00"]}
    for wrong in ({"manual_confirm": 1}, {"large_hours": ["9", "x"]}, {"large_hours": ["09:00"]}):
        assert admin.put("/rules", json=wrong).status_code == 400
    assert admin.put("/rules", json={"manual_confirm": False, "large_hours": []}).status_code == 200
    frozen = admin.post("/clock/freeze").json()["now"]
    assert admin.get("/health").json()["now"] == frozen[:19] + frozen[-6:]
    assert admin.post("/clock/freeze", json={"at": "2020-01-01T00:00:00"}).status_code == 400
    assert admin.post("/clock/run").status_code == 200
    assert admin.get("/batches/none").status_code == 404


def test_bulk_accounts_are_listed_page_by_page(admin: httpx.Client) -> None:
    bulk = admin.post("/accounts/bulk", json={"main": MAIN, "count": 2500, "name": "案款"}).json()
    asked = {"kind": "sub", "main": MAIN, "after": f"{int(bulk['first']) - 1}", "limit": "1000"}
    sizes, last = [], ""
    while page := admin.get("/accounts", params=asked).json()["accounts"]:
        sizes.append(len(page))
        asked["after"] = last = page[-1]["number"]
    assert (sizes, last) == ([1000, 1000, 500], bulk["last"])
