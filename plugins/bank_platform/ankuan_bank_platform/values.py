"""PURE. Field types: amounts in yuan, dates, and texts that ISO 20022 can carry."""

import re
from datetime import date, datetime
from typing import Final

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money
from ankuan.plugin_api.errors import CannotExpress

CURRENCY: Final = "CNY"
SUB_ACCOUNT: Final = "VSUB"
"""SchmeNm/Prtry of a virtual sub-account's number; Issr is then the main account it belongs to."""
LARGEST: Final = Money(10**15 - 1)
"""Fifteen digits, two of them decimals: what the banks behind the platform take."""
_AMOUNT: Final = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2})0*)?", re.ASCII)
_NOT_XML: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ACCOUNT: Final = re.compile(r"[0-9A-Za-z\-]{1,34}", re.ASCII)
_REFERENCE: Final = re.compile(r"[0-9A-Za-z]{1,35}", re.ASCII)


class BadValue(ValueError):
    """A field that is not of its type."""


def money(text: str) -> Money:
    """Yuan, not below zero, with at most two decimals that are not zero. Raises BadValue."""
    found = _AMOUNT.fullmatch(text) if len(text) <= 32 else None
    if found is None:
        raise BadValue(f"amount {text[:20]!r}")
    return Money(int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")))


def day(text: str) -> date:
    """An ISODate, as the bank books. Raises BadValue."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else moment(text).astimezone(SHANGHAI).date()
    except ValueError as wrong:
        raise BadValue(f"date {text[:40]!r}") from wrong


def moment(text: str) -> datetime:
    """An ISODateTime; without an offset it is China's time. Raises BadValue."""
    try:
        found = datetime.fromisoformat(text) if 19 <= len(text) <= 40 else None
    except ValueError as wrong:
        raise BadValue(f"time {text[:40]!r}") from wrong
    if found is None:
        raise BadValue(f"time {text[:40]!r}")
    return found if found.tzinfo is not None else found.replace(tzinfo=SHANGHAI)


def number(text: str) -> int:
    """A running number. Raises BadValue."""
    if not re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        raise BadValue(f"number {text[:20]!r}")
    return int(text)


def reference(label: str, text: str) -> str:
    """A reference that the platform takes (Max35Text, letters and digits). Raises CannotExpress."""
    if not _REFERENCE.fullmatch(text):
        raise CannotExpress(f"{label}须为 1 至 35 位字母或数字")
    return text


def account(label: str, text: str) -> str:
    """An account number (Max34Text). Raises CannotExpress naming ``label``."""
    value = text.strip()
    if not _ACCOUNT.fullmatch(value):
        raise CannotExpress(f"{label}格式有误")
    return value


def bank_code(label: str, text: str) -> str:
    """Twelve digits (支付行号). Raises CannotExpress."""
    value = text.strip()
    if not re.fullmatch(r"[0-9]{12}", value, re.ASCII):
        raise CannotExpress(f"{label}须为 12 位数字")
    return value


def expressible(label: str, text: str, longest: int) -> str:
    """``text`` stripped, if XML can say it in ``longest`` characters. Raises CannotExpress naming ``label``."""
    value = text.strip()
    found = _NOT_XML.search(value)
    if found is not None:
        raise CannotExpress(f"{label}含有不能发送的字符 U+{ord(found[0]):04X}")
    if len(value) > longest:
        raise CannotExpress(f"{label}过长：{len(value)} 个字符，上限 {longest} 个")
    return value


def needed(label: str, text: str, longest: int) -> str:
    """As ``expressible``, and not empty."""
    value = expressible(label, text, longest)
    if not value:
        raise CannotExpress(f"{label}不能为空")
    return value


def amount(value: Money) -> str:
    """An amount that can be ordered, in yuan with two decimals. Raises CannotExpress."""
    if not Money.ZERO < value <= LARGEST:
        raise CannotExpress("金额须大于零且不超过 9999999999999.99 元")
    return value.yuan
