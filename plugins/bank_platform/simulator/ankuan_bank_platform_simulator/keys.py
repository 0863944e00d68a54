"""Keys of the platform and of the applications it knows, and signatures by them. Three algorithms, one app for each."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import gmalg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ankuan_simcore.wires import Context

USER_ID = b"1234567812345678"
_SM2_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
"""AlgorithmIdentifier: id-ecPublicKey with the curve 1.2.156.10197.1.301."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair: signs, and knows its own signatures. ``public``: PEM (SubjectPublicKeyInfo)."""

    public: str
    sign: Callable[[bytes], bytes]
    verify: Callable[[bytes, bytes], bool]


def _rsa_pem() -> bytes:
    return _pem(rsa.generate_private_key(65537, 2048))


def _p256_pem() -> bytes:
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _sm2_pem() -> bytes:
    secret, public = gmalg.SM2().generate_keypair()
    bits = b"\x00" + public
    inner = _der(0x30, b"\x02\x01\x01", _der(0x04, secret), _der(0xA1, _der(0x03, bits)))
    return _armour("PRIVATE KEY", _der(0x30, b"\x02\x01\x00", _SM2_ALGORITHM, _der(0x04, inner))).encode()


MAKERS = {"rsa-sha256": _rsa_pem, "ecdsa-sha256": _p256_pem, "sm2-sm3": _sm2_pem}
"""Algorithm -> PKCS#8 of a new key."""


def app_id(algorithm: str) -> str:
    """The application that signs by this algorithm."""
    return f"court-{algorithm.partition('-')[0]}"


def key_name(algorithm: str) -> str:
    """Name under which a signer finds the application's key in the keys' folder."""
    return f"platform_app_{algorithm.partition('-')[0]}"


def app_key(context: Context, algorithm: str) -> Key:
    """The application's key, which the simulator hands out as the bank hands out a test certificate."""
    return _key(context.key_file(f"{key_name(algorithm)}.key.pem", MAKERS[algorithm]).read_bytes(), algorithm)


def own_key(context: Context, algorithm: str) -> Key:
    """The platform's own key; its public half lies beside it as a file for whoever wants to check by hand."""
    name = f"platform_own_{algorithm.partition('-')[0]}"
    found = _key(context.key_file(f"{name}.key.pem", MAKERS[algorithm]).read_bytes(), algorithm)
    context.key_file(f"{name}.pub.pem", found.public.encode)
    return found


def _key(pem: bytes, algorithm: str) -> Key:
    if algorithm == "sm2-sm3":
        return _sm2_key(pem)
    private = load_pem_private_key(pem, None)
    if isinstance(private, rsa.RSAPrivateKey):
        return _rsa_key(private)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return _p256_key(private)
    raise ValueError(algorithm)


def _rsa_key(private: rsa.RSAPrivateKey) -> Key:
    public = private.public_key()

    def verify(data: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, data, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    return Key(_public_pem(public), lambda data: private.sign(data, padding.PKCS1v15(), SHA256()), verify)


def _p256_key(private: ec.EllipticCurvePrivateKey) -> Key:
    public = private.public_key()

    def verify(data: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, data, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    return Key(_public_pem(public), lambda data: private.sign(data, ec.ECDSA(SHA256())), verify)


def _sm2_key(pem: bytes) -> Key:
    body = base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))
    # The secret stands after the version of the inner structure, which is where this module put it.
    at = body.index(b"\x02\x01\x01\x04\x20") + 5
    secret = body[at : at + 32]
    public = gmalg.SM2().generate_pk(secret)
    told = _armour("PUBLIC KEY", _der(0x30, _SM2_ALGORITHM, _der(0x03, b"\x00" + public)))

    def sign(data: bytes) -> bytes:
        r, s = gmalg.SM2(secret, USER_ID, public).sign(data)
        return bytes(r).rjust(32, b"\0") + bytes(s).rjust(32, b"\0")

    def verify(data: bytes, signature: bytes) -> bool:
        if len(signature) != 64:
            return False
        return bool(gmalg.SM2(uid=USER_ID, pk=public).verify(data, signature[:32], signature[32:]))

    return Key(told, sign, verify)


def signed(line: str, stamp: str, nonce: str, body: bytes, bound_to: str = "") -> bytes:
    """The text under a signature; ``bound_to``: the request's nonce, in answers."""
    parts = [line, stamp, nonce, *([bound_to] if bound_to else []), hashlib.sha256(body).hexdigest(), ""]
    return "\n".join(parts).encode()


def _pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _public_pem(public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _armour(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = bytes([len(content)]) if len(content) < 128 else b"\x81" + bytes([len(content)])
    return bytes([tag]) + size + content
