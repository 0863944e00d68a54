"""SM2 keys and signatures (GM/T 0003), by gmalg. The signer's identity enters the digest (GM/T 0009)."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

import gmalg

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

SIZE: Final = 32
ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
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
    return Sm2Key(secret, gmalg.SM2().generate_pk(secret))


def read_public_key(pem: str) -> bytes | None:
    """The point (04‖x‖y) of a PEM SubjectPublicKeyInfo; ``None`` for another algorithm. Raises :class:`NotDer`."""
    outer = split(only(pem_body(pem, "PUBLIC KEY"), SEQUENCE))
    if tags(outer) != [SEQUENCE, BIT_STRING]:
        raise NotDer("no SubjectPublicKeyInfo")
    if not is_sm2(outer[0][1]):
        return None
    point = outer[1][1][1:]
    if outer[1][1][:1] != b"\0" or len(point) != 1 + 2 * SIZE or point[0] != 4 or not gmalg.SM2().verify_pk(point):
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


def sign(key: Sm2Key, data: bytes, user_id: bytes) -> bytes:
    """r‖s, 64 bytes. The identity has 1 to 8,191 bytes."""
    r, s = gmalg.SM2(key.secret, user_id, key.public).sign(data)
    return bytes(r).rjust(SIZE, b"\0") + bytes(s).rjust(SIZE, b"\0")


def verify(point: bytes, data: bytes, signature: bytes, user_id: bytes) -> bool:
    """Whether r‖s fits."""
    if len(signature) != 2 * SIZE or not 1 <= len(user_id) <= LONGEST_USER_ID:
        return False
    return bool(gmalg.SM2(uid=user_id, pk=point).verify(data, signature[:SIZE], signature[SIZE:]))
