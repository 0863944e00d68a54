"""Content: what is accepted, in which form, and that the digest covers every part of it (I6)."""

import dataclasses
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.disbursement.content import Content, Line, clean_account, clean_lines, clean_purpose
from ankuan.disbursement.rules import Kind
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money

LINE = Line("申请执行人甲", "6217000000001208", Money(12_345), "示例银行", "102100099996", UUID(int=7))
CONTENT = Content("PD-2026-000001", "（2026）鲁0102执1号", "fund", Kind.PAY_PARTY, "执行款", 1, (LINE,))


def refused(line: Line) -> tuple[str, str | None]:
    with pytest.raises(AnkuanError) as caught:
        clean_lines([LINE, line])
    return caught.value.code, caught.value.field


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"amount": Money(0)}, "invalid_amount", "lines.1.amount"),
        ({"amount": Money(-1)}, "invalid_amount", "lines.1.amount"),
        ({"payee_name": "  "}, "payee_name_invalid", "lines.1.payeeName"),
        ({"payee_name": "甲" * 121}, "payee_name_invalid", "lines.1.payeeName"),
        ({"payee_name": "申请\u200b人"}, "payee_name_invalid", "lines.1.payeeName"),
        ({"payee_name": "甲\x00乙"}, "payee_name_invalid", "lines.1.payeeName"),
        ({"payee_name": "甲\u202e乙"}, "payee_name_invalid", "lines.1.payeeName"),
        ({"payee_name": "甲\ud800"}, "payee_name_invalid", "lines.1.payeeName"),
        ({"payee_account": ""}, "payee_account_invalid", "lines.1.payeeAccount"),
        ({"payee_account": "12345"}, "payee_account_invalid", "lines.1.payeeAccount"),
        ({"payee_account": "1" * 35}, "payee_account_invalid", "lines.1.payeeAccount"),
        ({"payee_account": "6217；0001208"}, "payee_account_invalid", "lines.1.payeeAccount"),
        ({"payee_account": "٦٢١٧٠٠٠٠١٢٠٨"}, "payee_account_invalid", "lines.1.payeeAccount"),
        ({"payee_bank_code": "12345"}, "payee_bank_invalid", "lines.1.payeeBankCode"),
        ({"payee_bank_name": "银" * 121}, "payee_bank_invalid", "lines.1.payeeBankName"),
    ],
)
def test_bad_lines_are_refused_with_their_place(change: dict[str, object], code: str, field: str) -> None:
    changed = dataclasses.replace(LINE, **change)  # type: ignore[arg-type]  # fields by name
    assert refused(changed) == (code, field)


def test_no_line_and_too_many_lines() -> None:
    for lines, code in (([], "no_lines"), ([LINE] * 501, "too_many_lines")):
        with pytest.raises(AnkuanError) as caught:
            clean_lines(lines)
        assert (caught.value.code, caught.value.field) == (code, "lines")
    assert len(clean_lines([LINE] * 500)) == 500


@pytest.mark.parametrize("purpose", ["", "   ", "字" * 201, "a\x07b", "用\u2066途"])
def test_a_purpose_is_needed(purpose: str) -> None:
    with pytest.raises(AnkuanError) as caught:
        clean_purpose(purpose)
    assert (caught.value.code, caught.value.field) == ("purpose_required", "purpose")


def test_account_is_stored_as_it_will_be_sent() -> None:
    [line] = clean_lines([dataclasses.replace(LINE, payee_account=" ６２１７ 0000-0000 1208 ", payee_bank_code="")])
    assert line.payee_account == "6217000000001208"
    assert line.payee_bank_code is None
    assert clean_account(line.payee_account) == line.payee_account


@pytest.mark.parametrize("name", ["ＡＢＣ（中国）有限公司", "買 買 提·圖爾遜", "𠮷田", "é e\u0301"])
def test_a_name_stays_as_it_was_shown(name: str) -> None:
    """B3: nothing is normalised behind the approver's back."""
    [line] = clean_lines([dataclasses.replace(LINE, payee_name=f" {name} ")])
    assert line.payee_name == name


@pytest.mark.parametrize("part", [f.name for f in dataclasses.fields(Line)])
def test_the_digest_covers_each_part_of_a_line(part: str) -> None:
    others: dict[str, object] = {
        "payee_name": "申请执行人乙",
        "payee_account": "6217000000001209",
        "amount": Money(12_346),
        "payee_bank_name": "示例银行支行",
        "payee_bank_code": None,
        "party_id": None,
    }
    changed = dataclasses.replace(LINE, **{part: others[part]})  # type: ignore[arg-type]  # fields by name
    assert dataclasses.replace(CONTENT, lines=(changed,)).digest != CONTENT.digest


@pytest.mark.parametrize(
    "change",
    [
        {"number": "PD-2026-000002"},
        {"case_number": "（2026）鲁0102执2号"},
        {"fund_account": "other"},
        {"kind": Kind.FINE},
        {"purpose": "执行款 "},
        {"version": 2},
        {"lines": (LINE, LINE)},
        {"lines": ()},
    ],
)
def test_the_digest_covers_each_part_of_the_whole(change: dict[str, object]) -> None:
    assert dataclasses.replace(CONTENT, **change).digest != CONTENT.digest  # type: ignore[arg-type]  # fields by name


def test_order_of_lines_counts() -> None:
    other = dataclasses.replace(LINE, payee_name="申请执行人乙")
    both = [dataclasses.replace(CONTENT, lines=pair).digest for pair in ((LINE, other), (other, LINE))]
    assert both[0] != both[1]


amounts = st.lists(st.integers(1, 10**12).map(Money), min_size=1, max_size=20)


@given(amounts)
def test_total_is_the_sum_and_the_digest_is_stable(given_amounts: list[Money]) -> None:
    lines = clean_lines([dataclasses.replace(LINE, amount=amount) for amount in given_amounts])
    content = dataclasses.replace(CONTENT, lines=lines)
    assert content.total.fen == sum(a.fen for a in given_amounts)
    assert content.digest == dataclasses.replace(content).digest
    assert len(content.digest) == 64
