"""What the sheet says is what the counter books, and the statement names the order."""

from collections.abc import Iterator

import httpx
import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import FundAccountRef, PaymentOrder, PluginServices
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_paper.plugin import PaperPlugin


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess("bank_paper", tmp_path_factory.mktemp("counter")).start()
    yield process
    process.stop()


def hand_in(counter: SimulatorProcess, account: str, text: str) -> str:
    return httpx.post(f"{counter.endpoint}orders/{account}", content=text.encode(), trust_env=False).text


@pytest.mark.parametrize("name", ["申请执行人甲", "镕㐂𠮷", "A*B%2A", "甲 乙"])
def test_a_sheet_is_paid_once_and_named_by_the_statement(counter: SimulatorProcess, name: str) -> None:
    opened = counter.open_account("示例区人民法院案款专户")
    account = FundAccountRef(opened["number"], opened["name"], None, opened["settings"])
    counter.admin("POST", "/credits", {"to": account.account_no, "fen": 1_000_000, "remark": "案款"})
    ref = f"261121{sum(name.encode()):06d}"
    order = PaymentOrder(ref, Money(902_900), None, "6217000000000001234", name, "示例银行", None, False, "案款")
    sheet = PaperPlugin().connect(account, PluginServices(timeout_seconds=1)).paper_order(order)
    assert hand_in(counter, account.account_no, sheet.qr) == f"settled {ref}"
    assert "duplicate" in hand_in(counter, account.account_no, sheet.qr)
    entries = [entry for record in counter.journal() for entry in record.get("entries", ())]
    (paid,) = [entry for entry in entries if entry.get("client_ref") == ref]
    assert (paid["fen"], paid["counter_account"], paid["counter_name"]) == (902_900, order.payee_account, name)
    statement = httpx.get(f"{counter.endpoint}statements/{account.account_no}.sta", trust_env=False).text
    assert f"?20案款 {ref}" in statement
    assert ":62F:C" in statement


@pytest.mark.parametrize("change", [("9029.00", "9029.01"), ("*1*", "*2*"), ("1234", "1235")])
def test_a_changed_code_is_not_taken(counter: SimulatorProcess, change: tuple[str, str]) -> None:
    opened = counter.open_account("示例区人民法院案款专户")
    account = FundAccountRef(opened["number"], opened["name"], None, opened["settings"])
    order = PaymentOrder(
        "261121000099", Money(902_900), None, "6217000000000001234", "甲", "示例银行", None, False, "案款"
    )
    qr = PaperPlugin().connect(account, PluginServices(timeout_seconds=1)).paper_order(order).qr
    assert change[0] in qr
    assert hand_in(counter, account.account_no, qr.replace(*change)).startswith("退回")
