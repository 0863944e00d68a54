"""The signer: looks at the key's file at each call, so that a key is replaced by replacing its file."""

import asyncio
import logging
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from ankuan.plugin_api.signing import SM2_DEFAULT_USER_ID, KeyInfo, KeyUnavailable, SignatureAlgorithm
from ankuan_signer_softkey import keys, sm2

FOLDER_VARIABLE: Final = "ANKUAN_KEY_FOLDER"
MOST_KEPT: Final = 256
"""Public keys that stay parsed, of each kind."""
log = logging.getLogger(__name__)


def folder_from_environment() -> Path | None:
    """The folder of keys that the environment names, if any."""
    named = os.environ.get(FOLDER_VARIABLE, "")
    return Path(named) if named else None


class SoftKeySigner:
    """Implements ``SignerPlugin``. ``folder`` is asked at each call; ``None``: there are no keys."""

    id = "signer_softkey"
    display_name = "软件密钥（PEM 文件）"

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self._folder = folder

    async def keys(self) -> tuple[KeyInfo, ...]:
        """The keys that can be used; a file that can't is logged by its name and left out."""
        folder = self._folder()
        return await asyncio.to_thread(_describe_all, folder) if folder is not None else ()

    async def sign(self, key: str, data: bytes, *, user_id: bytes = SM2_DEFAULT_USER_ID) -> bytes:
        """Sign ``data``. Raises :class:`KeyUnavailable`."""
        folder = self._folder()
        if folder is None:
            raise KeyUnavailable(f"未设置密钥目录（{FOLDER_VARIABLE}）")
        return await asyncio.to_thread(_sign, folder, key, data, user_id)

    def verify(
        self,
        public_key: str,
        data: bytes,
        signature: bytes,
        *,
        algorithm: SignatureAlgorithm,
        user_id: bytes = SM2_DEFAULT_USER_ID,
    ) -> bool:
        """Whether the signature fits the public key. Never raises."""
        try:
            return _verify(public_key, data, signature, algorithm, user_id)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, ArithmeticError):
            return False
        except Exception:  # whatever a stranger's key or signature does to a library, it is no proof
            log.exception("a signature could not be read")
            return False


def _describe_all(folder: Path) -> tuple[KeyInfo, ...]:
    found = []
    for name in keys.key_names(folder):
        try:
            found.append(keys.describe(folder, name))
        except KeyUnavailable as error:
            log.warning("key %s left out: %s", name, error)
    return tuple(found)


def _sign(folder: Path, name: str, data: bytes, user_id: bytes) -> bytes:
    key = keys.load_key(folder, name)
    if isinstance(key, sm2.Sm2Key):
        if not 1 <= len(user_id) <= sm2.LONGEST_USER_ID:
            raise KeyUnavailable(f"SM2 签名者标识须为 1 至 {sm2.LONGEST_USER_ID} 字节")
        return sm2.sign(key, data, user_id)
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, PKCS1v15(), SHA256())
    return key.sign(data, ECDSA(SHA256()))


def _verify(pem: str, data: bytes, signature: bytes, algorithm: SignatureAlgorithm, user_id: bytes) -> bool:
    if algorithm is SignatureAlgorithm.SM2_SM3:
        point = _point(pem)
        return point is not None and sm2.verify(point, data, signature, user_id)
    key = _public_key(pem)
    if algorithm is SignatureAlgorithm.RSA_SHA256 and isinstance(key, RSAPublicKey):
        key.verify(signature, data, PKCS1v15(), SHA256())
        return True
    if (
        algorithm is SignatureAlgorithm.ECDSA_SHA256
        and isinstance(key, EllipticCurvePublicKey)
        and isinstance(key.curve, SECP256R1)
    ):
        key.verify(signature, data, ECDSA(SHA256()))
        return True
    return False


# What cannot be parsed raises, and is not kept.


@lru_cache(MOST_KEPT)
def _point(pem: str) -> bytes | None:
    return sm2.read_public_key(pem)


@lru_cache(MOST_KEPT)
def _public_key(pem: str) -> PublicKeyTypes:
    return load_pem_public_key(pem.encode())
