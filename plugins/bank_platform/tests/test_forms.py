"""What the simulator says is read by classes that others made of the official schemas: two ends can't err alike."""

from typing import Any

import httpx
import pytest
from pyiso20022.camt.camt_052_001_08 import camt_052_001_08 as camt_052
from pyiso20022.camt.camt_053_001_08 import camt_053_001_08 as camt_053
from pyiso20022.pain.pain_002_001_10 import pain_002_001_10 as pain_002
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import FundAccountRef, PaymentOrder
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_platform.connector import PlatformConnector

STRICT = XmlParser(
    config=ParserConfig(
        fail_on_unknown_properties=True, fail_on_unknown_attributes=True, fail_on_converter_warnings=True
    )
)


async def said(connector: PlatformConnector, simulator: SimulatorProcess, main: str) -> list[bytes]:
    """Bodies of answers of every form, after a day with every kind of booking."""
    bodies: list[bytes] = []

    def keep(answer: Any) -> None:
        bodies.extend(made.response.partition(b"\r\n\r\n")[2] for made in answer.exchanges if made.response)

    (sub,) = (await connector.open_sub_accounts(("甲案",))).opened
    simulator.admin("POST", "/credits", {"to": sub.number, "fen": 10_000, "payer_name": "乙<&>", "remark": "案款"})
    arrived = simulator.admin("POST", "/credits", {"to": main, "fen": 500, "payer_name": "乙"})
    simulator.admin("POST", f"/credits/{arrived['no']}/reverse", {})
    simulator.admin("POST", "/credits", {"to": sub.number, "fen": 7, "kind": "interest"})
    simulator.admin("POST", "/fees", {"from": sub.number, "fen": 3})
    for number, payee in enumerate(("6217000000001234", "6217000000000000")):
        order = PaymentOrder(
            f"2026112188000000000{number}",
            Money(1_000),
            sub.number,
            payee,
            "申请执行人甲",
            "建设银行",
            None,
            False,
            "案款",
        )
        keep(await connector.pay(order))
        keep(await connector.pay(order))
        keep(await connector.query(order))
        if not number:
            simulator.admin("POST", f"/payments/{order.client_ref}/return", {"fee_fen": 1})
    page = await connector.fetch_lines(None)
    keep(page)
    keep(await connector.balance())
    keep(await connector.balance(sub.number))
    simulator.admin("POST", "/clock/advance", {"days": 1})
    keep(await connector.fetch_lines(page.cursor))
    return bodies


@pytest.mark.filterwarnings("error")
async def test_every_answer_is_a_document_of_its_schema(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    forms = {b"pain.002.001.10": pain_002, b"camt.052.001.08": camt_052, b"camt.053.001.08": camt_053}
    seen: set[bytes] = set()
    for body in await said(connector, simulator, account.account_no):
        name = next(name for name in forms if name in body)
        seen.add(name)
        assert type(STRICT.from_bytes(body, forms[name].Document)).__name__ == "Document"
    assert seen == set(forms)


async def test_the_official_classes_read_the_same_amounts(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    for fen in (1, 10, 99_999_999_999):
        simulator.admin("POST", "/credits", {"to": account.account_no, "fen": fen})
    page = await connector.fetch_lines(None)
    body = (page.exchanges[0].response or b"").partition(b"\r\n\r\n")[2]
    report = STRICT.from_bytes(body, camt_052.Document).bk_to_cstmr_acct_rpt.rpt[0]
    theirs = [(entry.acct_svcr_ref, int(entry.amt.value * 100)) for entry in report.ntry]
    assert theirs == [(line.bank_key, line.amount.fen) for line in page.lines]


async def test_a_message_that_is_not_valid_is_refused_by_the_platform(
    account: FundAccountRef, platform_signs: object
) -> None:
    del platform_signs
    url = account.settings["endpoint"].rstrip("/") + "/v1/pain.001"
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(url, content=b"<a/>")
    assert (answer.status_code, answer.json()["code"]) == (401, "UNKNOWN_APP")
    assert "x-signature" in answer.headers
