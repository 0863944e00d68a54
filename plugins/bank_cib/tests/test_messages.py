"""Fixtures as the connector reads them, and messages that are none."""

from datetime import date
from pathlib import Path

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import LineDirection, LineKind
from ankuan_bank_cib.lines import entry_of
from ankuan_bank_cib.messages import Malformed, Tree, parse, read_xml, render, without_password
from ankuan_bank_cib.numbers import Numbers
from ankuan_bank_cib.values import day_and_moment, money

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN = "117010100100000001"
NUMBERS = Numbers(MAIN, "000000")
REF = "202611210000000017"
DAY = date(2026, 11, 20)


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


def entries(name: str) -> list[tuple[LineDirection, LineKind, int, str | None, str | None]]:
    body = parse(raw(name), "BALNTRADEINQUIRYTRN", "Q1").body
    rows = [entry_of(row, NUMBERS, DAY, DAY) for row in body.part("RSBODY").all("CONTENT")]
    lines = [row.line for row in rows]
    return [(line.direction, line.kind, line.amount.fen, line.sub_account_no, line.client_ref) for line in lines]


def test_a_day_of_all_kinds() -> None:
    sub = f"{MAIN}500001"
    credit, debit = LineDirection.CREDIT, LineDirection.DEBIT
    assert entries("BALNTRADEINQUIRYTRN__day") == [
        (credit, LineKind.EXTERNAL, 902_900, sub, None),
        (debit, LineKind.EXTERNAL, 10_000, sub, REF),
        (credit, LineKind.RETURNED, 10_000, sub, REF),
        (debit, LineKind.REVERSAL, 2_900, sub, None),
        (credit, LineKind.INTEREST, 3_000, None, None),
        (debit, LineKind.FEE, 50, sub, None),
        (debit, LineKind.ADJUSTMENT, 2_000, None, "202611210000000018"),
        (credit, LineKind.ADJUSTMENT, 2_000, sub, "202611210000000018"),
    ]


def test_what_waits_says_what_it_can_give() -> None:
    body = parse(raw("BALNTRADEINQUIRYTRN__day"), "BALNTRADEINQUIRYTRN", "Q1").body
    rows = [entry_of(row, NUMBERS, DAY, DAY).line for row in body.part("RSBODY").all("CONTENT")]
    waiting = [line.adjustment_ref for line in rows if line.adjustment_ref]
    assert waiting == ["2026112000000000000500002|3000"]
    assert rows[0].counter_name == "被执行人镕𠮷"


@pytest.mark.parametrize("case", ["no_key", "bad_amount", "zero", "other_day"])
def test_a_row_that_is_not_as_documented_is_refused(case: str) -> None:
    with pytest.raises(Malformed):
        entries(f"BALNTRADEINQUIRYTRN__{case}")


@pytest.mark.parametrize(
    "case", ["utf8", "declares_utf8", "truncated", "entity", "other_root", "state_twice", "other_transaction"]
)
def test_what_is_no_answer(case: str) -> None:
    with pytest.raises(Malformed):
        parse(raw(f"XFERTRN__{case}"), "XFERTRN", REF)


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff", b"<FOX/>", b"<a>" * 50_000, "<FOX/>".encode("utf-16")])
def test_bytes_that_are_no_message(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse(body, "XFERTRN", REF)


def test_an_answer_to_another_operation_is_no_answer() -> None:
    with pytest.raises(Malformed):
        parse(raw("XFERTRN__paid"), "VATTRN", REF)


def test_a_refused_sign_on_is_told_by_its_code() -> None:
    assert parse(raw("XFERTRN__sign_on_refused"), "XFERTRN", REF).code == "15500"


def test_the_order_of_nodes_is_kept_and_the_password_is_not() -> None:
    asked = Tree("XFERTRNRQ", (Tree("TRNUID", REF), Tree("XFERRQ", (Tree("B", "镕"), Tree("A", "2")), {"X": "Y"})))
    sent = render((Tree("USERID", "u"), Tree("USERPASS", "geheim")), asked)
    assert sent.decode("gbk").endswith(
        "<SONRQ><USERID>u</USERID><USERPASS>geheim</USERPASS></SONRQ></SIGNONMSGSRQV1><SECURITIES_MSGSRQV1>"
        f'<XFERTRNRQ><TRNUID>{REF}</TRNUID><XFERRQ X="Y"><B>镕</B><A>2</A></XFERRQ></XFERTRNRQ>'
        "</SECURITIES_MSGSRQV1></FOX>"
    )
    assert b"geheim" not in without_password(sent)
    assert read_xml(without_password(sent)).name == "FOX"


@pytest.mark.parametrize(
    ("text", "fen"), [("0.29", 29), ("-1.5", -150), ("7", 700), ("999999999999999.99", 10**17 - 1)]
)
def test_amounts(text: str, fen: int) -> None:
    assert money(text) == Money(fen)


@pytest.mark.parametrize("text", ["", "1,000.00", "1.005", "1e3", "+1", "１.00", "--1", "1."])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Malformed):
        money(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-11-20", "2026-11-20 None"),
        ("2026-11-20T10:11:12", "2026-11-20 10:11:12"),
        ("2026-11-20 10:11", "2026-11-20 10:11:00"),
        ("2017年10月23日 16:22", "2017-10-23 16:22:00"),
        ("2017年1月3日", "2017-01-03 None"),
    ],
)
def test_times(text: str, told: str) -> None:
    on, moment = day_and_moment(text)
    assert f"{on} {moment and moment.time()}" == told


@pytest.mark.parametrize("text", ["", "2026-02-30", "2026-11-20 25:00", "20261120", "2026年13月1日", "昨天"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(Malformed):
        day_and_moment(text)
