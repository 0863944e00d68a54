"""Check digits of the numbers people give us, and how such numbers look when masked on screen.

A check answers, it never raises: whether a failed check blocks or only warns is the caller's rule. Check sums come
from python-stdnum where it has them; three of its stricter rules are not used because they refuse real numbers:
see ``check_resident_id`` and ``check_uscc``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent

_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_SEPARATORS: Final = str.maketrans("", "", " -\t\r\n\u00a0\u200b")

WRONG_LENGTH: Final = "wrong_length"
WRONG_FORM: Final = "wrong_form"
WRONG_CHECK_DIGIT: Final = "wrong_check_digit"
WRONG_BIRTH_DATE: Final = "wrong_birth_date"
UNKNOWN_REGION: Final = "unknown_region"

# First two digits of GB/T 2260, with Taiwan as in the permits of its residents (83).
_PROVINCES: Final = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for number in range(first, last + 1)
)
# Registering authorities of GB 32100 that are letters: A military, N agriculture (village collectives), Y others.
_LETTER_AUTHORITIES: Final = frozenset("ANY")
_USCC_CHARACTERS: Final = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")


@dataclass(frozen=True, slots=True)
class IdentifierCheck:
    """Result of a check: ``normal`` is the number without separators, narrow, upper case.

    ``reason`` is None when ok, else one of this module's constants (stable; the screens translate it).
    """

    ok: bool
    normal: str
    reason: str | None = None


def check_resident_id(text: str) -> IdentifierCheck:
    """Check an 18-digit citizen or residence-permit number (GB 11643): form, province, birth date, check digit.

    Not the county: the library wants the county to have existed in the year of birth, but numbers are given out since
    1984 with the county of that day, so it refuses nearly everyone born earlier. Permits for residents of Taiwan (83)
    and for foreigners (9) are accepted.
    """
    normal = _normal(text)
    if len(normal) != 18:
        return _bad(normal, WRONG_LENGTH)
    if not _digits(normal[:17]) or not (_digits(normal[17]) or normal[17] == "X"):
        return _bad(normal, WRONG_FORM)
    if normal[:2] not in _PROVINCES and normal[0] != "9":
        return _bad(normal, UNKNOWN_REGION)
    try:
        born = ric.get_birth_date(normal)
    except InvalidComponent:
        return _bad(normal, WRONG_BIRTH_DATE)
    if born < date(1880, 1, 1):
        return _bad(normal, WRONG_BIRTH_DATE)
    return _verdict(normal, ric.calc_check_digit(normal) == normal[17])


def check_uscc(text: str) -> IdentifierCheck:
    """Check an organisation's unified social credit code (GB 32100).

    Also takes codes whose registering authority is a letter (village collectives have N), which the library refuses.
    """
    normal = _normal(text)
    if len(normal) != 18:
        return _bad(normal, WRONG_LENGTH)
    if not (_digits(normal[0]) or normal[0] in _LETTER_AUTHORITIES) or not _digits(normal[2:8]):
        return _bad(normal, WRONG_FORM)
    if not set(normal) <= _USCC_CHARACTERS:
        return _bad(normal, WRONG_FORM)
    return _verdict(normal, uscc.calc_check_digit(normal) == normal[17])


def check_card(text: str) -> IdentifierCheck:
    """Check a bank card: 13 to 19 digits, Luhn. Company account numbers have no Luhn digit and are not for this."""
    normal = _normal(text)
    if not 13 <= len(normal) <= 19:
        return _bad(normal, WRONG_LENGTH)
    if not _digits(normal):
        return _bad(normal, WRONG_FORM)
    return _verdict(normal, luhn.is_valid(normal))


def check_cnaps(text: str) -> IdentifierCheck:
    """Check a 12-digit bank code (CNAPS): ISO 7064 MOD 11,10 over the first eleven digits (protocols §6.3).

    A few historical codes may not comply, so callers warn rather than block.
    """
    normal = _normal(text)
    if len(normal) != 12:
        return _bad(normal, WRONG_LENGTH)
    if not _digits(normal):
        return _bad(normal, WRONG_FORM)
    return _verdict(normal, cnaps_check_digit(normal[:11]) == normal[11])


def cnaps_check_digit(first_eleven: str) -> str:
    """Return the check digit for the first eleven digits of a CNAPS code."""
    product = 10
    for digit in first_eleven:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def mask_account(number: str) -> str:
    """Mask an account or card: ``6217****1208``. Shorter ones show less; under eight characters nothing."""
    if len(number) >= 12:
        return f"{number[:4]}****{number[-4:]}"
    return f"{number[:2]}****{number[-2:]}" if len(number) >= 8 else "****"


def mask_identity(number: str) -> str:
    """Mask an identity number or credit code: the first six and last four stay, ``370102********1208``."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return f"{number[:2]}****{number[-2:]}" if len(number) >= 8 else "****"


def mask_name(name: str) -> str:
    """Mask a person's name: 仲某妮 becomes ``仲*妮``, two characters keep the first only."""
    if len(name) <= 2:
        return f"{name[0]}*" if len(name) == 2 else "*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def mask_phone(number: str) -> str:
    """Mask a phone number: ``138****1208``; a prefix such as +86 stays readable."""
    if len(number) >= 11:
        return f"{number[:-8]}****{number[-4:]}"
    return f"****{number[-2:]}" if len(number) >= 7 else "****"


def _normal(text: str) -> str:
    return text.translate(_NARROW).translate(_SEPARATORS).upper()


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _bad(normal: str, reason: str) -> IdentifierCheck:
    return IdentifierCheck(ok=False, normal=normal, reason=reason)


def _verdict(normal: str, check_digit_fits: bool) -> IdentifierCheck:
    return IdentifierCheck(ok=True, normal=normal) if check_digit_fits else _bad(normal, WRONG_CHECK_DIGIT)
