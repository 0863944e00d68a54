"""SM2 keys and signatures (GM/T 0003.2). The signer's identity enters the digest (GM/T 0009).

Points are gmalg's, SM3 is cryptography's: gmalg's own takes 0.2 s for 100 KB.
"""

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.hashes import SM3, Hash

from ankuan_signer_softkey.curve import (
    INFINITY,
    ORDER,
    PARAMETERS,
    SIZE,
    Point,
    added,
    multiples,
    on_curve,
    times_generator,
)
from ankuan_signer_softkey.der import (
    BIT_STRING,
    EC_PUBLIC_KEY,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SM2_CURVE,
    NotDer,
    element,
    is_sm2,
    only,
    split,
    tags,
)

LONGEST_USER_ID: Final = 8191
"""In bytes: the digest counts its bits in two bytes."""


@dataclass(frozen=True, slots=True)
class Sm2Key:
    """``secret``: 32 bytes, big-endian. ``public``: 04‖x‖y. Shows neither when printed."""

    secret: bytes
    public: bytes

    def __repr__(self) -> str:
        """Keys get into logs by being printed."""
        return "Sm2Key(…)"


def read_private_key(der: bytes) -> Sm2Key | None:
    """The SM2 key in a PKCS#8 structure; ``None`` when the key is of another algorithm. Raises :class:`NotDer`."""
    outer = split(only(der, SEQUENCE))
    if tags(outer)[:3] != [INTEGER, SEQUENCE, OCTET_STRING]:
        raise NotDer("no PKCS#8 structure")
    if not is_sm2(outer[1][1]):
        return None
    inner = split(only(outer[2][1], SEQUENCE))
    if tags(inner)[:2] != [INTEGER, OCTET_STRING]:
        raise NotDer("no EC private key")
    secret = inner[1][1].rjust(SIZE, b"\0")
    if len(secret) != SIZE or not 1 <= int.from_bytes(secret, "big") <= ORDER - 2:
        raise NotDer("the secret is out of range")
    return Sm2Key(secret, _packed(times_generator(int.from_bytes(secret, "big"))))


def read_public_key(pem: str) -> bytes | None:
    """The point (04‖x‖y) of a PEM SubjectPublicKeyInfo; ``None`` for another algorithm. Raises :class:`NotDer`."""
    outer = split(only(pem_body(pem, "PUBLIC KEY"), SEQUENCE))
    if tags(outer) != [SEQUENCE, BIT_STRING]:
        raise NotDer("no SubjectPublicKeyInfo")
    if not is_sm2(outer[0][1]):
        return None
    point = outer[1][1][1:]
    if outer[1][1][:1] != b"\0" or len(point) != 1 + 2 * SIZE or point[0] != 4 or not on_curve(_point(point)):
        raise NotDer("no point of the curve")
    return point


def public_key_pem(point: bytes) -> str:
    """PEM (SubjectPublicKeyInfo) of a point."""
    algorithm = element(SEQUENCE, element(OBJECT_IDENTIFIER, EC_PUBLIC_KEY), element(OBJECT_IDENTIFIER, SM2_CURVE))
    body = base64.b64encode(element(SEQUENCE, algorithm, element(BIT_STRING, b"\0", point))).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])


def pem_body(pem: str, label: str) -> bytes:
    """What stands between the lines of that label. Raises :class:`NotDer` when there are none."""
    _, begin, rest = pem.partition(f"-----BEGIN {label}-----")
    body, end, _ = rest.partition(f"-----END {label}-----")
    if not begin or not end:
        raise NotDer(f"no {label} in PEM")
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error as error:
        raise NotDer("broken base64") from error


def digest(point: bytes, data: bytes, user_id: bytes) -> bytes:
    """SM3(Z‖data), 32 bytes; Z is SM3 of the identity's bits, the identity, the curve and the public key."""
    z = _sm3((8 * len(user_id)).to_bytes(2, "big"), user_id, PARAMETERS, point[1:])
    return _sm3(z, data)


def _sm3(*parts: bytes) -> bytes:
    hashing = Hash(SM3())
    for part in parts:
        hashing.update(part)
    return hashing.finalize()


def sign(key: Sm2Key, data: bytes, user_id: bytes) -> bytes:
    """r‖s, 64 bytes. The identity has 1 to 8,191 bytes. GM/T 0003.2, 6.1."""
    e = int.from_bytes(digest(key.public, data, user_id), "big")
    d = int.from_bytes(key.secret, "big")
    while True:
        k = secrets.randbelow(ORDER - 1) + 1
        r = (e + times_generator(k)[0]) % ORDER
        if r == 0 or r + k == ORDER:
            continue
        s = pow(1 + d, -1, ORDER) * (k - r * d) % ORDER
        if s != 0:
            return r.to_bytes(SIZE, "big") + s.to_bytes(SIZE, "big")


def verify(point: bytes, data: bytes, signature: bytes, user_id: bytes) -> bool:
    """Whether r‖s fits. ``point`` is on the curve. GM/T 0003.2, 7.1."""
    if len(signature) != 2 * SIZE or not 1 <= len(user_id) <= LONGEST_USER_ID:
        return False
    r, s = int.from_bytes(signature[:SIZE], "big"), int.from_bytes(signature[SIZE:], "big")
    t = (r + s) % ORDER
    if not (1 <= r < ORDER and 1 <= s < ORDER and t):
        return False
    where = added(times_generator(s), multiples(_point(point)).times(t))
    e = int.from_bytes(digest(point, data, user_id), "big")
    return where != INFINITY and (e + where[0]) % ORDER == r


def _point(packed: bytes) -> Point:
    return int.from_bytes(packed[1 : 1 + SIZE], "big"), int.from_bytes(packed[1 + SIZE :], "big")


def _packed(point: Point) -> bytes:
    return b"\4" + b"".join(number.to_bytes(SIZE, "big") for number in point)
