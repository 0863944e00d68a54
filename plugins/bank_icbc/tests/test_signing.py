"""The simulator's PKCS#7: the secure port believes only what this sign port has signed, to the last bit."""

import base64
import random
from pathlib import Path

import pytest
from ankuan_bank_icbc_simulator.signing import NotSigned, Seal, make_key
from cryptography.hazmat.primitives.serialization import pkcs7

CONTENT = '<?xml version="1.0" encoding="GBK"?>\n<CMS>案款\r\n\n</CMS>'.encode("gbk")
SEED = 20261121


@pytest.fixture(scope="module")
def seals(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seal, Seal]:
    folder: Path = tmp_path_factory.mktemp("keys")
    for name in ("own.pem", "foreign.pem"):
        (folder / name).write_bytes(make_key())
    return Seal(folder / "own.pem"), Seal(folder / "foreign.pem")


def test_what_was_signed_comes_out_byte_by_byte(seals: tuple[Seal, Seal]) -> None:
    signed = seals[0].signed(CONTENT)
    assert seals[0].content(signed) == CONTENT
    der = base64.b64decode(signed)
    assert CONTENT in der
    assert len(pkcs7.load_der_pkcs7_certificates(der)) == 1


def test_another_certificate_is_not_believed(seals: tuple[Seal, Seal]) -> None:
    own, foreign = seals
    with pytest.raises(NotSigned):
        own.content(foreign.signed(CONTENT))


def test_other_contents_under_the_same_signature_are_not_believed(seals: tuple[Seal, Seal]) -> None:
    der = base64.b64decode(seals[0].signed(b"<PayAmt>3000</PayAmt>"))
    with pytest.raises(NotSigned):
        seals[0].content(base64.b64encode(der.replace(b"3000", b"9000")))


@pytest.mark.parametrize(
    "raw", [b"", b"AAAA", b"no base64!", base64.b64encode(CONTENT), base64.b64encode(b"\x30\x80\x00")]
)
def test_what_is_no_signed_data_is_refused(seals: tuple[Seal, Seal], raw: bytes) -> None:
    with pytest.raises(NotSigned):
        seals[0].content(raw)


def test_a_changed_bit_never_changes_what_is_believed(seals: tuple[Seal, Seal]) -> None:
    dice = random.Random(SEED)
    der = base64.b64decode(seals[0].signed(CONTENT))
    believed = 0
    for _ in range(2_000):
        changed = bytearray(der)
        changed[dice.randrange(len(der))] ^= 1 << dice.randrange(8)
        try:
            assert seals[0].content(base64.b64encode(changed)) == CONTENT
            believed += 1  # the bit was in the certificate, which this bank knows without it
        except NotSigned:
            continue
    assert believed < 1_500
