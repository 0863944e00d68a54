"""Signers: who holds private keys. A plugin never sees one; it names a key and hands over bytes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class SignatureAlgorithm(StrEnum):
    """How bytes are signed. All take the message itself, not its digest."""

    RSA_SHA256 = "rsa-sha256"
    """PKCS#1 v1.5 over SHA-256; the signature is the RSA block."""
    ECDSA_SHA256 = "ecdsa-sha256"
    """P-256; the signature is DER."""
    SM2_SM3 = "sm2-sm3"
    """GM/T 0003; the signature is r‖s, 64 bytes. The signer's identity enters the digest."""


SM2_DEFAULT_USER_ID = b"1234567812345678"


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """A key that a signer holds. ``public_key``: PEM (SubjectPublicKeyInfo). ``not_after``: end of its certificate."""

    name: str
    algorithm: SignatureAlgorithm
    public_key: str
    subject: str = ""
    serial_number: str = ""
    not_after: datetime | None = None


class KeyUnavailable(Exception):
    """No such key, or its holder does not answer. Nothing was signed."""


@runtime_checkable
class SignerPlugin(Protocol):
    """A place that holds keys: files, a hardware module, a signing service."""

    @property
    def id(self) -> str:
        """Stable id, e.g. ``signer_softkey``."""
        ...

    @property
    def display_name(self) -> str:
        """Name shown to people."""
        ...

    async def keys(self) -> tuple[KeyInfo, ...]:
        """The keys it holds now."""
        ...

    async def sign(self, key: str, data: bytes, *, user_id: bytes = SM2_DEFAULT_USER_ID) -> bytes:
        """Sign ``data`` with the key of that name. ``user_id`` counts for SM2 only. Raises :class:`KeyUnavailable`."""
        ...

    def verify(
        self,
        public_key: str,
        data: bytes,
        signature: bytes,
        *,
        algorithm: SignatureAlgorithm,
        user_id: bytes = SM2_DEFAULT_USER_ID,
    ) -> bool:
        """Whether the signature of ``data`` fits the public key (PEM). Never raises: what can't be read is false."""
        ...
