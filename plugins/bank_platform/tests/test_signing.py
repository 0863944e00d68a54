"""Signatures: what one side signs the other accepts, in all three algorithms, and nothing else does."""

import asyncio
import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ankuan_bank_platform_simulator import keys
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ankuan.plugin_api.signing import SignatureAlgorithm
from ankuan_bank_platform.signing import (
    NONCE,
    NOTICE_LINE,
    SIGNATURE,
    TIMESTAMP,
    WINDOW,
    Credentials,
    Nonces,
    NotGenuine,
    milliseconds,
    request_line,
    signed_text,
)
from ankuan_signer_softkey.signer import SoftKeySigner
from ankuan_simcore.wires import Context

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
LINE = request_line("GET", "/v1/pain.002?endToEndId=20261121000000000017")
OURS, THEIRS = "a" * 24, "b" * 24
Answer = dict[str, str]


class Ends:
    """Both ends of the wire, each with its own implementation of everything."""

    def __init__(self, folder: Path, algorithm: SignatureAlgorithm) -> None:
        context = Context(folder, folder, {}, 0, None)  # type: ignore[arg-type]
        self.app, self.platform = keys.app_key(context, algorithm), keys.own_key(context, algorithm)
        signer = SoftKeySigner(lambda: folder)
        self.name = keys.key_name(algorithm)
        self.credentials = Credentials("court", signer, self.name, algorithm, (self.platform.public,))

    def answer(self, body: bytes, *, at: datetime = NOW, nonce: str = THEIRS, bound_to: str = OURS) -> Answer:
        """Headers of an answer as the platform signs it."""
        stamp = milliseconds(at)
        made = self.platform.sign(keys.signed(LINE, stamp, nonce, body, bound_to))
        return {TIMESTAMP: stamp, NONCE: nonce, SIGNATURE: base64.b64encode(made).decode()}

    def check(self, headers: Answer, body: bytes, *, line: str = LINE, nonce: str = OURS) -> None:
        """As the plugin checks it."""
        asyncio.run(self.credentials.check_answer(line, nonce, headers, body, now=NOW, nonces=Nonces()))


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Callable[[SignatureAlgorithm], Ends]:
    folder = tmp_path_factory.mktemp("keys")
    made = {algorithm: Ends(folder, algorithm) for algorithm in SignatureAlgorithm}
    return lambda algorithm: made[algorithm]


ALGORITHMS = pytest.mark.parametrize("algorithm", SignatureAlgorithm)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ALGORITHMS
def test_what_we_sign_the_platform_accepts(
    ends: Callable[[SignatureAlgorithm], Ends], algorithm: SignatureAlgorithm
) -> None:
    both, body = ends(algorithm), "正文".encode()
    headers = asyncio.run(both.credentials.sign(LINE, body, NOW))
    text = keys.signed(LINE, headers[TIMESTAMP], headers[NONCE], body)
    assert both.app.verify(text, base64.b64decode(headers[SIGNATURE]))
    assert not both.app.verify(text + b" ", base64.b64decode(headers[SIGNATURE]))
    assert headers[TIMESTAMP] == "1795226400000"


@ALGORITHMS
def test_what_the_platform_signs_we_accept(
    ends: Callable[[SignatureAlgorithm], Ends], algorithm: SignatureAlgorithm
) -> None:
    both = ends(algorithm)
    both.check(both.answer(b"body"), b"body")


@ALGORITHMS
def test_an_answer_to_another_request_is_refused(
    ends: Callable[[SignatureAlgorithm], Ends], algorithm: SignatureAlgorithm
) -> None:
    both = ends(algorithm)
    for headers, line in (
        (both.answer(b"body", bound_to="c" * 24), LINE),
        (both.answer(b"body", bound_to=""), LINE),
        (both.answer(b"body"), LINE + "8"),
        (both.answer(b"body"), NOTICE_LINE),
    ):
        with pytest.raises(NotGenuine):
            both.check(headers, b"body", line=line)


def test_a_request_sent_back_as_its_answer_is_refused(ends: Callable[[SignatureAlgorithm], Ends]) -> None:
    both = ends(SignatureAlgorithm.ECDSA_SHA256)
    headers = asyncio.run(both.credentials.sign(LINE, b"body", NOW))
    with pytest.raises(NotGenuine):
        both.check(headers, b"body", nonce=headers[NONCE])


def test_a_key_of_the_app_is_no_key_of_the_platform(ends: Callable[[SignatureAlgorithm], Ends]) -> None:
    both = ends(SignatureAlgorithm.ECDSA_SHA256)
    stamp = milliseconds(NOW)
    forged = both.app.sign(keys.signed(LINE, stamp, THEIRS, b"body", OURS))
    with pytest.raises(NotGenuine):
        both.check({TIMESTAMP: stamp, NONCE: THEIRS, SIGNATURE: base64.b64encode(forged).decode()}, b"body")


@QUICK
@given(st.sampled_from(SignatureAlgorithm), st.binary(min_size=1, max_size=300), st.data())
def test_e3_any_changed_bit_is_refused(
    ends: Callable[[SignatureAlgorithm], Ends], algorithm: SignatureAlgorithm, body: bytes, data: st.DataObject
) -> None:
    both = ends(algorithm)
    headers = both.answer(body)
    part = data.draw(st.sampled_from(["body", TIMESTAMP, NONCE, SIGNATURE]))
    # Signatures differ in length from run to run, so that a place in one is drawn as a share of it.
    place, bit = data.draw(st.integers(0, 999)), 1 << data.draw(st.integers(0, 7))
    if part == "body":
        body = flipped(body, place, bit)
    elif part == SIGNATURE:
        headers[SIGNATURE] = base64.b64encode(flipped(base64.b64decode(headers[SIGNATURE]), place, bit)).decode()
    else:
        at = place * len(headers[part]) // 1000
        other = "7" if headers[part][at] != "7" else "8"
        headers[part] = headers[part][:at] + other + headers[part][at + 1 :]
    with pytest.raises(NotGenuine):
        both.check(headers, body)


def flipped(data: bytes, place: int, bit: int) -> bytes:
    """One bit turned, so many thousandths from the beginning."""
    at = place * len(data) // 1000
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


@QUICK
@given(st.dictionaries(st.sampled_from([TIMESTAMP, NONCE, SIGNATURE, "x-app-id"]), st.text(max_size=80)))
def test_any_headers_are_refused_and_raise_nothing_else(
    ends: Callable[[SignatureAlgorithm], Ends], headers: Answer
) -> None:
    with pytest.raises(NotGenuine):
        ends(SignatureAlgorithm.SM2_SM3).check(headers, b"body")


def test_the_window_is_fifteen_minutes_either_way(ends: Callable[[SignatureAlgorithm], Ends]) -> None:
    both = ends(SignatureAlgorithm.ECDSA_SHA256)
    for sign in (1, -1):
        both.check(both.answer(b"", at=NOW + sign * WINDOW), b"")
        with pytest.raises(NotGenuine):
            both.check(both.answer(b"", at=NOW + sign * (WINDOW + timedelta(seconds=1))), b"")


def test_e4_an_answer_comes_once(ends: Callable[[SignatureAlgorithm], Ends]) -> None:
    both, nonces = ends(SignatureAlgorithm.ECDSA_SHA256), Nonces()
    headers = both.answer(b"body")
    asyncio.run(both.credentials.check_answer(LINE, OURS, headers, b"body", now=NOW, nonces=nonces))
    with pytest.raises(NotGenuine):
        asyncio.run(both.credentials.check_answer(LINE, OURS, headers, b"body", now=NOW, nonces=nonces))


def test_nonces_are_forgotten_when_no_answer_could_carry_them_any_more() -> None:
    nonces = Nonces()
    for number in range(5_000):
        assert nonces.fresh(f"{number}", NOW)
    assert not nonces.fresh("4999", NOW)
    assert nonces.fresh("later", NOW + 3 * WINDOW)
    assert nonces.fresh("4999", NOW + 3 * WINDOW)
    assert len(nonces.seen) < 10


def test_d20_old_and_new_key_of_the_platform_hold_at_once(
    ends: Callable[[SignatureAlgorithm], Ends], tmp_path: Path
) -> None:
    old, new = ends(SignatureAlgorithm.RSA_SHA256), Ends(tmp_path, SignatureAlgorithm.RSA_SHA256)
    both = Credentials(
        "court",
        old.credentials.signer,
        old.name,
        SignatureAlgorithm.RSA_SHA256,
        (old.platform.public, new.platform.public),
    )
    for end in (old, new):
        asyncio.run(both.check_answer(LINE, OURS, end.answer(b"x"), b"x", now=NOW, nonces=Nonces()))
        with pytest.raises(NotGenuine):
            (new if end is old else old).check(end.answer(b"x"), b"x")


@given(st.text(), st.text(), st.binary())
def test_both_ends_mean_the_same_text(stamp: str, nonce: str, body: bytes) -> None:
    try:
        ours = signed_text(LINE, stamp, nonce, body)
    except UnicodeEncodeError:
        return
    assert ours == keys.signed(LINE, stamp, nonce, body)
    assert signed_text(LINE, stamp, nonce, body, "n") == keys.signed(LINE, stamp, nonce, body, "n")
