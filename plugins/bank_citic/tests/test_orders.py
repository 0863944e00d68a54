from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, FundAccountRef, PaymentOrder
from ankuan.plugin_api.errors import CannotExpress, InvalidSettings
from ankuan_bank_citic.compose import adjustment, payment, registration
from ankuan_bank_citic.config import read_config
from ankuan_bank_citic.messages import render

FIXTURES = Path(__file__).parent.parent / "fixtures"
ACCOUNT = FundAccountRef("8112501012300012345", "示例人民法院案款专户", "8123000123450000000", {})
ORDER = PaymentOrder(
    client_ref="01022026112100000017",
    amount=Money(902_900),
    pay_from_sub_account="8123000123450000001",
    payee_account="6217000000000001234",
    payee_name="示例<镕>&有限公司",
    payee_bank_name="",
    payee_bank_code="105100000017",
    same_bank=False,
    purpose="（2026）鲁0102执1号案款",
)
ADJUSTMENT = AdjustmentOrder(
    client_ref="01022026112100000018",
    amount=Money(10_000),
    to_sub_account="8123000123450000001",
    to_sub_account_name="（2026）鲁0102执1号",
    adjustment_ref="20261121|KEB00000000006|M000000000006",
    reason="认领入账",
)
LIMIT = Money(5_000_000)


def golden(name: str) -> bytes:
    return (FIXTURES / f"{name}__request.xml").read_bytes()


def test_requests_are_the_golden_bytes() -> None:
    large = replace(ORDER, pay_from_sub_account=None, amount=Money(5_000_001))
    for action, fields in (
        payment(ORDER, ACCOUNT, LIMIT),
        payment(large, ACCOUNT, LIMIT),
        adjustment(ADJUSTMENT, ACCOUNT),
        ("DLBREGSN", dict(registration("（2026）鲁0102执1号", ACCOUNT))),
    ):
        assert render(action, "court0102", fields) == golden(action)


@pytest.mark.parametrize(
    ("same_bank", "fen", "kind"),
    [(True, 1, "01"), (True, 10**9, "01"), (False, 5_000_000, "03"), (False, 5_000_001, "02")],
)
def test_the_clearing_way_follows_bank_and_amount(same_bank: bool, fen: int, kind: str) -> None:
    _, fields = payment(replace(ORDER, same_bank=same_bank, amount=Money(fen)), ACCOUNT, LIMIT)
    assert (fields["tranType"], fields["sameBank"]) == (kind, "0" if same_bank else "1")


@pytest.mark.parametrize(
    "change",
    [
        {"payee_name": "仲𠮷妮"},
        {"payee_name": "甲\x00"},
        {"payee_name": " "},
        {"payee_name": "长" * 62},
        {"payee_account": ""},
        {"payee_account": "6217 0000"},
        {"payee_account": "6" * 33},
        {"payee_bank_name": "", "payee_bank_code": None},
        {"payee_bank_name": "😀"},
        {"purpose": "𠮷"},
        {"amount": Money(0)},
        {"amount": Money(-1)},
        {"amount": Money(10**15)},
        {"client_ref": ""},
        {"client_ref": "0" * 21},
        {"client_ref": "流水"},
        {"pay_from_sub_account": "81 1"},
    ],
)
def test_what_cannot_be_written_is_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(CannotExpress) as refused:
        payment(replace(ORDER, **change), ACCOUNT, LIMIT)
    assert refused.value.message


@pytest.mark.parametrize(
    "change",
    [
        {"adjustment_ref": ""},
        {"adjustment_ref": "20261121|KEB"},
        {"adjustment_ref": "20261121|KEB|M<1>"},
        {"to_sub_account_name": "𠮷"},
        {"amount": Money(0)},
    ],
)
def test_an_adjustment_that_cannot_be_written_is_refused(change: Mapping[str, Any]) -> None:
    with pytest.raises(CannotExpress):
        adjustment(replace(ADJUSTMENT, **change), ACCOUNT)
    with pytest.raises(CannotExpress):
        adjustment(ADJUSTMENT, replace(ACCOUNT, adjustment_account_no=None))


def test_a_long_purpose_is_cut_but_keeps_the_reference() -> None:
    _, fields = payment(replace(ORDER, purpose="案" * 500), ACCOUNT, LIMIT)
    assert len(fields["abstract"].encode("gbk")) <= 102
    assert fields["abstract"].endswith("[01022026112100000017]")


GOOD = {"endpoint": "http://192.168.1.10:6789/", "user_name": "court0102"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": ""}, "endpoint"),
        ({"endpoint": "ftp://10.0.0.1/"}, "endpoint"),
        ({"endpoint": "http://user:word@10.0.0.1/"}, "endpoint"),
        ({"endpoint": "http://10.0.0.1:99999/"}, "endpoint"),
        ({"endpoint": "http:///x"}, "endpoint"),
        ({"user_name": ""}, "user_name"),
        ({"user_name": "x" * 31}, "user_name"),
        ({"user_name": "法院"}, "user_name"),
        ({"small_value_limit": "many"}, "small_value_limit"),
        ({"statement_from": "2026-01-01"}, "statement_from"),
        ({"statement_ahead_days": "61"}, "statement_ahead_days"),
        ({"statement_ahead_days": "-1"}, "statement_ahead_days"),
        ({"pasword": "x"}, "pasword"),
    ],
)
def test_settings_that_do_not_fit(change: Mapping[str, str], field: str) -> None:
    read_config(GOOD)
    with pytest.raises(InvalidSettings) as wrong:
        read_config({**GOOD, **change})
    assert wrong.value.field_name == field
