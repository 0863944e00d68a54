"""The signer against other implementations: the openssl program, and the printed example of GM/T 0003.5."""

import base64
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import gmalg
import pytest
from gmalg.ellipticcurve import ECDLP

from ankuan.plugin_api.signing import KeyUnavailable, SignatureAlgorithm, SignerPlugin
from ankuan_signer_softkey import ankuan_register_signer, curve, keys, sm2
from ankuan_signer_softkey.der import BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE, NotDer, element, only, split
from ankuan_signer_softkey.signer import SoftKeySigner

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl program is the other opinion")

MESSAGE = "付款 100.00 元\x00\n".encode() * 50
CURVES = {"sm2": "SM2", "p256": "P-256"}
ALGORITHMS = {
    "rsa": SignatureAlgorithm.RSA_SHA256,
    "p256": SignatureAlgorithm.ECDSA_SHA256,
    "sm2": SignatureAlgorithm.SM2_SM3,
}
OPTIONS = {
    "rsa": ["-digest", "sha256"],
    "p256": ["-digest", "sha256"],
    "sm2": ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"],
}
# GM/T 0003.5, annex A: signature of "message digest".
SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
PRINTED = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def openssl(*arguments: object) -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=30)
    return done.stdout


def make_key(folder: Path, name: str, kind: str) -> Path:
    path = folder / f"{name}.key.pem"
    if kind == "rsa":
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", path)
    else:
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{CURVES[kind]}", "-out", path)
    return path


def to_der(signature: bytes) -> bytes:
    parts = [signature[:32], signature[32:]]
    whole = [(b"\0" + part) if part[0] >= 0x80 else part.lstrip(b"\0") for part in parts]
    return element(SEQUENCE, *[element(INTEGER, b"\0" + p if p[0] >= 0x80 else p) for p in whole])


def from_der(signature: bytes) -> bytes:
    return b"".join(content.lstrip(b"\0").rjust(32, b"\0") for _, content in split(only(signature, SEQUENCE)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("keys")
    for kind in ALGORITHMS:
        path = make_key(made, kind, kind)
        digest = "-sm3" if kind == "sm2" else "-sha256"
        subject = f"/C=CN/O=Example Court/CN={kind}"
        certificate = made / f"{kind}.cert.pem"
        openssl("req", "-x509", "-new", "-key", path, digest, "-days", "30", "-subj", subject, "-out", certificate)
    return made


@pytest.fixture
def signer(folder: Path) -> SoftKeySigner:
    return SoftKeySigner(lambda: folder)


@pytest.mark.parametrize("kind", ALGORITHMS)
async def test_openssl_accepts_what_it_signs(signer: SoftKeySigner, folder: Path, tmp_path: Path, kind: str) -> None:
    signature = await signer.sign(kind, MESSAGE)
    (tmp_path / "m").write_bytes(MESSAGE)
    (tmp_path / "s").write_bytes(to_der(signature) if kind == "sm2" else signature)
    (tmp_path / "public.pem").write_bytes(openssl("pkey", "-in", folder / f"{kind}.key.pem", "-pubout"))
    check = ["pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "public.pem", "-rawin", "-in", tmp_path / "m"]
    assert b"Verified Successfully" in openssl(*check, "-sigfile", tmp_path / "s", *OPTIONS[kind])
    (tmp_path / "m").write_bytes(MESSAGE + b".")
    with pytest.raises(subprocess.CalledProcessError):
        openssl(*check, "-sigfile", tmp_path / "s", *OPTIONS[kind])


@pytest.mark.parametrize("kind", ALGORITHMS)
async def test_it_accepts_what_openssl_signs(signer: SoftKeySigner, folder: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "m").write_bytes(MESSAGE)
    key = folder / f"{kind}.key.pem"
    made = openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", tmp_path / "m", *OPTIONS[kind])
    signature = from_der(made) if kind == "sm2" else made
    public = openssl("pkey", "-in", key, "-pubout").decode()
    assert signer.verify(public, MESSAGE, signature, algorithm=ALGORITHMS[kind])
    assert not signer.verify(public, MESSAGE + b".", signature, algorithm=ALGORITHMS[kind])
    assert not signer.verify(public, MESSAGE, signature[:-1], algorithm=ALGORITHMS[kind])
    for other in set(ALGORITHMS.values()) - {ALGORITHMS[kind]}:
        assert not signer.verify(public, MESSAGE, signature, algorithm=other)


async def test_keys_are_told_with_their_certificates(signer: SoftKeySigner, folder: Path) -> None:
    found = {key.name: key for key in await signer.keys()}
    assert {name: key.algorithm for name, key in found.items()} == ALGORITHMS
    for name, key in found.items():
        assert key.public_key.encode() == openssl("pkey", "-in", folder / f"{name}.key.pem", "-pubout")
        printed = openssl("x509", "-in", folder / f"{name}.cert.pem", "-noout", "-serial").decode().strip()
        assert int(printed.removeprefix("serial="), 16) == int(key.serial_number, 16)
        assert f"CN={name}" in key.subject
        assert key.not_after is not None
        assert timedelta(days=29) < key.not_after - datetime.now(UTC) < timedelta(days=31)


async def test_the_printed_example_of_the_standard(tmp_path: Path) -> None:
    signer = SoftKeySigner(lambda: tmp_path)
    public = sm2.public_key_pem(POINT)
    assert signer.verify(public, b"message digest", PRINTED, algorithm=SignatureAlgorithm.SM2_SM3)
    assert not signer.verify(
        public, b"message digest", PRINTED, algorithm=SignatureAlgorithm.SM2_SM3, user_id=b"ALICE123@YAHOO.COM"
    )
    key = sm2.Sm2Key(SECRET, POINT)
    assert sm2.read_public_key(public) == POINT
    assert "3945" not in repr(key).upper()
    for _ in range(20):
        assert sm2.verify(POINT, b"m", sm2.sign(key, b"m", b"x"), b"x")


async def test_tables_give_the_multiples_that_the_library_gives() -> None:
    plain = ECDLP(curve.PRIME, curve.A, curve.B, curve.GENERATOR, curve.ORDER)
    point = curve.times_generator(int.from_bytes(SECRET, "big"))
    assert b"\4" + b"".join(number.to_bytes(32, "big") for number in point) == POINT
    table, dice = curve.Multiples(point), random.Random(1)
    for factor in [1, 2, 15, 16, 17, curve.ORDER - 1, 2**255, *(dice.randrange(1, curve.ORDER) for _ in range(20))]:
        assert table.times(factor) == plain.ec.mul(factor, point)
        assert curve.times_generator(factor) == plain.kG(factor)
    assert table.times(0) == table.times(curve.ORDER) == curve.INFINITY
    assert curve.added(point, table.times(curve.ORDER - 1)) == curve.INFINITY
    assert not curve.on_curve((point[0] + curve.PRIME, point[1]))


async def test_signatures_of_gmalg_fit_and_ours_fit_gmalg() -> None:
    theirs, key = gmalg.SM2(SECRET, b"x", POINT), sm2.Sm2Key(SECRET, POINT)
    for size in (0, 1, 55, 56, 64, 1_000):
        data = b"m" * size
        signature = sm2.sign(key, data, b"x")
        assert theirs.verify(data, signature[:32], signature[32:])
        r, s = theirs.sign(data)
        assert sm2.verify(POINT, data, bytes(r).rjust(32, b"\0") + bytes(s).rjust(32, b"\0"), b"x")


@pytest.mark.parametrize("part", [0, curve.ORDER, curve.ORDER + 1, 2**256 - 1])
async def test_numbers_out_of_range_are_no_signature(part: int) -> None:
    r, s = PRINTED[:32], PRINTED[32:]
    odd = part.to_bytes(32, "big")
    for wrong in (odd + s, r + odd, odd + odd, r + (curve.ORDER - int.from_bytes(r, "big")).to_bytes(32, "big")):
        assert not sm2.verify(POINT, b"message digest", wrong, b"1234567812345678")


async def test_the_identity_of_the_signer_counts_for_sm2(signer: SoftKeySigner, folder: Path) -> None:
    public = next(key.public_key for key in await signer.keys() if key.name == "sm2")
    signature = await signer.sign("sm2", MESSAGE, user_id="法院".encode())
    assert signer.verify(public, MESSAGE, signature, algorithm=SignatureAlgorithm.SM2_SM3, user_id="法院".encode())
    assert not signer.verify(public, MESSAGE, signature, algorithm=SignatureAlgorithm.SM2_SM3)
    for wrong in (b"", b"x" * 8192):
        with pytest.raises(KeyUnavailable):
            await signer.sign("sm2", MESSAGE, user_id=wrong)
        assert not signer.verify(public, MESSAGE, signature, algorithm=SignatureAlgorithm.SM2_SM3, user_id=wrong)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../sm2", "a/b", "a\\b", "sm2\x00", "密钥", "a" * 65, "-rf", "sm2\n", "sm2.key"]
)
async def test_a_name_never_leaves_the_folder(folder: Path, tmp_path: Path, name: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    shutil.copy(folder / "sm2.key.pem", tmp_path / "sm2.key.pem")
    with pytest.raises(KeyUnavailable, match="密钥名称"):
        await SoftKeySigner(lambda: inner).sign(name, b"x")


async def test_what_is_no_usable_key_is_left_out_and_signs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = make_key(tmp_path, "good", "p256")
    openssl("pkey", "-in", good, "-aes256", "-passout", "pass:secret", "-out", tmp_path / "locked.key.pem")
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", tmp_path / "short.key.pem")
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", tmp_path / "p384.key.pem")
    openssl("genpkey", "-algorithm", "ED25519", "-out", tmp_path / "ed.key.pem")
    (tmp_path / "empty.key.pem").write_bytes(b"")
    (tmp_path / "bytes.key.pem").write_bytes(bytes(range(256)))
    (tmp_path / "cut.key.pem").write_bytes(good.read_bytes()[:120])
    (tmp_path / "folder.key.pem").mkdir()
    (tmp_path / "not a name.key.pem").write_bytes(good.read_bytes())
    (tmp_path / "notes.txt").write_text("nothing")
    bad = ["locked", "short", "p384", "ed", "empty", "bytes", "cut", "folder", "missing"]
    signer = SoftKeySigner(lambda: tmp_path)
    assert [key.name for key in await signer.keys()] == ["good"]
    for name in bad:
        with pytest.raises(KeyUnavailable):
            await signer.sign(name, b"x")
    secret = "".join(good.read_text().splitlines()[1:-1])[:24]
    assert secret not in caplog.text


async def test_a_certificate_of_another_key_takes_the_key_out(folder: Path, tmp_path: Path) -> None:
    for kind in ("rsa", "sm2"):
        make_key(tmp_path, kind, kind)
        shutil.copy(folder / f"{kind}.cert.pem", tmp_path / f"{kind}.cert.pem")
    make_key(tmp_path, "p256", "p256")
    (tmp_path / "p256.cert.pem").write_text("no certificate")
    assert await SoftKeySigner(lambda: tmp_path).keys() == ()


async def test_a_key_is_replaced_by_its_file(tmp_path: Path) -> None:
    signer = SoftKeySigner(lambda: tmp_path)
    make_key(tmp_path, "k", "sm2")
    [old] = await signer.keys()
    make_key(tmp_path, "k", "rsa")
    [new] = await signer.keys()
    assert (old.algorithm, new.algorithm) == (SignatureAlgorithm.SM2_SM3, SignatureAlgorithm.RSA_SHA256)
    assert signer.verify(new.public_key, b"x", await signer.sign("k", b"x"), algorithm=SignatureAlgorithm.RSA_SHA256)


async def test_a_key_of_the_same_size_and_time_is_seen_to_be_another(tmp_path: Path) -> None:
    signer = SoftKeySigner(lambda: tmp_path)
    path = make_key(tmp_path, "k", "sm2")
    before, was = await signer.keys(), path.stat()
    other = make_key(tmp_path, "other", "sm2")
    os.utime(other, ns=(was.st_atime_ns, was.st_mtime_ns))
    other.replace(path)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
    after = await signer.keys()
    assert after[0].public_key != before[0].public_key
    signature = await signer.sign("k", b"x")
    assert signer.verify(after[0].public_key, b"x", signature, algorithm=SignatureAlgorithm.SM2_SM3)
    path.unlink()
    with pytest.raises(KeyUnavailable):
        await signer.sign("k", b"x")


async def test_few_keys_are_kept(tmp_path: Path) -> None:
    pem = make_key(tmp_path, "first", "p256").read_bytes()
    signer = SoftKeySigner(lambda: tmp_path)
    for number in range(keys.MOST_KEPT + 5):
        (tmp_path / f"k{number}.key.pem").write_bytes(pem)
    assert len(await signer.keys()) == keys.MOST_KEPT + 6
    assert len(keys._kept) <= keys.MOST_KEPT
    assert await signer.sign("first", b"x")


async def test_the_folder_is_named_by_the_environment(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANKUAN_KEY_FOLDER", raising=False)
    signer = ankuan_register_signer()
    assert isinstance(signer, SignerPlugin)
    assert await signer.keys() == ()
    with pytest.raises(KeyUnavailable, match="ANKUAN_KEY_FOLDER"):
        await signer.sign("sm2", b"x")
    monkeypatch.setenv("ANKUAN_KEY_FOLDER", str(folder))
    assert len(await signer.keys()) == len(ALGORITHMS)
    monkeypatch.setenv("ANKUAN_KEY_FOLDER", str(tmp_path / "nowhere"))
    with pytest.raises(KeyUnavailable):
        await signer.keys()


Bend = Callable[[str], str]


@pytest.mark.parametrize(
    "bend",
    [
        lambda _: "",
        lambda _: "\x00\ud800",
        lambda pem: pem.replace("A", "B", 3),
        lambda pem: pem[: len(pem) // 2],
        lambda pem: pem.replace("\n", "\n!", 2),
        lambda pem: pem.upper(),
        lambda pem: pem.replace("PUBLIC", "PRIVATE"),
    ],
)
@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
async def test_verifying_never_raises(signer: SoftKeySigner, algorithm: SignatureAlgorithm, bend: Bend) -> None:
    for key in await signer.keys():
        for signature in (b"", b"\0" * 64, b"\xff" * 64, b"0" * 256, b"\x30\x06\x02\x01\x00\x02\x01\x00"):
            assert not signer.verify(bend(key.public_key), b"x", signature, algorithm=algorithm)
            assert not signer.verify(key.public_key, b"x", signature, algorithm=algorithm)


def test_structures_that_lie_are_not_der() -> None:
    for broken in (b"\x30", b"\x30\x80", b"\x30\x02\x02", b"\x30\x85\x01\x01\x01\x01\x01", b"\x02\x01\x00"):
        with pytest.raises(NotDer):
            sm2.read_private_key(broken)
    with pytest.raises(NotDer):
        only(element(INTEGER, b"\1") * 2, INTEGER)
    long = element(OCTET_STRING, b"x" * 300)
    assert only(long, OCTET_STRING) == b"x" * 300
    algorithm = only(sm2.pem_body(sm2.public_key_pem(POINT), "PUBLIC KEY"), SEQUENCE)
    off_curve = POINT[:-1] + bytes([POINT[-1] ^ 1])
    lie = element(SEQUENCE, element(*split(algorithm)[0]), element(BIT_STRING, b"\0", off_curve))
    pem = sm2.public_key_pem(POINT)
    body = sm2.pem_body(pem, "PUBLIC KEY")
    assert len(lie) == len(body)
    assert not SoftKeySigner(lambda: None).verify(
        f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(lie).decode()}\n-----END PUBLIC KEY-----\n",
        b"message digest",
        PRINTED,
        algorithm=SignatureAlgorithm.SM2_SM3,
    )


def test_secrets_out_of_range_are_refused(tmp_path: Path) -> None:
    path = make_key(tmp_path, "k", "sm2")
    der = sm2.pem_body(path.read_text(), "PRIVATE KEY")
    key = sm2.read_private_key(der)
    assert key is not None
    for wrong in (bytes(32), curve.ORDER.to_bytes(32, "big"), (curve.ORDER - 1).to_bytes(32, "big")):
        with pytest.raises(NotDer):
            sm2.read_private_key(der.replace(key.secret, wrong))
