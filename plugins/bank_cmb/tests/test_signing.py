"""Who said it: vectors, the placeholder rule, and that no changed byte goes unnoticed."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import cmb_bankside as bankside
import gmalg
import pytest
from cmb_bankside import PLACEHOLDER, Gateway, body, plain, seal, telling
from cmb_bench import payment
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ankuan.kernel.clock import SHANGHAI
from ankuan.plugin_api.bank import AnswerState, IncomingNotice, NoticeKind
from ankuan.plugin_api.errors import ForgedNotice, MalformedAnswer, PluginError
from ankuan.plugin_api.signing import SignatureAlgorithm
from ankuan_bank_cmb.cipher import decrypt, encrypt, padded_user
from ankuan_bank_cmb.connector import CmbConnector
from ankuan_bank_cmb.messages import Malformed, Request, answer_of, compose, load, signed_part, with_signature
from ankuan_bank_cmb.notices import read
from ankuan_bank_cmb.session import Desk, new_request_id, verified

NOW = datetime(2026, 11, 21, 10, 15, tzinfo=SHANGHAI)
HEAD = {"funcode": "NTQADINF", "userid": bankside.USER, "reqid": "20261121101500123abcdef"}


def answer_text() -> bytes:
    return bankside.signed(bankside.enveloped(HEAD, body("NTQADINF__main")))


def notice(
    content: dict[str, Any], *, kind: str = "YQN01010", secret: bytes = bankside.SECRET, **changes: Any
) -> bytes:
    message = {
        "sigtim": f"{NOW:%Y%m%d%H%M%S}",
        "sigdat": PLACEHOLDER,
        "notdat": content,
        "notkey": "K1",
        "usrnbr": bankside.USER,
        "notnbr": "0000000042",
        "nottyp": kind,
    }
    return bankside.signed({**message, **changes}, secret)


def incoming(raw: bytes, at: datetime = NOW) -> IncomingNotice:
    return IncomingNotice({"content-type": "application/json"}, raw, at.astimezone(UTC))


@pytest.fixture
def desk(chosen: tuple[Gateway, CmbConnector]) -> Desk:
    return chosen[1]._desk


# ---------------------------------------------------------------- vectors


def test_the_canonical_text_is_sorted_at_every_level_and_has_no_white_space() -> None:
    rows = [{"trsAmt": "30.00", "ccyNbr": "10", "crtNam": "申请执行人甲/乙"}]
    text = compose(Request("BB1PAYOP", {"b": rows, "a": []}), user="U1", request_id="R1", signed_at="20261121101500")
    assert text == (
        '{"request":{"body":{"a":[],"b":[{"ccyNbr":"10","crtNam":"申请执行人甲/乙","trsAmt":"30.00"}]},'
        '"head":{"funcode":"BB1PAYOP","reqid":"R1","userid":"U1"}},'
        '"signature":{"sigdat":"__signature_sigdat__","sigtim":"20261121101500"}}'
    )
    assert with_signature(text, "AB+/=").endswith('"signature":{"sigdat":"AB+/=","sigtim":"20261121101500"}}')


def test_a_text_that_speaks_of_the_placeholder_keeps_its_words() -> None:
    rows = [{"nusAge": PLACEHOLDER}]
    text = compose(Request("BB1PAYOP", {"a": rows}), user="U1", request_id="R1", signed_at="20261121101500")
    assert json.loads(with_signature(text, "S"))["request"]["body"]["a"] == rows


def test_user_numbers_are_padded_behind() -> None:
    assert padded_user("N003460102") == b"N003460102000000"
    assert padded_user("1" * 16) == b"1" * 16


def test_sm4_is_that_of_the_standard() -> None:
    # GB/T 32907, annex A: one block; with an IV of zeros the first block of CBC is the block cipher itself.
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    sealed = base64.b64decode(encrypt(key, key, bytes(16)))
    assert sealed[:16].hex() == "681edf34d206965e86b3e94f536e4246"
    assert len(sealed) == 32
    assert decrypt(base64.b64encode(sealed), key, bytes(16)) == key


def test_another_implementation_reads_what_is_encrypted() -> None:
    text = "付款 30.00 元".encode()
    sealed = encrypt(text, bankside.SM4_KEY, bankside.IDENTITY)
    machine, whole = gmalg.SM4(bankside.SM4_KEY), b""
    raw, before = base64.b64decode(sealed), bankside.IDENTITY
    for at in range(0, len(raw), 16):
        block = machine.decrypt(raw[at : at + 16])
        whole += bytes(a ^ b for a, b in zip(block, before, strict=True))
        before = raw[at : at + 16]
    assert whole[: -whole[-1]] == text


def test_request_numbers_begin_with_the_moment_and_never_repeat() -> None:
    made = {new_request_id(NOW.replace(microsecond=7_999)) for _ in range(200)}
    assert len(made) == 200
    assert all(one.startswith("20261121101500007") and 18 <= len(one) <= 51 for one in made)


async def test_the_request_is_signed_over_the_text_with_the_placeholder(
    chosen: tuple[Gateway, CmbConnector],
) -> None:
    server, connector = chosen
    server.will(any=telling("BB1PAYOP__accepted"))
    answer = await connector.pay(payment())
    assert answer.state is AnswerState.ACCEPTED
    fields = parse_qs(server.forms[0].decode())
    assert {name: values[0] for name, values in fields.items() if name != "DATA"} == {
        "UID": bankside.USER,
        "FUNCODE": "BB1PAYOP",
        "ALG": "SM",
    }
    text = bankside.unseal(fields["DATA"][0].encode()).decode()
    signature = json.loads(text)["signature"]["sigdat"]
    signed = text.replace(signature, PLACEHOLDER)
    assert bankside.canonical(json.loads(signed)) == signed
    keys = await connector._desk.signer.keys()
    verify = connector._desk.signer.verify
    told = base64.b64decode(signature)
    how = SignatureAlgorithm.SM2_SM3
    assert verify(keys[0].public_key, signed.encode(), told, algorithm=how, user_id=bankside.IDENTITY)
    assert not verify(keys[0].public_key, signed.encode(), told, algorithm=how)
    assert (answer.exchanges[0].request, answer.exchanges[0].operation) == (server.forms[0], "BB1PAYOP")


# ---------------------------------------------------------------- tampering


def reads(raw: bytes, desk: Desk) -> bool:
    """Whether these bytes are taken for the bank's word."""
    try:
        text = decrypt(raw, bankside.SM4_KEY, bankside.IDENTITY)
        value = load(text)
        if not verified(text, str(value.get("signature", {}).get("sigdat")), desk):
            return False
        answer_of(value, function=HEAD["funcode"], user=HEAD["userid"], request_id=HEAD["reqid"])
    except (Malformed, AttributeError):
        return False
    return True


quick = hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXT = answer_text()
SEALED = seal(TEXT)
NOTICE = notice(body("YQN01010__credit"))


def test_what_was_not_changed_is_read(desk: Desk) -> None:
    assert reads(SEALED, desk)
    assert reads(b"\r\n" + SEALED + b"\n", desk)


@quick
@given(at=st.integers(0, len(SEALED) - 1), byte=st.integers(0, 255))
def test_no_byte_of_the_encrypted_answer_can_be_changed(desk: Desk, at: int, byte: int) -> None:
    changed = bytearray(SEALED)
    changed[at] = byte
    assert reads(bytes(changed), desk) == (SEALED[at] == byte)


@quick
@given(at=st.integers(0, len(TEXT) - 1), byte=st.integers(0, 255))
def test_no_byte_of_the_text_can_be_changed_by_one_who_has_the_symmetric_key(desk: Desk, at: int, byte: int) -> None:
    changed = bytearray(TEXT)
    changed[at] = byte
    assert reads(seal(bytes(changed)), desk) == (TEXT[at] == byte)


@quick
@given(at=st.integers(0, len(TEXT)), more=st.binary(min_size=1, max_size=4))
def test_nothing_can_be_put_in(desk: Desk, at: int, more: bytes) -> None:
    assert not reads(seal(TEXT[:at] + more + TEXT[at:]), desk)


@quick
@given(at=st.integers(0, len(TEXT) - 1), count=st.integers(1, 40))
def test_nothing_can_be_left_out(desk: Desk, at: int, count: int) -> None:
    assert not reads(seal(TEXT[:at] + TEXT[at + count :]), desk)


def test_the_bytes_that_came_are_verified_and_not_what_was_read_out_of_them(desk: Desk) -> None:
    # White space and another order of keys: not canonical, but signed by the bank as they are.
    text = json.dumps(bankside.enveloped(HEAD, body("NTQADINF__main")), indent=1, ensure_ascii=True)
    assert reads(seal(text.replace(PLACEHOLDER, bankside.sign(text)).encode()), desk)
    assert not reads(seal(json.dumps(json.loads(TEXT), indent=1).encode()), desk)


def test_a_signature_that_stands_twice_is_none(desk: Desk) -> None:
    value = json.loads(TEXT)
    with pytest.raises(Malformed):
        signed_part(TEXT + TEXT, value["signature"]["sigdat"])
    doubled = {**value, "other": value["signature"]["sigdat"]}
    assert not reads(seal(bankside.canonical(doubled).encode()), desk)
    twice = TEXT.replace(b'"signature":{', b'"signature":{"sigdat":"AAAA",')
    assert not reads(seal(twice), desk)


def test_the_placeholder_signed_by_nobody_is_no_signature(desk: Desk) -> None:
    unsigned = bankside.canonical(bankside.enveloped(HEAD, body("NTQADINF__main"))).encode()
    assert not reads(seal(unsigned), desk)
    assert not reads(seal(unsigned.replace(PLACEHOLDER.encode(), b"")), desk)
    other = bankside.signed(bankside.enveloped(HEAD, body("NTQADINF__main")), b"\x07" * 32)
    assert not reads(seal(other), desk)


@pytest.mark.parametrize(
    "answer",
    [
        telling("BB1PAYOP__accepted", reqid="20261121101500123another"),
        telling("BB1PAYOP__accepted", funcode="BB1PAYQR"),
        telling("BB1PAYOP__accepted", userid="N009999999"),
        plain(seal(b"{}")),
        plain(seal(b'{"signature":{"sigdat":"\\ud800"}}')),
        plain(seal(b"")),
        plain(seal(TEXT)),
        plain(TEXT),
        plain(b""),
        plain(b"QUJD"),
        lambda head: seal(bankside.signed(bankside.enveloped(head, body("BB1PAYOP__accepted")), b"\x07" * 32)),
    ],
)
async def test_an_answer_to_somebody_else_or_of_nobody_is_unknown_with_an_alarm(
    chosen: tuple[Gateway, CmbConnector], answer: Callable[[dict[str, str]], bytes]
) -> None:
    server, connector = chosen
    server.will(any=answer)
    told = await connector.pay(payment())
    assert (told.state, bool(told.alarm)) == (AnswerState.UNKNOWN, True)
    with pytest.raises(MalformedAnswer) as raised:
        await connector.balance()
    assert raised.value.exchanges


@pytest.mark.parametrize("text", ["ErrMsg=系统忙", "CDCServer:ErrMsg=验签失败"])
async def test_the_gateways_own_error_proves_nothing(chosen: tuple[Gateway, CmbConnector], text: str) -> None:
    server, connector = chosen
    server.will(any=plain(text.encode()))
    told = await connector.pay(payment())
    assert (told.state, told.alarm) == (AnswerState.UNKNOWN, None)
    assert told.exchanges[0].response == text.encode()
    with pytest.raises(PluginError):
        await connector.balance()


async def test_without_the_key_nothing_is_sent_and_nothing_is_known(chosen: tuple[Gateway, CmbConnector]) -> None:
    server, connector = chosen
    server.will(any=telling("BB1PAYOP__accepted"))
    connector._desk = replace(connector._desk, config=replace(connector._desk.config, signing_key="away"))
    told = await connector.pay(payment())
    assert (told.state, bool(told.alarm)) == (AnswerState.UNKNOWN, True)
    assert server.asked == []
    assert told.exchanges[0].response is None


# ---------------------------------------------------------------- notices


async def test_genuine_notices_are_read(chosen: tuple[Gateway, CmbConnector]) -> None:
    _, connector = chosen
    told = await connector.read_notice(incoming(NOTICE))
    assert (told.kind, told.client_ref, told.notice_id) == (NoticeKind.MOVEMENT, None, "YQN01010:0000000042")
    assert told.reply
    result = notice(body("YQN02030__paid"), kind="YQN02030")
    told = await connector.read_notice(incoming(result))
    assert (told.kind, told.client_ref) == (NoticeKind.ORDER, bankside.REFERENCE)
    inside = notice(body("YQN02030__paid"), kind="YQN02030", notdat=json.dumps(body("YQN02030__paid")))
    assert (await connector.read_notice(incoming(inside))).client_ref == bankside.REFERENCE
    assert (await connector.read_notice(incoming(notice({}, kind="YQF01010")))).kind is NoticeKind.OTHER


async def test_a_notice_about_another_account_is_none_of_ours(chosen: tuple[Gateway, CmbConnector]) -> None:
    content = body("YQN01010__credit")
    content["msgdat"]["accnbr"] = "531909000000002"
    told = await chosen[1].read_notice(incoming(notice(content)))
    assert (told.kind, told.client_ref) == (NoticeKind.OTHER, None)


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (299, True), (-299, True), (301, False), (-301, False)])
async def test_a_notice_played_back_later_is_refused(
    chosen: tuple[Gateway, CmbConnector], seconds: int, *, fresh: bool
) -> None:
    played = incoming(NOTICE, NOW + timedelta(seconds=seconds))
    if fresh:
        assert (await chosen[1].read_notice(played)).kind is NoticeKind.MOVEMENT
        return
    with pytest.raises(ForgedNotice):
        await chosen[1].read_notice(played)


@pytest.mark.parametrize(
    "raw",
    [
        notice(body("YQN01010__credit"), secret=b"\x07" * 32),
        notice(body("YQN01010__credit"), usrnbr="N009999999"),
        notice(body("YQN01010__credit"), sigtim="20261399101500"),
        notice(body("YQN01010__credit"), notnbr=""),
        notice(body("YQN01010__credit"), notdat=[1]),
        notice(body("YQN01010__credit"), notdat="{"),
        notice({"msgdat": []}),
        b"",
        b"null",
        b"[" * 100_000,
        b"{" * 300_000,
        b'{"sigdat":"AAAA"}',
        b'{"sigdat":"\\ud800"}',
        b"\xff\xfe\x00",
    ],
)
async def test_what_is_no_notice_of_the_bank_is_refused(chosen: tuple[Gateway, CmbConnector], raw: bytes) -> None:
    with pytest.raises((ForgedNotice, MalformedAnswer)):
        await chosen[1].read_notice(incoming(raw))


@quick
@given(at=st.integers(0, len(NOTICE) - 1), byte=st.integers(0, 255))
def test_no_byte_of_a_notice_can_be_changed(desk: Desk, at: int, byte: int) -> None:

    changed = bytearray(NOTICE)
    changed[at] = byte
    if NOTICE[at] == byte:
        assert read(incoming(NOTICE), desk, bankside.MAIN).kind is NoticeKind.MOVEMENT
        return
    with pytest.raises((ForgedNotice, MalformedAnswer)):
        read(incoming(bytes(changed)), desk, bankside.MAIN)
