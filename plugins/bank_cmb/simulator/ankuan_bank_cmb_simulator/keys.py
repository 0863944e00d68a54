"""Keys of the bank and of its customer: made once in the keys' folder. SM4 by cryptography."""

import base64
import secrets
from dataclasses import dataclass
from functools import lru_cache

import gmalg
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ankuan_bank_cmb_simulator import sm2
from ankuan_simcore.wires import Context

CUSTOMER_KEY = "bank_cmb"
"""Name of the customer's key at the signer: its file lies in the keys' folder too."""
_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
"""SEQUENCE of id-ecPublicKey and the curve of SM2."""


@dataclass(frozen=True, slots=True)
class Keys:
    """``bank``: our secret. ``customer``: the customer's public point (04‖x‖y). ``symmetric``: 16 bytes for SM4."""

    bank: bytes
    customer: bytes
    symmetric: bytes

    @property
    def bank_public_pem(self) -> str:
        """What the customer enters as the bank's key."""
        point = _public(self.bank)
        return _pem("PUBLIC KEY", _wrap(0x30, _ALGORITHM + _wrap(0x03, b"\0" + point)))


def load_keys(context: Context) -> Keys:
    """Read the keys, and make those that are missing."""
    bank = context.key_file("bank_cmb.bank.hex", lambda: _secret().hex().encode())
    customer = context.key_file(f"{CUSTOMER_KEY}.key.pem", lambda: _private_pem(_secret()).encode())
    symmetric = context.key_file("bank_cmb.sm4", lambda: base64.b64encode(secrets.token_bytes(16)))
    body = "".join(customer.read_text(encoding="ascii").splitlines()[1:-1])
    return Keys(
        bank=bytes.fromhex(bank.read_text(encoding="ascii")),
        # The secret stands last in the structure that _private_pem makes.
        customer=gmalg.SM2().generate_pk(base64.b64decode(body)[-32:]),
        symmetric=base64.b64decode(symmetric.read_bytes()),
    )


def sign(secret: bytes, text: bytes, identity: bytes) -> str:
    """Base64 of r‖s."""
    return base64.b64encode(sm2.signature(secret, _public(secret), text, identity)).decode()


def is_signed(point: bytes, text: bytes, signature: str, identity: bytes) -> bool:
    """Whether the signature is the holder's. ValueError for one that is no base64."""
    return sm2.fits(point, text, base64.b64decode(signature, validate=True), identity)


def seal(text: bytes, key: bytes, iv: bytes) -> bytes:
    """SM4-CBC with PKCS#7, in base64."""
    padder = PKCS7(128).padder()
    machine = Cipher(algorithms.SM4(key), modes.CBC(iv)).encryptor()
    return base64.b64encode(machine.update(padder.update(text) + padder.finalize()) + machine.finalize())


def unseal(data: str, key: bytes, iv: bytes) -> bytes:
    """The text; ValueError when it is none."""
    machine = Cipher(algorithms.SM4(key), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(128).unpadder()
    whole = machine.update(base64.b64decode(data, validate=True)) + machine.finalize()
    return unpadder.update(whole) + unpadder.finalize()


def spoiled_secret() -> bytes:
    """A key that is nobody's."""
    return _secret()


@lru_cache(maxsize=8)
def _public(secret: bytes) -> bytes:
    return bytes(gmalg.SM2().generate_pk(secret))


def _secret() -> bytes:
    return bytes(gmalg.SM2().generate_keypair()[0])


def _private_pem(secret: bytes) -> str:
    inner = _wrap(0x30, _wrap(0x02, b"\x01") + _wrap(0x04, secret))
    return _pem("PRIVATE KEY", _wrap(0x30, _wrap(0x02, b"\0") + _ALGORITHM + _wrap(0x04, inner)))


def _wrap(tag: int, content: bytes) -> bytes:
    size = len(content)
    return bytes([tag, size] if size < 128 else [tag, 0x81, size]) + content


def _pem(label: str, der: bytes) -> str:
    body = base64.b64encode(der).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
