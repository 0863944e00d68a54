"""Identifiers: real check digits, the numbers a library would wrongly refuse, and masks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from ankuan.kernel.identifiers import (
    IdentifierCheck,
    check_card,
    check_cnaps,
    check_resident_id,
    check_uscc,
    cnaps_check_digit,
    mask_account,
    mask_identity,
    mask_name,
    mask_phone,
)

# Head offices, as banks print them (protocols §1.1).
HEAD_OFFICES = {
    "icbc": "102100099996",
    "abc": "103100000026",
    "boc": "104100000004",
    "ccb": "105100000017",
    "bocom": "301290000007",
    "cmb": "308584000013",
    "pab": "307584007998",
    "spdb": "310290000013",
    "cib": "309391000011",
    "cmbc": "305100000013",
    "ceb": "303100000006",
    "psbc": "403100000004",
    "cgb": "306581000003",
}


def _resident_id(first_seventeen: str) -> str:
    return first_seventeen + ric.calc_check_digit(first_seventeen + "0")


@pytest.mark.parametrize("code", HEAD_OFFICES.values(), ids=HEAD_OFFICES.keys())
def test_cnaps_of_head_offices(code: str) -> None:
    assert check_cnaps(code) == IdentifierCheck(ok=True, normal=code)


@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 11), st.integers(1, 9))
def test_cnaps_finds_every_single_wrong_digit(eleven: str, place: int, shift: int) -> None:
    code = eleven + cnaps_check_digit(eleven)
    assert check_cnaps(code).ok
    assert mod_11_10.is_valid(code)
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert check_cnaps(wrong) == IdentifierCheck(ok=False, normal=wrong, reason="wrong_check_digit")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("10210009999", "wrong_length"), ("", "wrong_length"), ("10210009999A", "wrong_form"), ("١" * 12, "wrong_form")],
)
def test_cnaps_form(text: str, reason: str) -> None:
    assert check_cnaps(text).reason == reason


@pytest.mark.parametrize(
    "number",
    [
        "360426199101010071",
        "36042619910101007 1",
        "３６０４２６１９９１０１０１００７１",
        # Born before the county of the number existed: the number was given out later.
        _resident_id("37010219500101002"),
        _resident_id("37011419790630021"),
        _resident_id("37028220180101003"),
        # permits for residents of Hong Kong, Macao, Taiwan; a foreigner's permanent residence number
        _resident_id("81000019800101001"),
        _resident_id("82000019800101001"),
        _resident_id("83000019800101001"),
        _resident_id("91115619800101001"),
    ],
)
def test_resident_ids_that_exist(number: str) -> None:
    assert check_resident_id(number).ok


def test_resident_id_ends_in_x_of_either_case() -> None:
    number = next(
        number for number in (_resident_id(f"370102199001010{order:02d}") for order in range(99)) if number[17] == "X"
    )
    assert check_resident_id(number.lower()) == IdentifierCheck(ok=True, normal=number)
    assert check_resident_id(number[:17] + "0").reason == "wrong_check_digit"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("360426199101010072", "wrong_check_digit"),
        ("36042619910101007", "wrong_length"),
        ("360426910101007", "wrong_length"),
        ("36042619910101X071", "wrong_form"),
        ("36042619910101007A", "wrong_form"),
        (_resident_id("36042619910230007"), "wrong_birth_date"),
        (_resident_id("36042618000101007"), "wrong_birth_date"),
        (_resident_id("99042619910101007"), None),
        (_resident_id("00042619910101007"), "unknown_region"),
        (_resident_id("38042619910101007"), "unknown_region"),
        ("", "wrong_length"),
    ],
)
def test_resident_ids_with_faults(number: str, reason: str | None) -> None:
    result = check_resident_id(number)
    assert (result.ok, result.reason) == (reason is None, reason)


@given(
    st.text("0123456789", min_size=4, max_size=4), st.dates(), st.text("0123456789", min_size=3, max_size=3), st.data()
)
def test_resident_id_finds_every_single_wrong_digit(county: str, born: object, order: str, data: st.DataObject) -> None:
    number = _resident_id("37" + county + str(born).replace("-", "").zfill(8) + order)
    place = data.draw(st.integers(0, 16))
    digit = data.draw(st.sampled_from(sorted(set("0123456789") - {number[place]})))
    assert not check_resident_id(number[:place] + digit + number[place + 1 :]).ok


@pytest.mark.parametrize("code", ["91110000600037341L", "91110000600037341l", "9111 0000 6000 37341L"])
def test_uscc(code: str) -> None:
    assert check_uscc(code) == IdentifierCheck(ok=True, normal="91110000600037341L")


@pytest.mark.parametrize("authority", ["N2", "Y1", "A1"])
def test_uscc_of_village_collectives_and_others(authority: str) -> None:
    body = authority + "370102" + "MF1234567"
    code = body + uscc.calc_check_digit(body)
    assert check_uscc(code).ok
    assert not uscc.is_valid(code)  # why the library's own check is not used: once it takes these, use it


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91110000600037341M", "wrong_check_digit"),
        ("A1110000600037341I", "wrong_form"),
        ("B1110000600037341L", "wrong_form"),
        ("91110O00600037341L", "wrong_form"),
        ("9111000060003734", "wrong_length"),
        ("91110000６０００3734壹L", "wrong_form"),
    ],
)
def test_uscc_with_faults(code: str, reason: str) -> None:
    assert check_uscc(code).reason == reason


@given(st.text("0123456789", min_size=12, max_size=18))
def test_card(body: str) -> None:
    card = body + luhn.calc_check_digit(body)
    assert check_card(card).ok
    assert check_card(" ".join(card[at : at + 4] for at in range(0, len(card), 4))).normal == card
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert check_card(wrong).reason == "wrong_check_digit"


@pytest.mark.parametrize(
    ("card", "reason"),
    [("621700000000", "wrong_length"), ("6" * 20, "wrong_length"), ("621700000000120A", "wrong_form")],
)
def test_card_form(card: str, reason: str) -> None:
    assert check_card(card).reason == reason


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("6217000000001208", "6217****1208"),
        ("6217000000000001208", "6217****1208"),
        ("123456781208", "1234****1208"),
        ("12345678", "12****78"),
        ("1234567", "****"),
        ("", "****"),
    ],
)
def test_mask_account(number: str, masked: str) -> None:
    assert mask_account(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("370102199001011208", "370102********1208"),
        ("370102900101120", "370102*****1120"),
        ("E12345678", "E1****78"),
        ("1234567", "****"),
    ],
)
def test_mask_identity(number: str, masked: str) -> None:
    assert mask_identity(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [("仲某妮", "仲*妮"), ("仲某", "仲*"), ("仲", "*"), ("", "*"), ("欧阳某某", "欧**某"), ("阿某·木某某", "阿****某")],
)
def test_mask_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800001208", "138****1208"),
        ("+8613800001208", "+86138****1208"),
        ("053188881208", "0531****1208"),
        ("88881208", "****08"),
        ("12368", "****"),
    ],
)
def test_mask_phone(number: str, masked: str) -> None:
    assert mask_phone(number) == masked


@given(st.text("0123456789", max_size=20))
def test_masks_hide_at_least_four_characters(number: str) -> None:
    for mask in (mask_account, mask_identity, mask_phone):
        shown = mask(number).replace("*", "")
        assert len(number) - len(shown) >= min(4, len(number))
