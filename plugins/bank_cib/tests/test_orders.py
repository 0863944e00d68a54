"""Orders as they go out: nodes in order, and what the bank can't take is never sent."""

from dataclasses import replace

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, BatchOrder, FundAccountRef, PaymentOrder, TransferOrder
from ankuan.plugin_api.errors import CannotExpress, InvalidSettings
from ankuan_bank_cib import compose
from ankuan_bank_cib.config import Config, read_config
from ankuan_bank_cib.messages import Tree
from ankuan_bank_cib.numbers import CAPACITY, Numbers, numbers_of

MAIN = "117010100100000001"
SUB, OTHER = f"{MAIN}500001", f"{MAIN}500002"
REF = "202611210000000017"
SETTINGS = {
    "endpoint": "http://127.0.0.1:9/",
    "customer_no": "1100000001",
    "user_id": "court01",
    "user_password": "geheim",
}
ACCOUNT = FundAccountRef(MAIN, "示例人民法院", f"{MAIN}000000", SETTINGS)
NUMBERS = numbers_of(ACCOUNT)
ORDER = PaymentOrder(
    client_ref=REF,
    amount=Money(902_900),
    pay_from_sub_account=None,
    payee_account="6217000000000001234",
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code="105100000017",
    same_bank=False,
    purpose="案款发放",
)


def config(**more: str) -> Config:
    return read_config({**SETTINGS, **more})


def shape(tree: Tree | tuple[Tree, ...]) -> object:
    """Names in order, with the text of leaves."""
    if isinstance(tree, tuple):
        return [shape(each) for each in tree]
    return (tree.name, tree.content if isinstance(tree.content, str) else [shape(each) for each in tree.content])


def test_a_payment_out_of_the_main_account() -> None:
    sent = compose.payment(ORDER, ACCOUNT, NUMBERS, config(payee_city="济南"))
    assert (sent.request.operation, sent.request.transaction, sent.source) == ("XFERTRN", REF, None)
    payee = [("ACCTID", "6217000000000001234"), ("NAME", "申请执行人甲"), ("BANKDESC", "中国建设银行")]
    info = [
        ("ACCTFROM", [("ACCTID", MAIN)]),
        ("ACCTTO", [*payee, ("BANKNUM", "105100000017"), ("CITY", "济南")]),
        ("TRNAMT", "9029.00"),
        ("PURPOSE", "案款发放"),
        ("MEMO", f"[{REF}]"),
    ]
    assert shape(sent.request.content) == [("XFERRQ", [("XFERINFO", info)])]


def test_a_payment_out_of_a_sub_account() -> None:
    sent = compose.payment(replace(ORDER, pay_from_sub_account=SUB), ACCOUNT, NUMBERS, config())
    (vat,) = sent.request.content
    assert (sent.request.operation, vat.name, sent.source) == ("VATTRN", "VATRQ", "500001")
    assert [shape(each) for each in vat.content[:3] if isinstance(each, Tree)] == [
        ("VATTYPE", "1"),
        ("MAINACCT", MAIN),
        ("SUBACCT", "500001"),
    ]


@pytest.mark.parametrize(
    ("mode", "more", "is_super"),
    [
        ("SUPER", {}, True),
        ("NORMAL", {}, False),
        ("SUPER", {"amount": Money(5_000_000)}, True),
        ("SUPER", {"amount": Money(5_000_001)}, False),
        ("SUPER", {"same_bank": True}, False),
        ("SUPER", {"payee_bank_code": None}, False),
    ],
)
def test_the_way_between_banks(mode: str, more: dict[str, object], is_super: bool) -> None:
    order = replace(ORDER, **more)  # type: ignore[arg-type]
    sent = compose.payment(order, ACCOUNT, NUMBERS, config(payment_mode=mode))
    assert ("PMTMODE" in str(shape(sent.request.content))) is is_super


@pytest.mark.parametrize(
    "more",
    [
        *({"payee_name": f"甲{char}乙"} for char in "<>&\x00\n𠮷"),
        {"payee_name": " "},
        {"payee_name": "长" * 51},
        {"payee_bank_name": ""},
        {"payee_bank_code": "1051"},
        {"purpose": "a & b"},
        {"purpose": ""},
        {"amount": Money.ZERO},
        {"amount": Money(-1)},
        {"client_ref": "9" * 31},
        {"client_ref": "12 3"},
        {"payee_account": "6217<1>"},
        {"payee_account": "６２１７"},
        {"pay_from_sub_account": "117010100100000002500001"},
        {"pay_from_sub_account": f"{MAIN}50001"},
    ],
)
def test_what_the_bank_cannot_take_is_never_sent(more: dict[str, object]) -> None:
    with pytest.raises(CannotExpress):
        compose.payment(replace(ORDER, **more), ACCOUNT, NUMBERS, config())  # type: ignore[arg-type]


def test_moves_name_sub_accounts_by_six_digits() -> None:
    transfer = TransferOrder(REF, Money(100), SUB, None, "", "划转")
    adjustment = AdjustmentOrder(REF, Money(100), SUB, "甲", "k|100", "认领")
    for order, source, target in ((transfer, "500001", "000000"), (adjustment, "000000", "500001")):
        sent = compose.move(order, NUMBERS)
        assert (sent.source, sent.counter) == (source, MAIN + target)
        told = {each.name: each.content for each in sent.request.content[0].content if isinstance(each, Tree)}
        assert (told["MAINACCT"], told["SUBACCT"], told["TOSUBACCT"]) == (MAIN, source, target)


def test_unowned_money_cannot_be_moved_before_its_number_is_known() -> None:
    unknown = numbers_of(replace(ACCOUNT, adjustment_account_no=None))
    assert unknown.unowned is None
    with pytest.raises(CannotExpress):
        compose.move(TransferOrder(REF, Money(100), None, SUB, "", "划转"), unknown)
    with pytest.raises(CannotExpress):
        compose.move(TransferOrder(REF, Money(100), SUB, SUB, "", "划转"), NUMBERS)


def test_a_batch() -> None:
    rows = tuple(replace(ORDER, client_ref=f"{REF}{n}", pay_from_sub_account=SUB) for n in range(3))
    request = compose.batch(BatchOrder("B1", rows), ACCOUNT, NUMBERS, config())
    told = shape(request.content[0])
    assert f"('ACCTID', '{SUB}')" in str(told)
    assert "('TOTALCOUNT', '3'), ('TOTALAMOUNT', '27087.00')" in str(told)
    assert [f"('REMARK', '[{REF}{n}]')" in str(told) for n in range(3)] == [True] * 3


def test_batches_that_are_none() -> None:
    own = replace(ORDER, client_ref="1", pay_from_sub_account=SUB)
    for rows in ((), (ORDER, ORDER), (ORDER, own), tuple(replace(ORDER, client_ref=str(n)) for n in range(101))):
        with pytest.raises(CannotExpress):
            compose.batch(BatchOrder("B1", rows), ACCOUNT, NUMBERS, config())


def test_numbers() -> None:
    numbers = Numbers(MAIN, "000000")
    assert [numbers.told(text) for text in ("", "000000", "500001", SUB)] == [None, None, SUB, SUB]
    assert [numbers.is_own(number) for number in (MAIN, SUB, f"{SUB}1", "6217", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert CAPACITY == 989_990
    with pytest.raises(ValueError, match="sub-account"):
        numbers.told("50001")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customer_no", "123"),
        ("user_password", "a<b"),
        ("sub_account_from", "9999"),
        ("sub_account_to", "999990"),
        ("refusal_codes", "2002,x"),
        ("receipt_path", "download"),
        ("notice_secret", "short"),
        ("payee_city", "𠮷"),
    ],
)
def test_settings_that_do_not_fit(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings) as told:
        config(**{name: value})
    assert told.value.field_name == name


def test_a_range_of_numbers_that_ends_before_it_begins() -> None:
    with pytest.raises(InvalidSettings) as told:
        config(sub_account_from="600000", sub_account_to="500000")
    assert told.value.field_name == "sub_account_to"
