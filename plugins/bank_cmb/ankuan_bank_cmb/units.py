"""PURE. Numbers of sub-units (记账子单元). What a payer writes is the account number with the unit behind it.

Ankuan stores that whole number as the sub-account; the bank's messages carry account and unit apart.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Final

from ankuan.plugin_api.errors import CannotExpress, InvalidSettings

UNIT_DIGITS: Final = 10
DEFAULT_UNIT: Final = "0" * UNIT_DIGITS
"""The unit on which money stands that was sent to no unit."""
_UNIT: Final = re.compile(r"[0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one account. ``default``: where unidentified money lands."""

    account_no: str
    default: str

    def number(self, unit: str) -> str | None:
        """The sub-account of a unit; ``None`` for the account itself and for its default unit."""
        return None if unit in {"", self.default} else self.account_no + unit

    def unit(self, sub_account_no: str) -> str:
        """The unit of a sub-account. Raises :class:`CannotExpress` for a number that is none of this account's."""
        unit = sub_account_no.removeprefix(self.account_no)
        if unit == sub_account_no or not _UNIT.fullmatch(unit):
            raise CannotExpress("子账户号须为主账号加记账子单元编号")
        return unit

    def unit_or_default(self, sub_account_no: str | None) -> str:
        """Like ``unit``; ``None`` stands for the default unit."""
        return self.default if sub_account_no is None else self.unit(sub_account_no)

    def is_own(self, number: str) -> bool:
        """Whether a counter account is this very account, or one of its units."""
        return number.startswith(self.account_no)


def units_of(account_no: str, adjustment_account_no: str | None) -> Units:
    """Units of a fund account. Its public adjustment account is the account number with the default unit behind it."""
    if not adjustment_account_no or adjustment_account_no == account_no:
        return Units(account_no, DEFAULT_UNIT)
    unit = adjustment_account_no.removeprefix(account_no)
    if unit == adjustment_account_no or not _UNIT.fullmatch(unit):
        raise InvalidSettings("公共调账账号须为主账号加默认子单元编号", "adjustment_account_no")
    return Units(account_no, unit)


def new_unit(account_no: str) -> str:
    """A number for a new unit: nine random digits and a check digit over the whole sub-account number.

    Thin and checked on purpose: a payer's slip of the pen then points at no unit at all, and the money waits on the
    default unit, instead of landing in another case.
    """
    body = str(secrets.randbelow(900_000_000) + 100_000_000)
    return body + luhn_digit(account_no + body)


def luhn_digit(digits: str) -> str:
    """The check digit (ISO/IEC 7812-1) for a row of digits; anything else in it is passed over."""
    total = 0
    for place, digit in enumerate(reversed([int(char) for char in digits if char in "0123456789"])):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
