"""PURE. SM4-CBC with PKCS#7 padding: what stands in DATA, and what the bank sends back."""

import base64
import binascii
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ankuan_bank_cmb.messages import Malformed

_BLOCK: Final = 16
_PLAIN_WORDS: Final = ("ErrMsg", "CDCServer")
"""The gateway's own errors come unencrypted and unsigned, and are known by these words."""


class PlainError(Exception):
    """The gateway's own error text: no word of the bank, and no proof of anything."""


def padded_user(user: str) -> bytes:
    """The user number with zeros behind it up to sixteen: IV of SM4, identity of SM2."""
    return user.encode("ascii").ljust(_BLOCK, b"0")


def encrypt(text: bytes, key: bytes, iv: bytes) -> str:
    """Base64 of the encrypted text."""
    padder = PKCS7(_BLOCK * 8).padder()
    whole = padder.update(text) + padder.finalize()
    encryptor = Cipher(algorithms.SM4(key), modes.CBC(iv)).encryptor()
    return base64.b64encode(encryptor.update(whole) + encryptor.finalize()).decode("ascii")


def decrypt(raw: bytes, key: bytes, iv: bytes) -> bytes:
    """The text of an answer. Raises :class:`PlainError` or :class:`Malformed`, whatever the bytes are."""
    sealed = decoded(raw.strip())
    if sealed is None or not sealed or len(sealed) % _BLOCK:
        shown = raw[:200].decode("utf-8", errors="replace")
        if any(word in shown for word in _PLAIN_WORDS):
            raise PlainError(shown)
        raise Malformed("not an encrypted answer")
    decryptor = Cipher(algorithms.SM4(key), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(_BLOCK * 8).unpadder()
    try:
        return unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
    except ValueError as broken:
        raise Malformed("cannot be decrypted with this key") from broken


def decoded(text: bytes) -> bytes | None:
    """Bytes of strict base64: one text for one value, so that no altered character goes unnoticed. ``None``: none."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.b64encode(found) == text else None
