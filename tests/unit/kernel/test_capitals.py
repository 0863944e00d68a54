"""Capitals: examples of the payment rules, an independent reader, a library as oracle where it follows the rule."""

from __future__ import annotations

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.money import LIMIT_FEN, Money

DIGITS = "零壹贰叁肆伍陆柒捌玖"


@pytest.mark.parametrize(
    ("yuan", "capitals"),
    [
        # the examples of the annex to the payment rules
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        # ours
        ("1234.50", "壹仟贰佰叁拾肆元伍角整"),
        ("100.00", "壹佰元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("0.00", "零元整"),
        ("10.00", "壹拾元整"),
        ("10000100.30", "壹仟万零壹佰元叁角整"),
        ("100000.00", "壹拾万元整"),
        ("100010000.00", "壹亿零壹万元整"),
        ("100000001.00", "壹亿零壹元整"),
        ("12000003456.00", "壹佰贰拾亿零叁仟肆佰伍拾陆元整"),
        ("1000000000000.00", "壹万亿元整"),
        ("50200000000.00", "伍佰零贰亿元整"),
        ("-5.20", "负伍元贰角整"),
        (
            "999999999999999.99",
            "玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
        ),
    ],
)
def test_examples(yuan: str, capitals: str) -> None:
    assert Money.parse(yuan).capitals() == capitals


def _read_integer(text: str) -> int:
    """Read capitals back, written apart from the code under test: split at the highest unit, add up."""
    for unit, size in (("亿", 10**8), ("万", 10**4), ("仟", 1000), ("佰", 100), ("拾", 10)):
        upper, found, lower = text.rpartition(unit)
        if found:
            return _read_integer(upper) * size + _read_integer(lower.removeprefix("零"))
    return DIGITS.index(text) if text else 0


def _read(text: str) -> int:
    sign, text = (-1, text[1:]) if text.startswith("负") else (1, text)
    whole, _, part = text.rpartition("元")
    part = part.removesuffix("整")
    jiao = DIGITS.index(part[part.index("角") - 1]) if "角" in part else 0
    cent = DIGITS.index(part[part.index("分") - 1]) if "分" in part else 0
    return sign * (_read_integer("" if whole == "零" else whole) * 100 + jiao * 10 + cent)


round_numbers = st.builds(
    lambda digit, power, rest: digit * 10**power + rest, *[st.integers(0, 16)] * 2, st.integers(0, 999)
)


@given(st.one_of(st.integers(1 - LIMIT_FEN, LIMIT_FEN - 1), round_numbers.filter(lambda fen: fen < LIMIT_FEN)))
def test_capitals_read_back(fen: int) -> None:
    text = Money(fen).capitals()
    assert _read(text) == fen
    assert "零零" not in text
    assert text.endswith("分") == (fen % 10 != 0)
    assert text.endswith("整") == (fen % 10 == 0)


@given(st.integers(1, 10**10 - 1))
def test_agrees_with_the_library_below_a_hundred_million(fen: int) -> None:
    # The library leaves 整 out after jiao, and loses a 零 after 亿; apart from that it follows the same rule.
    assert Money(fen).capitals().removesuffix("整") == cn2an.an2cn(Money(fen).yuan, "rmb").removesuffix("整")
