"""SM2 as the bank computes it (GM/T 0003.2): Jacobian coordinates, SM3 by cryptography.

gmalg's signatures take ten times as long, and its SM3 0.2 s for 100 KB: too slow to play a bank. Keys are gmalg's.
"""

import secrets
from typing import Final

from cryptography.hazmat.primitives.hashes import SM3, Hash

P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G: Final = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_CURVE: Final = b"".join(number.to_bytes(32, "big") for number in (P - 3, B, *G))

Affine = tuple[int, int]
Jacobian = tuple[int, int, int]
"""x/z², y/z³; infinity has z = 0."""


def signature(secret: bytes, public: bytes, text: bytes, identity: bytes) -> bytes:
    """r‖s, 64 bytes."""
    d, e = int.from_bytes(secret, "big"), _digest(public, text, identity)
    while True:
        k = 1 + secrets.randbelow(N - 1)
        r = (e + _x(_sum(k, G, 0, G))) % N
        s = pow(1 + d, -1, N) * (k - r * d) % N
        if r and r + k != N and s:
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def fits(public: bytes, text: bytes, value: bytes, identity: bytes) -> bool:
    """Whether ``value`` is a signature by the holder of ``public`` (04‖x‖y), a point of the curve."""
    r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    t = (r + s) % N
    if len(value) != 64 or not (0 < r < N and 0 < s < N and t):
        return False
    point = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    found = _sum(s, G, t, point)
    return found[2] != 0 and (_digest(public, text, identity) + _x(found)) % N == r


def _digest(public: bytes, text: bytes, identity: bytes) -> int:
    z = _sm3((8 * len(identity)).to_bytes(2, "big") + identity + _CURVE + public[1:])
    return int.from_bytes(_sm3(z + text), "big")


def _sm3(data: bytes) -> bytes:
    hashing = Hash(SM3())
    hashing.update(data)
    return hashing.finalize()


def _x(point: Jacobian) -> int:
    return point[0] * pow(point[2], -2, P) % P


def _sum(one: int, first: Affine, other: int, second: Affine) -> Jacobian:
    """one·first + other·second, both walked through at once."""
    both = _add((*first, 1), second)
    straight = None if not both[2] else _affine(both)
    found: Jacobian = (1, 1, 0)
    for bit in range(255, -1, -1):
        found = _double(found)
        ones, others = one >> bit & 1, other >> bit & 1
        if ones and others:
            found = _add(found, straight) if straight else found
        elif ones or others:
            found = _add(found, first if ones else second)
    return found


def _affine(point: Jacobian) -> Affine:
    inverse = pow(point[2], -1, P)
    return point[0] * inverse * inverse % P, point[1] * inverse * inverse * inverse % P


def _double(point: Jacobian) -> Jacobian:
    x, y, z = point
    if not z:
        return point
    zz, yy = z * z % P, y * y % P
    beta = 4 * x * yy % P
    alpha = 3 * (x - zz) * (x + zz) % P
    x3 = (alpha * alpha - 2 * beta) % P
    return x3, (alpha * (beta - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add(point: Jacobian, other: Affine) -> Jacobian:
    x, y, z = point
    if not z:
        return (*other, 1)
    zz = z * z % P
    h, r = (other[0] * zz - x) % P, (other[1] * zz * z - y) % P
    if not h:
        return _double(point) if not r else (1, 1, 0)
    hh = h * h % P
    hhh, v = h * hh % P, x * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y * hhh) % P, z * h % P
