"""The case number itself: strict reading, normal form, compare key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.case_number import (
    COURT_ALIASES,
    TYPE_CODES,
    CaseNumber,
    CaseNumberError,
    current_court_code,
    is_known_type,
)
from ankuan.kernel.case_number.codes import PROVINCES

courts = st.one_of(
    st.just("最高法"),
    st.builds(
        lambda province, digits: province + digits,
        st.sampled_from(PROVINCES),
        st.sampled_from(["", "01", "72"]) | st.from_regex(r"[0-9]{4}", fullmatch=True),
    ),
)
types = st.sampled_from(sorted(TYPE_CODES)) | st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=3
).filter(lambda text: text[0] != "知" and text[-1] not in "字第")
suffixes = st.sampled_from(["", "之一", "之九", "之十", "之十一", "之二十", "之九十九"])
numbers = st.builds(
    CaseNumber,
    st.integers(1949, 2099),
    courts,
    st.sampled_from(["", "知"]),
    types,
    st.integers(1, 99_999_999),
    suffixes,
)


@pytest.mark.parametrize(
    "text",
    [
        "（2023）鲁0102执123号",
        "(2023)鲁0102执123号",
        "（2023)鲁0102执123号",
        "[2023]鲁0102执123号",
        "〔2023〕鲁0102执123号",
        "（２０２３）鲁０１０２执１２３号",
        " （ 2023 ） 鲁 0102 执 123 号 ",
        "（2023）鲁0102执123",
        "2023鲁0102执123号",
        "2023年鲁0102执123号",
        "（2023）鲁0102执字第123号",
        "（2023）鲁0102执00123号",
        "（2023）\u3000鲁0102执\n123号",
    ],
)
def test_forgiven_writings_have_one_normal_form(text: str) -> None:
    number = CaseNumber.parse(text)
    assert number == CaseNumber(2023, "鲁0102", "", "执", 123)
    assert str(number) == "（2023）鲁0102执123号"
    assert number.key == "2023鲁0102执123"
    assert number.complete


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("（2022）最高法民申1024号", (2022, "最高法", "", "民申", 1024, "")),
        ("（2023）鲁执监5号", (2023, "鲁", "", "执监", 5, "")),
        ("（2023）鲁72民初66号", (2023, "鲁72", "", "民初", 66, "")),
        ("（2024）鲁01知民初31号", (2024, "鲁01", "知", "民初", 31, "")),
        ("（2023）粤0703民初1号", (2023, "粤0703", "", "民初", 1, "")),
        ("（2023）兵01民终1号", (2023, "兵01", "", "民终", 1, "")),
        ("（2020）最高法刑核51732773号", (2020, "最高法", "", "刑核", 51732773, "")),
        ("（2023）鲁0102民诉前调1288号", (2023, "鲁0102", "", "民诉前调", 1288, "")),
        ("（2023）鲁0102执123号之一", (2023, "鲁0102", "", "执", 123, "之一")),
        ("（2023）鲁0102执123号之12", (2023, "鲁0102", "", "执", 123, "之十二")),
        ("（2023）鲁0102行赔初9号", (2023, "鲁0102", "", "行赔初", 9, "")),
        ("（2023）鲁0102甲乙丙9号", (2023, "鲁0102", "", "甲乙丙", 9, "")),
    ],
)
def test_parts(text: str, parts: tuple[int, str, str, str, int, str]) -> None:
    assert CaseNumber.parse(text) == CaseNumber(*parts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "执123号",
        "2023执123号",
        "鲁0102执123号",
        "（2023）鲁0102执号",
        "（2023）鲁0102123号",
        "（2023）鲁102执123号",
        "（2023）鲁01023执123号",
        "（23）鲁0102执123号",
        "（1823）鲁0102执123号",
        "（2023）山0102执123号",
        "（2023）鲁0102执0号",
        "（2023）鲁0102执123456789号",
        "（2023）鲁0102甲乙丙丁9号",
        "（2023）鲁0102执123号案款",
        "付（2023）鲁0102执123号",
        "（2023）鲁0102执123号之十十",
        "（2023）鲁0102执123号之0",
        "（2023）鲁0102执123号、124号",
        "（2023）鲁0102zhi123号",
        "（2023）鲁0102执12³号",
        "（2023）鲁0102执" + "1" * 1000,
    ],
)
def test_not_case_numbers(text: str) -> None:
    with pytest.raises(CaseNumberError) as refused:
        CaseNumber.parse(text)
    assert refused.value.code == "invalid_case_number"


@given(numbers)
def test_normal_form_reads_back(number: CaseNumber) -> None:
    assert CaseNumber.parse(str(number)) == number
    assert CaseNumber.parse(number.key) == number
    assert CaseNumber.parse(str(number).replace("（", "(").replace("）", ") ")).key == number.key


@given(numbers, numbers)
def test_keys_are_equal_only_for_equal_numbers(a: CaseNumber, b: CaseNumber) -> None:
    assert (a.key == b.key) == (a == b)


@given(st.text(max_size=40))
def test_any_text_is_a_case_number_or_an_error(text: str) -> None:
    try:
        number = CaseNumber.parse(text)
    except CaseNumberError:
        return
    assert CaseNumber.parse(str(number)) == number


@pytest.mark.parametrize(
    "parts",
    [
        (1948, "鲁0102", "", "执", 1, ""),
        (2100, "鲁0102", "", "执", 1, ""),
        (2023, "鲁012", "", "执", 1, ""),
        (2023, "0102", "", "执", 1, ""),
        (2023, "鲁0102", "民", "初", 1, ""),
        (2023, "鲁0102", "", "", 1, ""),
        (2023, "鲁0102", "", "甲乙丙丁", 1, ""),
        (2023, "鲁0102", "", "知民初", 1, ""),
        (2023, "鲁0102", "", "执字", 1, ""),
        (2023, "鲁0102", "", "执", 0, ""),
        (2023, "鲁0102", "", "执", 10**8, ""),
        (2023, "鲁0102", "", "执", 1, "一"),
        (2023, "鲁0102", "", "执", 1, "之"),
    ],
)
def test_impossible_parts(parts: tuple[int, str, str, str, int, str]) -> None:
    with pytest.raises(CaseNumberError):
        CaseNumber(*parts)


def test_incomplete_numbers_say_so() -> None:
    without_year = CaseNumber(0, "鲁0102", "", "执", 123)
    without_court = CaseNumber(2023, "", "", "执", 123)
    assert not without_year.complete
    assert not without_court.complete
    assert str(without_year) == "鲁0102执123号"
    for partial in (without_year, without_court):
        with pytest.raises(CaseNumberError):
            CaseNumber.parse(str(partial))


def test_type_table() -> None:
    assert {"执", "执恢", "执保", "民初", "刑初", "行赔初", "破申", "司救执"} <= TYPE_CODES.keys()
    assert is_known_type("执恢")
    assert not is_known_type("甲")
    for code, name in TYPE_CODES.items():
        assert CaseNumber(2023, "鲁0102", "", code, 1)
        assert name


def test_court_aliases_lead_to_a_court_of_today_in_one_step() -> None:
    assert current_court_code("鲁0282") == "鲁0215"
    assert current_court_code("鲁12") == "鲁01"
    assert current_court_code("鲁0102") == "鲁0102"
    assert not COURT_ALIASES.keys() & set(COURT_ALIASES.values())
