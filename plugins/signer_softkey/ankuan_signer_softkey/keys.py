"""Keys and certificates as files: ``<name>.key.pem`` and, beside it, ``<name>.cert.pem``.

A key that was read is kept until its file is another: deriving what belongs to it takes longer than a signature.
"""

import re
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from ankuan.plugin_api.signing import KeyInfo, KeyUnavailable, SignatureAlgorithm
from ankuan_signer_softkey import sm2

KEY_SUFFIX: Final = ".key.pem"
CERTIFICATE_SUFFIX: Final = ".cert.pem"
LEAST_RSA_BITS: Final = 2048
LONGEST_FILE: Final = 64 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)

MOST_KEPT: Final = 64

Key = RSAPrivateKey | EllipticCurvePrivateKey | sm2.Sm2Key
_Stamp = tuple[int, int, int, int]
_kept: Final[OrderedDict[Path, tuple[_Stamp, Key]]] = OrderedDict()
_keeping: Final = Lock()


def key_names(folder: Path) -> list[str]:
    """Names of the keys in the folder, in their order. Raises :class:`KeyUnavailable`."""
    try:
        found = sorted(path.name.removesuffix(KEY_SUFFIX) for path in folder.iterdir())
        return [name for name in found if _NAME.fullmatch(name) and (folder / f"{name}{KEY_SUFFIX}").is_file()]
    except OSError as error:
        raise KeyUnavailable(f"密钥目录不可读：{type(error).__name__}") from error


def load_key(folder: Path, name: str) -> Key:
    """The key of that name. Raises :class:`KeyUnavailable`, whose text holds nothing of the file."""
    if not _NAME.fullmatch(name):
        raise KeyUnavailable("密钥名称只能由字母、数字、下划线和连字符组成（不超过 64 个字符）")
    path = folder / f"{name}{KEY_SUFFIX}"
    # Looked at before it is read: a file that is replaced in between is read again at the next call.
    stamp = _stamp(path)
    with _keeping:
        known, key = _kept.get(path, (None, None))
        if key is not None and known == stamp:
            _kept.move_to_end(path)
            return key
        _kept.pop(path, None)
    pem = _read(path, name)
    try:
        key = _parse(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnavailable(f"密钥 {name} 无法读取：须为未加密的 PKCS#8（RSA、P-256 或 SM2）") from error
    if stamp is not None:
        with _keeping:
            _kept[path] = stamp, key
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return key


def _stamp(path: Path) -> _Stamp | None:
    """What changes with the file: inode, size, and the times of its content and of its entry, in ns."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _read(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_FILE).decode("ascii")
    except FileNotFoundError as error:
        raise KeyUnavailable(f"没有密钥 {name}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyUnavailable(f"密钥 {name} 的文件不可读：{type(error).__name__}") from error


def _parse(pem: str) -> Key:
    found = sm2.read_private_key(sm2.pem_body(pem, "PRIVATE KEY"))
    if found is not None:
        return found
    key = load_pem_private_key(pem.encode(), password=None)
    if isinstance(key, RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return key
    raise ValueError("another algorithm, or too short a key")


def algorithm_of(key: Key) -> SignatureAlgorithm:
    """How this key signs: it follows from its kind."""
    if isinstance(key, sm2.Sm2Key):
        return SignatureAlgorithm.SM2_SM3
    return SignatureAlgorithm.RSA_SHA256 if isinstance(key, RSAPrivateKey) else SignatureAlgorithm.ECDSA_SHA256


def public_pem(key: Key) -> str:
    """PEM (SubjectPublicKeyInfo)."""
    if isinstance(key, sm2.Sm2Key):
        return sm2.public_key_pem(key.public)
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def describe(folder: Path, name: str) -> KeyInfo:
    """What is known of a key and its certificate. Raises :class:`KeyUnavailable`.

    A certificate that belongs to another key is an error: a bank would refuse what is signed by this one.
    """
    key = load_key(folder, name)
    public = public_pem(key)
    certificate = _certificate(folder, name)
    if certificate is None:
        return KeyInfo(name, algorithm_of(key), public)
    # The key as it stands in the certificate: cryptography gives out no SM2 keys, but keeps the bytes.
    if sm2.pem_body(public, "PUBLIC KEY") not in certificate.tbs_certificate_bytes:
        raise KeyUnavailable(f"证书 {name} 与密钥不符")
    return KeyInfo(
        name,
        algorithm_of(key),
        public,
        subject=certificate.subject.rfc4514_string(),
        serial_number=f"{certificate.serial_number:X}",
        not_after=certificate.not_valid_after_utc,
    )


def _certificate(folder: Path, name: str) -> x509.Certificate | None:
    path = folder / f"{name}{CERTIFICATE_SUFFIX}"
    if not path.exists():
        return None
    try:
        return x509.load_pem_x509_certificate(_read(path, name).encode())
    except ValueError as error:
        raise KeyUnavailable(f"证书 {name} 无法读取") from error
