"""The curve of SM2 (GM/T 0003.5): arithmetic by gmalg, and tables by which multiples of one point are only added up."""

from functools import lru_cache
from typing import Final

from gmalg.ellipticcurve import ECDLP

Point = tuple[int, int]

SIZE: Final = 32
"""Bytes of a coordinate, and of a number below the order."""
PRIME: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
A: Final = PRIME - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
GENERATOR: Final[Point] = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
PARAMETERS: Final = b"".join(number.to_bytes(SIZE, "big") for number in (A, B, *GENERATOR))
"""a‖b‖x‖y of the generator, as they enter the digest."""
MOST_TABLES: Final = 64
"""Of some 200 KB each."""
_WINDOW: Final = 4
_CURVE: Final = ECDLP(PRIME, A, B, GENERATOR, ORDER).ec
INFINITY: Final[Point] = _CURVE.INF
_Jacobian = tuple[int, int, int]
"""x/z², y/z³; z = 0 at infinity."""
_NOTHING: Final[_Jacobian] = (1, 1, 0)


class Multiples:
    """Multiples of one point, from a table of j·16ⁱ·P: 64 additions, in Jacobian coordinates."""

    def __init__(self, point: Point) -> None:
        self._rows: list[list[Point]] = []
        base = point
        for _ in range(8 * SIZE // _WINDOW):
            row = [base]
            for _ in range(2**_WINDOW - 2):
                row.append(_CURVE.add(row[-1], base))
            self._rows.append(row)
            base = _CURVE.add(row[-1], base)

    def times(self, factor: int) -> Point:
        """``factor`` times the point; 0 <= factor < 2²⁵⁶."""
        found = _NOTHING
        for row in self._rows:
            factor, digit = divmod(factor, 2**_WINDOW)
            if digit:
                found = _plus(found, row[digit - 1])
        return _affine(found)


def _plus(one: _Jacobian, other: Point) -> _Jacobian:
    """A sum without a division: these are what takes the time."""
    x, y, z = one
    if not z:
        return (*other, 1)
    zz = z * z % PRIME
    h, r = (other[0] * zz - x) % PRIME, (other[1] * zz * z - y) % PRIME
    if not h:
        # The same point, or its opposite: rare enough to be left to the library.
        both: Point = _CURVE.add(_affine(one), other)
        return (*both, 1) if both != INFINITY else _NOTHING
    hh = h * h % PRIME
    hhh, v = h * hh % PRIME, x * hh % PRIME
    x3 = (r * r - hhh - 2 * v) % PRIME
    return x3, (r * (v - x3) - y * hhh) % PRIME, z * h % PRIME


def _affine(point: _Jacobian) -> Point:
    x, y, z = point
    if not z:
        return INFINITY
    inverse = pow(z, -1, PRIME)
    square = inverse * inverse % PRIME
    return x * square % PRIME, y * square * inverse % PRIME


@lru_cache(MOST_TABLES)
def multiples(point: Point) -> Multiples:
    """The table of a point on the curve; the last ones that were asked for are kept."""
    return Multiples(point)


def times_generator(factor: int) -> Point:
    """``factor`` times the generator; 0 <= factor < 2²⁵⁶."""
    return _generator().times(factor)


@lru_cache(1)
def _generator() -> Multiples:
    return Multiples(GENERATOR)


def added(one: Point, other: Point) -> Point:
    """The sum of two points."""
    found: Point = _CURVE.add(one, other)
    return found


def on_curve(point: Point) -> bool:
    """Whether it is a point of the curve, other than infinity. The cofactor is 1: each has the order of the group."""
    return all(0 <= number < PRIME for number in point) and bool(_CURVE.isvalid(point))
