"""The wire's messages: everything that is none is one error, whatever the bytes are."""

import base64
import random
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from ankuan_bank_icbc.messages import Answer, FrontEndError, Malformed, Request, form, parse, read_signature, render

FIXTURES = Path(__file__).parent.parent / "fixtures"
REFERENCE = "26112100000000000017"
ASKED = Request("PAYENT", REFERENCE, {})
SENDER = {"CIS": "370290009999999", "ID": "court0102.y.1602"}
SEED = 20261121


def inside(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def framed(name: str) -> bytes:
    return b"reqData=" + base64.b64encode(inside(name))


def test_a_request_says_who_asks_and_what() -> None:
    request = Request("QPD", "Q1", {"AccNo": "16<&02", "NextTag": ""}, [{"iSeqno": "1", "UseCN": "案款"}])
    raw = render(request, SENDER, "20261121093012123")
    root = fromstring(raw.decode("gbk").partition("?>")[2])
    assert raw.startswith(b'<?xml version="1.0" encoding="GBK"?>')
    assert [cell.text for cell in root.find("eb/pub") or ()] == [
        *("QPD", "370290009999999", "102", "court0102.y.1602"),
        *("20261121", "093012123", "Q1"),
    ]
    assert root.findtext("eb/in/AccNo") == "16<&02"
    assert root.findtext("eb/in/rd/UseCN") == "案款"


def test_a_form_escapes_every_byte_that_means_something() -> None:
    raw = form({"ID": "名.y.1602", "Cert": ""}, "<a>+/=&案</a>".encode("gbk"))
    assert raw == b"ID=%C3%FB.y.1602&Cert=&reqData=%3Ca%3E%2B%2F%3D%26%B0%B8%3C%2Fa%3E"


def test_an_answer_is_read() -> None:
    answer = parse(framed("PAYENT__taken.xml") + b"\r\n", ASKED)
    assert isinstance(answer, Answer)
    assert (answer.code, answer.text, answer.fields["TotalAmt"]) == ("0", "交易成功", "3000")
    assert [(row["iSeqno"], row["Result"]) for row in answer.rows] == [(REFERENCE, "0")]


@pytest.mark.parametrize(
    "raw", [b"errorCode=-2001", b"errorCode=9&errorMsg=\xcd\xa8\xd1\xb6", inside("answer__error_code.txt")]
)
def test_the_front_ends_own_error_is_no_answer_of_the_bank(raw: bytes) -> None:
    assert isinstance(parse(raw, ASKED), FrontEndError)


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("malformed__*")))
def test_what_is_no_answer_is_malformed(name: str) -> None:
    with pytest.raises(Malformed):
        parse(framed(name), ASKED)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"reqData=",
        b"reqData=====",
        b"<html><body>502</body></html>",
        inside("PAYENT__taken.xml"),
        framed("PAYENT__taken.xml")[:-3],
        framed("PAYENT__taken.xml")[:1001],
        framed("PAYENT__taken.xml") + b"&errorCode=1",
        b"\xef\xbb\xbf" + framed("PAYENT__taken.xml"),
        b"errorCode=",
        b"errorCode=<script>",
        b"errorCode=1\x00",
        b"reqData=" + base64.b64encode(b"\x00<CMS/>"),
        b"reqData=" + base64.b64encode(b"<a>" * 60_000),
    ],
)
def test_a_frame_that_is_none_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw, ASKED)


def test_the_answer_to_another_request_is_malformed() -> None:
    for asked in (Request("QPAYENT", REFERENCE, {}), Request("PAYENT", "26112100000000000018", {})):
        with pytest.raises(Malformed, match="another request"):
            parse(framed("PAYENT__taken.xml"), asked)
    with pytest.raises(Malformed, match="another request"):
        parse(framed("PAYENT__other_package.xml"), ASKED)


def test_a_signature_is_taken_out_of_its_page() -> None:
    page = inside("SIGN__signed.html")
    signed = read_signature(page, REFERENCE)
    assert signed == b"".join(page.split(b"<sign>")[1].split(b"</sign>")[0].split())
    assert read_signature(b"<sign>" + signed + b"</sign>", REFERENCE) == signed


SIGNED = b"<sign>AAAA</sign>"
NO_SIGNATURES = [
    b"",
    b"AAAA",
    b"<sign></sign>",
    b"<sign>AAA</sign>",
    b"<sign>A AA</sign>",
    b"<sign>\xce\xdd</sign>",
    b"<sign>AAAA",
    b"AAAA</sign>",
    SIGNED + b"<sign>",
    SIGNED + SIGNED,
    b"<html>" + SIGNED,
    SIGNED + b"</html>",
    SIGNED + b"\x00",
    b"<result>-26</result>" + SIGNED,
    b"<result>0</result><result>0</result>" + SIGNED,
    b"<result>0</result><result>" + SIGNED,
    inside("SIGN__refused.html"),
    inside("SIGN__two_signatures.html"),
    inside("SIGN__of_another_message.html"),
]


@pytest.mark.parametrize("raw", NO_SIGNATURES)
def test_what_is_not_exactly_one_signature_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read_signature(raw, REFERENCE)


def test_what_is_inside_a_signature_is_the_banks_business_unless_it_names_another_message() -> None:
    ours = b"<sign>" + base64.b64encode(b"\x30\x82<fSeqno>" + REFERENCE.encode() + b"</fSeqno>") + b"</sign>"
    assert read_signature(ours, REFERENCE)
    with pytest.raises(Malformed, match="another message"):
        read_signature(ours, "26112100000000000018")


def _scratched(dice: random.Random, raw: bytes) -> bytes:
    place = dice.randrange(len(raw))
    return raw[:place] + dice.randbytes(dice.randrange(0, 4)) + raw[place + dice.randrange(0, 5) :]


@pytest.mark.parametrize(
    "read", [lambda raw: parse(raw, ASKED), lambda raw: read_signature(raw, REFERENCE)], ids=["answer", "signature"]
)
def test_nothing_but_malformed_is_raised(read: Callable[[bytes], object]) -> None:
    dice = random.Random(SEED)
    whole = [inside("SIGN__signed.html"), framed("PAYENT__taken.xml"), framed("PAYENT__partial.xml")]
    for _ in range(3_000):
        raw = _scratched(dice, dice.choice(whole))
        if dice.random() < 0.5:
            xml = _scratched(dice, inside("PAYENT__taken.xml"))
            raw = b"reqData=" + base64.b64encode(xml)
        try:
            read(raw)
        except Malformed:
            continue
