"""A booking settles an order only if it is exactly the ordered one (failures D14, D18, E6)."""

from dataclasses import replace
from datetime import date

import pytest

from ankuan.banking.client_refs import make_client_ref
from ankuan.banking.fingerprints import fingerprint_of
from ankuan.banking.line_rules import Bearing, Booked, Ordered, bearing
from ankuan.plugin_api.bank import LineDirection, LineKind
from tests.fixtures.province import NOW

REF = "01022611200000000001"
PAYMENT = Ordered("payment", REF, "K1", 10_000, "6217000000000000018", "8112501012300012346")
PAID = Booked(LineDirection.DEBIT, LineKind.EXTERNAL, REF, "K1", 10_000, "8112501012300012346", "6217000000000000018")
ADJUSTMENT = Ordered("adjustment", REF, None, 500, "8112501012300012346", None)
ADJUSTED = Booked(
    LineDirection.CREDIT, LineKind.ADJUSTMENT, REF, "K2", 500, "8112501012300012346", "8123000123450000000"
)


@pytest.mark.parametrize(
    ("order", "line", "expected"),
    [
        (PAYMENT, PAID, Bearing.EXECUTED),
        (PAYMENT, replace(PAID, counter_account=""), Bearing.EXECUTED),
        (PAYMENT, replace(PAID, sub_account_no=None), Bearing.EXECUTED),
        (PAYMENT, replace(PAID, amount_fen=9_999), Bearing.DIFFERS),
        (PAYMENT, replace(PAID, amount_fen=1_000_000), Bearing.DIFFERS),
        (PAYMENT, replace(PAID, counter_account="6217000000000000026"), Bearing.DIFFERS),
        (PAYMENT, replace(PAID, sub_account_no="8112501012300012347"), Bearing.DIFFERS),
        (PAYMENT, replace(PAID, direction=LineDirection.CREDIT), Bearing.NONE),
        (PAYMENT, replace(PAID, kind=LineKind.FEE), Bearing.NONE),
        (PAYMENT, replace(PAID, kind=LineKind.RETURNED, direction=LineDirection.CREDIT), Bearing.NONE),
        (PAYMENT, replace(PAID, client_ref="01022611200000000002"), Bearing.NONE),
        (PAYMENT, replace(PAID, client_ref=None), Bearing.EXECUTED),
        (PAYMENT, replace(PAID, client_ref=None, bank_ref="K9"), Bearing.NONE),
        (PAYMENT, replace(PAID, client_ref=None, amount_fen=1), Bearing.NONE),
        (PAYMENT, replace(PAID, client_ref=None, counter_account=""), Bearing.NONE),
        (replace(PAYMENT, bank_ref=None), replace(PAID, client_ref=None, bank_ref=None), Bearing.NONE),
        (ADJUSTMENT, ADJUSTED, Bearing.EXECUTED),
        (ADJUSTMENT, replace(ADJUSTED, sub_account_no="8112501012300012347"), Bearing.DIFFERS),
        (ADJUSTMENT, replace(ADJUSTED, amount_fen=501), Bearing.DIFFERS),
        (ADJUSTMENT, replace(ADJUSTED, direction=LineDirection.DEBIT, sub_account_no=None), Bearing.NONE),
        (ADJUSTMENT, replace(ADJUSTED, kind=LineKind.EXTERNAL), Bearing.NONE),
    ],
)
def test_bearing(order: Ordered, line: Booked, expected: Bearing) -> None:
    assert bearing(order, line) is expected


def test_feeds_that_print_differently_mean_the_same_and_others_do_not() -> None:
    day = date(2026, 11, 20)
    same = {
        fingerprint_of(day, "credit", 100, "6217000000000018", remark)
        for remark in ("（2026）鲁0102执1号 案款", "(2026)鲁0102执1号案款", "（２０２６）鲁0102执1号\n案款")
    }
    assert len(same) == 1
    others = {
        fingerprint_of(day, "credit", 100, "6217000000000018", "（2026）鲁0102执2号案款"),
        fingerprint_of(day, "debit", 100, "6217000000000018", "（2026）鲁0102执1号案款"),
        fingerprint_of(day, "credit", 101, "6217000000000018", "（2026）鲁0102执1号案款"),
        fingerprint_of(day, "credit", 100, "", "6217000000000018（2026）鲁0102执1号案款"),
    }
    assert len(others | same) == 5


def test_references_do_not_repeat_and_fit_the_narrowest_bank() -> None:
    # Of ten random digits two in a thousand are equal once in 20,000 runs; the table's unique key is what decides.
    made = {make_client_ref(174, NOW) for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(ref) == 20 and ref.isdigit() and ref.startswith("0174261120") for ref in made)
