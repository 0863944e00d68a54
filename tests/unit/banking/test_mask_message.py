"""Whoever looks at a message sees what was said, and neither people nor accounts nor secrets."""

import base64

import pytest

from ankuan.banking.mask_message import HIDDEN, LONGEST, readable_message

NAME, ACCOUNT, SECRET = "欧阳某某", "6217000010001234569", "canary-secret-7Q"
FORMS = {
    "xml": f"<stream><userName>court</userName><password>{SECRET}</password><recvAccNm>{NAME}</recvAccNm>"
    f"<recvAccNo>{ACCOUNT}</recvAccNo><amount>1234.50</amount><status>AAAAAAA</status></stream>",
    "attributes": f'<pay NAME="{NAME}" ACCNO="{ACCOUNT}" pwd="{SECRET}" amount="1234.50" status="AAAAAAA"/>',
    "json": f'{{"payeeName": "{NAME}", "token": "{SECRET}", "no": "{ACCOUNT}", "amt": "1234.50", "s": "AAAAAAA"}}',
    "escaped json": '{"payeeName": "'
    + NAME.encode("unicode_escape").decode()
    + f'", "n": {ACCOUNT}, "s": "AAAAAAA 1234.50"}}',
    "form": f"reqData=1&payeeName={NAME}&acct={ACCOUNT}&sign={SECRET}&amt=1234.50&s=AAAAAAA",
    "headers": f"POST / HTTP/1.1\r\nAuthorization: Bearer {SECRET}\r\nCookie: a={SECRET}\r\n\r\nAAAAAAA 1234.50",
    "places": f"0001|{NAME}|{ACCOUNT}|1234.50|AAAAAAA",
    "spaced": "<note>x</note><v>6217 0000 1000 1234 569</v><a>1234.50</a>AAAAAAA",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_people_accounts_and_secrets_are_masked_and_the_rest_stays(form: str, encoding: str) -> None:
    shown = readable_message(FORMS[form].encode(encoding), encoding=encoding)
    for hidden in (NAME, ACCOUNT, SECRET, NAME.encode("unicode_escape").decode(), "6217 0000 1000"):
        assert hidden not in shown
    assert "1234.50" in shown
    assert "AAAAAAA" in shown


def test_what_stays_of_a_number_is_its_ends() -> None:
    assert "6217****4569" in readable_message(FORMS["xml"].encode())
    assert HIDDEN in readable_message(FORMS["xml"].encode())


def test_times_are_no_accounts() -> None:
    text = "<at>2026-11-20 10:30:00</at><on>20261120</on>"
    assert readable_message(text.encode()) == text


def test_a_percent_encoded_form_is_read_first() -> None:
    raw = b"payeeName=%E6%AC%A7%E9%98%B3%E6%9F%90%E6%9F%90&acct=6217000010001234569&x=1"
    shown = readable_message(raw)
    assert NAME not in shown
    assert "%E6" not in shown
    assert "x=1" in shown


def test_known_names_are_hidden_wherever_they_stand() -> None:
    shown = readable_message(f"<v>{NAME}已注销</v>".encode(), known=(NAME, ACCOUNT))
    assert NAME not in shown
    assert "已注销" in shown


def test_half_a_character_stays_as_it_is() -> None:
    assert readable_message(b'{"s": "\\ud840 &#60;"}') == '{"s": "\\ud840 &#60;"}'


def test_signatures_and_packed_texts_show_their_length_only() -> None:
    packed = base64.b64encode(f"<name>{NAME}</name>".encode() * 4).decode()
    shown = readable_message(f"<data>{packed}</data>".encode())
    assert packed not in shown
    assert f"（{len(packed)}）" in shown


@pytest.mark.parametrize("character", ["款", "a"])
def test_a_long_message_is_cut_to_a_page(character: str) -> None:
    shown = readable_message(f"<status>{character * 70_000}".encode())
    assert len(shown) <= LONGEST


def test_a_name_that_the_cut_divides_is_masked_too() -> None:
    raw = ("<a/>" * 16_380).encode() + f"<payeeName>{NAME}".encode() * 20
    assert NAME not in readable_message(raw)


def test_bytes_of_no_character_set_raise_nothing() -> None:
    assert readable_message(bytes(range(256)))
    assert readable_message(b"") == ""
    assert readable_message(b"\xff\xfe<x>", encoding="no-such-set")


def test_the_banks_own_word_and_short_codes_stay_readable() -> None:
    text = "<status>AAAAAAA</status><statusText>交易成功</statusText><accType>01</accType>"
    assert readable_message(text.encode()) == text
