"""Fixtures as the connector reads them, and messages that are none."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, LineDirection, LineKind, PaymentOrder
from ankuan.plugin_api.values import Malformed
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_boc.connector import _judged
from ankuan_bank_boc.lines import line_of
from ankuan_bank_boc.messages import parse, without_password

FIXTURES = Path(__file__).parent.parent / "fixtures"
AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
FIRST = PaymentOrder(
    client_ref="261121000001",
    amount=Money(10_001),
    pay_from_sub_account=None,
    payee_account="6217000000000001234",
    payee_name="申请执行人甲",
    payee_bank_name="示例银行",
    payee_bank_code=None,
    same_bank=False,
    purpose="案款",
)
THREE = tuple(replace(FIRST, client_ref=f"26112100000{number}") for number in (1, 2, 3))


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


def states(name: str) -> list[tuple[AnswerState, bool]]:
    made = RawExchange("b2e0009", b"", raw(name), AT, AT)
    return [(verdict.state, bool(verdict.alarm)) for verdict in _judged(made, THREE)]


def test_each_row_of_a_batch_has_its_own_fate() -> None:
    assert states("b2e0009__three") == [
        (AnswerState.ACCEPTED, False),
        (AnswerState.REFUSED, False),
        (AnswerState.AWAITING_BANK, False),
    ]


def test_d25_a_row_that_is_not_mentioned_is_unknown() -> None:
    assert states("b2e0009__one_missing") == [(AnswerState.ACCEPTED, False), *[(AnswerState.UNKNOWN, True)] * 2]


@pytest.mark.parametrize("case", ["b2e0009__twice", "b2e0009__stranger"])
def test_an_answer_that_contradicts_the_batch_proves_nothing(case: str) -> None:
    assert states(case) == [(AnswerState.UNKNOWN, True)] * 3


def test_an_error_document_is_about_all_rows() -> None:
    assert states("b2e0009__error") == [(AnswerState.REFUSED, False)] * 3


def test_four_lines() -> None:
    lines = [line_of(row, "200000000001") for row in parse(raw("b2e0035__four"), "b2e0035").rows]
    assert [(line.direction, line.kind, line.amount.fen, line.client_ref) for line in lines] == [
        (LineDirection.CREDIT, LineKind.EXTERNAL, 902_900, None),
        (LineDirection.DEBIT, LineKind.EXTERNAL, 10_001, "261121000001"),
        (LineDirection.CREDIT, LineKind.RETURNED, 10_001, "261121000001"),
        (LineDirection.DEBIT, LineKind.REVERSAL, 5_000, None),
    ]
    assert lines[0].counter_name == "被执行人镕𠮷"


def test_f12_a_row_of_another_account_is_refused() -> None:
    with pytest.raises(Malformed):
        line_of(parse(raw("b2e0035__four"), "b2e0035").rows[0], "200000000002")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a/>",
        b"\xff",
        raw("b2e0007__done")[:-20],
        raw("b2e0007__handling").decode().encode("gbk"),
        b"\x00",
    ],
)
def test_what_is_no_message(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body, "b2e0007")


def test_an_answer_to_something_else_is_no_message() -> None:
    with pytest.raises(Malformed):
        parse(raw("b2e0035__four"), "b2e0007")


def test_the_password_is_cut_out_of_what_is_kept() -> None:
    assert without_password(b"<custpwd>s3cret</custpwd>") == b"<custpwd>******</custpwd>"
