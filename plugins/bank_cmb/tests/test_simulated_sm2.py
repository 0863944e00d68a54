"""The simulated bank's SM2 against gmalg's, against the printed example of GM/T 0003.5, and where it could slip."""

import gmalg
import pytest
from ankuan_bank_cmb_simulator import sm2

SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = bytes(gmalg.SM2().generate_pk(SECRET))
IDENTITY = b"1234567812345678"
PRINTED = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


@pytest.mark.parametrize("size", [0, 1, 55, 64, 1_000])
def test_each_accepts_what_the_other_signs(size: int) -> None:
    theirs, text = gmalg.SM2(SECRET, IDENTITY, POINT), b"m" * size
    value = sm2.signature(SECRET, POINT, text, IDENTITY)
    assert theirs.verify(text, value[:32], value[32:])
    r, s = theirs.sign(text)
    made = bytes(r).rjust(32, b"\0") + bytes(s).rjust(32, b"\0")
    assert sm2.fits(POINT, text, made, IDENTITY)
    assert not sm2.fits(POINT, text + b".", made, IDENTITY)
    assert not sm2.fits(POINT, text, made, IDENTITY[:-1])


def test_the_printed_example_of_the_standard() -> None:
    assert sm2.fits(POINT, b"message digest", PRINTED, IDENTITY)
    for place in range(64):
        changed = PRINTED[:place] + bytes([PRINTED[place] ^ 1]) + PRINTED[place + 1 :]
        assert not sm2.fits(POINT, b"message digest", changed, IDENTITY)


@pytest.mark.parametrize("part", [0, sm2.N, sm2.N + 1, 2**256 - 1])
def test_numbers_out_of_range_are_no_signature(part: int) -> None:
    odd = part.to_bytes(32, "big")
    for wrong in (b"", PRINTED[:-1], odd + PRINTED[32:], PRINTED[:32] + odd, odd + odd):
        assert not sm2.fits(POINT, b"message digest", wrong, IDENTITY)


@pytest.mark.parametrize("secret", [1, 2, sm2.N - 2])
def test_keys_whose_points_meet_the_generator(secret: int) -> None:
    key = secret.to_bytes(32, "big")
    public = bytes(gmalg.SM2().generate_pk(key))
    for number in range(10):
        text = str(number).encode()
        value = sm2.signature(key, public, text, IDENTITY)
        assert sm2.fits(public, text, value, IDENTITY)
        assert gmalg.SM2(uid=IDENTITY, pk=public).verify(text, value[:32], value[32:])
