"""Money: reading, writing, splitting; nothing is ever lost or rounded."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ankuan.kernel.money import LIMIT_FEN, ZERO, AllocationError, Money, MoneyFormatError, MoneyOverflow

amounts = st.integers(-LIMIT_FEN + 1, LIMIT_FEN - 1).map(Money)
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.00", 0),
        ("-0.00", 0),
        ("0.01", 1),
        ("1", 100),
        ("1.2", 120),
        ("1234.50", 123450),
        ("1,234.50", 123450),
        ("21474836.47", 2147483647),
        ("21,474,836.48", 2147483648),
        ("￥1,234.5元", 123450),
        ("¥1234.5", 123450),
        ("RMB 1,234.50", 123450),
        ("CNY1234.50", 123450),
        ("人民币1,234.50元整", 123450),
        ("１，２３４．５０", 123450),
        ("￥１２３４．５元", 123450),
        ("  1234.50\u3000", 123450),
        ("00001234.50", 123450),
        ("+5.00", 500),
        ("-5.00", -500),
        ("−5.00", -500),
        ("￥-5.00", -500),
        ("-￥5.00", -500),
        ("999999999999999.99", LIMIT_FEN - 1),
        ("-999999999999999.99", 1 - LIMIT_FEN),
    ],
)
def test_parse_reads(text: str, fen: int) -> None:
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "元",
        ".5",
        "5.",
        "1.234",
        "1.230",
        "1e3",
        "1E3",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "1,23",
        "12,34.00",
        "1,2345",
        ",123",
        "1234,567.00",
        "1 234.50",
        "1_000",
        "0x10",
        "--5",
        "-￥-5",
        "(5.00)",
        "5.00.00",
        "5万元",
        "5²",
        "①",
        "५",
        "壹元整",
        "1000000000000000",
        "100,000,000,000,000,000.00",
        "9" * 65,
        "0" * 5000,
        "1\n",
        "$5",
    ],
)
def test_parse_refuses(text: str) -> None:
    if text == "1\n":  # trailing white space is forgiven, a second line is not
        assert Money.parse(text) == Money(100)
        text = "1\n2"
    with pytest.raises(MoneyFormatError) as refused:
        Money.parse(text)
    assert refused.value.code == "invalid_amount"


@pytest.mark.parametrize("value", [1234.5, 5, True, None, b"5.00", ["5"]])
def test_parse_takes_text_only(value: object) -> None:
    with pytest.raises(MoneyFormatError):
        Money.parse(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["0", "0.00", "-0.01", "-5", "abc"])
def test_positive_refuses_zero_and_below(text: str) -> None:
    with pytest.raises(MoneyFormatError):
        Money.positive(text)


def test_positive_takes_a_fen() -> None:
    assert Money.positive("0.01") == Money(1)


@pytest.mark.parametrize("value", [1.0, "1", True, None])
def test_only_an_int_makes_money(value: object) -> None:
    with pytest.raises(TypeError):
        Money(value)  # type: ignore[arg-type]


@given(amounts)
def test_parse_reads_back_every_form(amount: Money) -> None:
    for text in (amount.yuan, amount.display(), f"￥{amount.display()}元", amount.yuan.translate(WIDE), str(amount)):
        assert Money.parse(text) == amount


@given(
    st.text(alphabet="0123456789.,-+￥¥元万 eE１．，（)", max_size=12)
    | st.from_regex(r"-?￥?[0-9１]{1,9}[.．，][0-9]{0,3}元?")
)
def test_whatever_parses_is_what_was_written(text: str) -> None:
    try:
        amount = Money.parse(text)
    except MoneyFormatError:
        return
    digits = "".join(sign for sign in text.replace("１", "1").replace("．", ".") if sign in "0123456789.")
    whole, _, part = digits.partition(".")
    assert abs(amount.fen) == int(whole) * 100 + int(part.ljust(2, "0"))
    assert len(part) <= 2


@given(amounts, amounts)
def test_arithmetic_is_that_of_fen(a: Money, b: Money) -> None:
    assume(abs(a.fen + b.fen) < LIMIT_FEN and abs(a.fen - b.fen) < LIMIT_FEN)
    assert (a + b).fen == a.fen + b.fen
    assert (a - b).fen == a.fen - b.fen
    assert (a < b) == (a.fen < b.fen)
    assert (-a).fen == -a.fen
    assert bool(a) == (a.fen != 0)
    assert abs(a).fen == abs(a.fen)
    assert Money.total([a, b]) == sum([a, b], ZERO) == a + b


def test_multiplication_is_by_int_only() -> None:
    assert Money(150) * 3 == 3 * Money(150) == Money(450)
    for factor in (1.5, True, Money(1)):
        with pytest.raises(TypeError):
            _ = Money(150) * factor  # type: ignore[operator]


def test_money_does_not_mix_with_numbers() -> None:
    for number in (5, 5.0):
        with pytest.raises(TypeError):
            _ = Money(5) + number  # type: ignore[operator]
        with pytest.raises(TypeError):
            _ = Money(5) - number  # type: ignore[operator]
    assert Money(5) not in {5, "5"}


def test_total_of_nothing_is_zero() -> None:
    assert Money.total([]) == ZERO == Money.ZERO


def test_limit_holds_for_results_too() -> None:
    most = Money(LIMIT_FEN - 1)
    with pytest.raises(MoneyOverflow):
        _ = most + Money(1)
    with pytest.raises(MoneyOverflow):
        _ = most * 2


def test_money_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Money(5).fen = 6  # type: ignore[misc]


@pytest.mark.parametrize(
    ("fen", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (200, [1, 1, 1], [67, 67, 66]),
        (100, [1, 1, 1, 1, 1, 1], [17, 17, 17, 17, 16, 16]),
        (1, [1, 1], [1, 0]),
        (1, [1, 2], [0, 1]),
        (5, [0, 1], [0, 5]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (0, [3, 4], [0, 0]),
        (1000000, [300000, 500000, 900000], [176470, 294118, 529412]),
        (LIMIT_FEN - 1, [10**17, 10**17], [LIMIT_FEN // 2, LIMIT_FEN // 2 - 1]),
    ],
)
def test_allocate(fen: int, weights: list[int], shares: list[int]) -> None:
    assert [share.fen for share in Money(fen).allocate(weights)] == shares


@given(amounts, st.lists(st.integers(0, 10**17), min_size=1, max_size=40))
def test_allocation_is_exact_and_fair(amount: Money, weights: list[int]) -> None:
    whole = sum(weights)
    assume(whole > 0)
    shares = amount.allocate(weights)
    assert Money.total(shares) == amount
    assert amount.allocate(weights) == shares
    for share, weight in zip(shares, weights, strict=True):
        # Within one fen of the exact part, and of the sign of the whole.
        assert abs(share.fen * whole - amount.fen * weight) < whole
        assert share.fen * amount.fen >= 0
    bigger_first = sorted(zip(weights, (abs(share.fen) for share in shares), strict=True))
    assert [size for _, size in bigger_first] == sorted(size for _, size in bigger_first)


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [-1], [5, -1]])
def test_allocation_needs_weights(weights: list[int]) -> None:
    with pytest.raises(AllocationError):
        Money(100).allocate(weights)
