"""The little of DER that SM2 keys need: cryptography knows no SM2, and its keys have the form of other EC keys."""

from collections.abc import Sequence
from typing import Final

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
OBJECT_IDENTIFIER: Final = 0x06
SEQUENCE: Final = 0x30

EC_PUBLIC_KEY: Final = bytes.fromhex("2a8648ce3d0201")
"""1.2.840.10045.2.1"""
SM2_CURVE: Final = bytes.fromhex("2a811ccf5501822d")
"""1.2.156.10197.1.301"""


class NotDer(ValueError):
    """Not the structure that was asked for."""


def split(data: bytes) -> list[tuple[int, bytes]]:
    """The elements that stand one after another in ``data``: tag and content. Raises :class:`NotDer`."""
    found, at = [], 0
    while at < len(data):
        tag, at = data[at], at + 1
        length, at = _length(data, at)
        if at + length > len(data):
            raise NotDer("an element is longer than what contains it")
        found.append((tag, data[at : at + length]))
        at += length
    return found


def _length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise NotDer("an element has no length")
    first, at = data[at], at + 1
    if first < 0x80:
        return first, at
    size = first & 0x7F
    if not 1 <= size <= 4 or at + size > len(data):
        raise NotDer("the length of an element cannot be read")
    return int.from_bytes(data[at : at + size], "big"), at + size


def only(data: bytes, tag: int) -> bytes:
    """Content of the one element in ``data``. Raises :class:`NotDer` for another tag, more elements, or none."""
    [*elements] = split(data)
    if len(elements) != 1 or elements[0][0] != tag:
        raise NotDer("another structure was expected")
    return elements[0][1]


def is_sm2(algorithm: bytes) -> bool:
    """Whether the content of an AlgorithmIdentifier means an SM2 key."""
    return split(algorithm)[:2] == [(OBJECT_IDENTIFIER, EC_PUBLIC_KEY), (OBJECT_IDENTIFIER, SM2_CURVE)]


def element(tag: int, *parts: bytes) -> bytes:
    """One element around the parts, one after another."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + len(content).to_bytes(size, "big") + content


def tags(elements: Sequence[tuple[int, bytes]]) -> list[int]:
    """Their tags, in order."""
    return [tag for tag, _ in elements]
