"""Encryption of fields and of kept raw messages: AES-256-GCM with a key number and bound context."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


class CannotDecrypt(Exception):
    """The key, the context or the bytes are not those that were encrypted."""


@dataclass(frozen=True, slots=True)
class FieldCipher:
    """Encrypts small values. ``context`` (table, column, row) is authenticated, so a value can't be moved."""

    key: bytes

    def encrypt(self, value: bytes, *, context: str) -> bytes:
        """Version byte, nonce, ciphertext with tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self.key).encrypt(nonce, value, context.encode())

    def decrypt(self, value: bytes, *, context: str) -> bytes:
        """Raises :class:`CannotDecrypt`."""
        if value[:1] != VERSION:
            raise CannotDecrypt("unknown version")
        nonce, body = value[1 : 1 + NONCE_BYTES], value[1 + NONCE_BYTES :]
        try:
            return AESGCM(self.key).decrypt(nonce, body, context.encode())
        except InvalidTag:
            raise CannotDecrypt("wrong key or context") from None

    def blind_index(self, value: str, *, context: str) -> str:
        """Keyed hash for equality look-ups on encrypted values; hex, 64 characters."""
        mac = hmac.HMAC(self.key, hashes.SHA256())
        mac.update(context.encode() + b"\x00" + value.encode())
        return mac.finalize().hex()


def load_cipher(key_file: Path) -> FieldCipher:
    """Read the master key, making one (0600) on first start. Two first starts agree on one key."""
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not key_file.exists():
        draft = key_file.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(secrets.token_bytes(KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, key_file)
        except FileExistsError:
            pass  # another process was first; its key holds
        finally:
            draft.unlink()
    key = key_file.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{key_file.name} does not hold a {KEY_BYTES}-byte key")
    return FieldCipher(key)
