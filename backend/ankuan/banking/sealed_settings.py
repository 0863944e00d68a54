"""Settings of a fund account as they are stored: secrets are encrypted, each bound to its account and name."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from ankuan.banking.tables import FundAccount
from ankuan.platform.crypto import CannotDecrypt, FieldCipher
from ankuan.plugin_api.settings import Setting, SettingKind

SEALED: Final = "enc"
MASK: Final = "已设置"
"""What is shown in place of a secret, and what a form hands back for one that was not entered anew."""
Stored = dict[str, Any]


def seal_settings(
    schema: Sequence[Setting], settings: Mapping[str, str], *, fund_account_id: UUID, cipher: FieldCipher | None
) -> Stored:
    """What goes into the row: secrets as ``{"enc": base64}``, the others as they are, empty ones not at all.

    Raises ``ValueError`` for a secret without a cipher: it would stand in the clear.
    """
    secret = {setting.name for setting in schema if setting.kind is SettingKind.SECRET}
    return {
        name: _seal(value, _context(fund_account_id, name), cipher) if name in secret else value
        for name, value in settings.items()
        if value
    }


def open_settings(account: FundAccount, cipher: FieldCipher) -> dict[str, str]:
    """All settings in the clear, for a connector and nobody else. Raises ``CannotDecrypt``."""
    return {
        name: _open(value[SEALED], _context(account.id, name), cipher) if is_sealed(value) else str(value)
        for name, value in account.settings.items()
    }


def shown_settings(account: FundAccount, schema: Sequence[Setting]) -> dict[str, str]:
    """Settings as people may see them. A secret shows only that it is there, also one that stands in the clear."""
    secret = {setting.name for setting in schema if setting.kind is SettingKind.SECRET}
    return {
        name: MASK if is_sealed(value) or name in secret else str(value) for name, value in account.settings.items()
    }


def is_sealed(value: object) -> bool:
    """Whether a stored value is an encrypted one."""
    return isinstance(value, dict) and SEALED in value


def _seal(value: str, context: str, cipher: FieldCipher | None) -> dict[str, str]:
    if cipher is None:
        raise ValueError("secrets of a fund account need a cipher")
    return {SEALED: base64.b64encode(cipher.encrypt(value.encode(), context=context)).decode("ascii")}


def _open(sealed: object, context: str, cipher: FieldCipher) -> str:
    try:
        raw = base64.b64decode(str(sealed), validate=True)
    except ValueError:
        raise CannotDecrypt("not base64") from None
    return cipher.decrypt(raw, context=context).decode()


def _context(fund_account_id: UUID, name: str) -> str:
    return f"fund_account.settings:{fund_account_id}:{name}"
