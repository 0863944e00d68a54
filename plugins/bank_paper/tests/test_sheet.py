"""The sheet says what was ordered, always the same, and nothing that can't be printed is printed."""

from dataclasses import replace
from pathlib import Path

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, FundAccountRef, PaymentOrder, PluginServices, PrintsOrders
from ankuan.plugin_api.errors import CannotExpress, NotOffered
from ankuan_bank_paper.connector import PaperConnector
from ankuan_bank_paper.plugin import PaperPlugin

FIXTURES = Path(__file__).parent.parent / "fixtures"
ACCOUNT = FundAccountRef(
    "62202600000000001", "示例区人民法院案款专户", None, {"bank_name": "示例农村商业银行", "branch": "示例支行"}
)
ORDER = PaymentOrder(
    client_ref="2611210A7K2Z",
    amount=Money(902_900),
    pay_from_sub_account=None,
    payee_account="6217000000000001234",
    payee_name="申请执行人𠮷",
    payee_bank_name="示例银行",
    payee_bank_code="105100000017",
    same_bank=False,
    purpose="案款发放",
)


def connect() -> PaperConnector:
    return PaperPlugin().connect(ACCOUNT, PluginServices(timeout_seconds=1))


def test_the_sheet_says_what_was_ordered() -> None:
    sheet = connect().paper_order(ORDER)
    facts = dict(sheet.facts)
    assert facts["金额（元）"] == "9,029.00"
    assert facts["金额大写"] == "玖仟零贰拾玖元整"
    assert (facts["收款人"], facts["收款账号"]) == ("申请执行人𠮷", "6217000000000001234")
    assert facts["附言（请照录）"] == sheet.number == ORDER.client_ref
    assert sheet.signatures == ("经办", "复核", "财务负责人")
    assert sheet.qr == (FIXTURES / "qr__payment.txt").read_text(encoding="utf-8").strip()
    assert connect().paper_order(ORDER) == sheet


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Money.ZERO},
        {"amount": Money(10**14)},
        {"client_ref": "2611210a7k2z"},
        {"client_ref": "0" * 13},
        {"payee_account": "6217 <x>"},
        {"payee_name": " "},
        {"payee_name": "甲\x00"},
        {"payee_name": "甲\u202e乙"},
        {"payee_name": "甲" * 61},
        {"purpose": "一\n二"},
        {"payee_bank_name": "", "payee_bank_code": None},
        {"pay_from_sub_account": "1"},
    ],
    ids=str,
)
async def test_what_must_not_be_printed(change: dict[str, object]) -> None:
    order = replace(ORDER, **change)  # type: ignore[arg-type]
    with pytest.raises(CannotExpress):
        connect().paper_order(order)
    with pytest.raises(CannotExpress):
        await connect().pay(order)


async def test_an_order_waits_and_nobody_can_be_asked() -> None:
    connector = connect()
    assert isinstance(connector, PrintsOrders)
    answer = await connector.pay(ORDER)
    assert (answer.state, answer.exchanges) == (AnswerState.AWAITING_BANK, ())
    assert (await connector.query(ORDER)).state is AnswerState.UNKNOWN
    for read in (connector.balance(), connector.fetch_lines(None)):
        with pytest.raises(NotOffered):
            await read
