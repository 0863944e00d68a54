"""The sign port's PKCS#7: an attached SignedData by the certificate of this simulator, and its check."""

import base64
import binascii
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs7,
)
from cryptography.x509.oid import NameOID

KEY_FILE = "bank_icbc_netsafe_client.pem"
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SEQUENCE, _SET, _OCTETS, _FIRST_OPTION = 0x30, 0x31, 0x04, 0xA0


class NotSigned(ValueError):
    """No SignedData, or not by this certificate, or not over what it holds."""


def make_key() -> bytes:
    """A key and its certificate, as one PEM text."""
    key = generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "court0102.y.1602")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


class Seal:
    """One certificate: signs, and knows its own signatures."""

    def __init__(self, pem: Path) -> None:
        text = pem.read_bytes()
        key = load_pem_private_key(text, None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError(f"{pem} holds no RSA key")
        self._key = key
        self._certificate = x509.load_pem_x509_certificate(text[text.index(b"-----BEGIN CERTIFICATE") :])

    def signed(self, content: bytes) -> bytes:
        """SignedData with ``content`` inside, base64."""
        options = [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoAttributes]
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
        made = builder.add_signer(self._certificate, self._key, SHA256()).sign(Encoding.DER, options)
        return base64.b64encode(made)

    def content(self, signed: bytes) -> bytes:
        """What was signed. Raises NotSigned."""
        try:
            content, signature = _opened(base64.b64decode(signed, validate=True))
            self._key.public_key().verify(signature, content, PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError, IndexError) as wrong:
            raise NotSigned(str(wrong)) from wrong
        return content


def _opened(der: bytes) -> tuple[bytes, bytes]:
    """Content and signature of a SignedData with one signer and no signed attributes."""
    kind, explicit = _parts(_only(der, _SEQUENCE))
    if kind[1] != _SIGNED_DATA or explicit[0] != _FIRST_OPTION:
        raise NotSigned("not a SignedData")
    parts = list(_parts(_only(_inside(explicit), _SEQUENCE)))
    _, wrapped = _parts(_inside(parts[2]))
    (octets,) = _parts(_inside(wrapped))
    (signer,) = _parts(_inside(parts[-1]))
    fields = list(_parts(_inside(signer)))
    if parts[-1][0] != _SET or octets[0] != _OCTETS or len(fields) != 5 or fields[-1][0] != _OCTETS:
        raise NotSigned("not one signer without attributes")
    return _inside(octets), _inside(fields[-1])


def _only(der: bytes, tag: int) -> bytes:
    found = list(_parts(der))
    if len(found) != 1 or found[0][0] != tag:
        raise NotSigned("not one element")
    return _inside(found[0])


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and whole encoding of each element, one after the other; lengths are definite in DER."""
    place = 0
    while place < len(der):
        head, length = place + 2, der[place + 1]
        if length > 0x80:
            head += length - 0x80
            length = int.from_bytes(der[place + 2 : head], "big")
        elif length == 0x80:
            raise NotSigned("indefinite length")
        if head + length > len(der):
            raise NotSigned("cut off")
        yield der[place], der[place : head + length]
        place = head + length


def _inside(element: tuple[int, bytes]) -> bytes:
    whole = element[1]
    return whole[2 + (whole[1] - 0x80 if whole[1] > 0x80 else 0) :]
