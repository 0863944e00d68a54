"""The case number itself: its parts, its one normal form, reading it strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ankuan.kernel.case_number.codes import PROVINCES, SPECIALS, SUPREME_COURT, TYPE_CODES
from ankuan.kernel.errors import AnkuanError, ErrorKind

_CHINESE_DIGITS: Final = "零一二三四五六七八九"
_TEXT_LIMIT: Final = 80

COURT: Final = rf"(?:{SUPREME_COURT}|[{PROVINCES}](?:\d{{4}}|\d{{2}})?)"
# Three characters at most (domain §3); the few longer codes in use are known by the table.
_LONG_TYPES: Final = "|".join(sorted((code for code in TYPE_CODES if len(code) > 3), key=len, reverse=True))
TYPE: Final = rf"(?:{_LONG_TYPES}|[\u4e00-\u9fa5]{{1,3}}?)"
SPECIAL: Final = f"(?:{'|'.join(SPECIALS)})"

_TYPED: Final = re.compile(
    rf"\(?(?P<year>(?:19|20)\d{{2}})\)?年?(?P<court>{COURT})(?P<special>{SPECIAL})?"
    rf"(?P<type>{TYPE})字?第?(?P<number>\d{{1,8}})号?(?:之(?P<part>[一二三四五六七八九十]{{1,3}}|\d{{1,2}}))?",
    re.ASCII,
)
NARROW: Final[dict[int, int | str]] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
BRACKETS: Final[dict[int, int | str]] = {
    **dict.fromkeys(map(ord, "（([【〔［{｛<《〈「﹙"), "("),
    **dict.fromkeys(map(ord, "）)]】〕］}｝>》〉」﹚"), ")"),
}


class CaseNumberError(AnkuanError):
    """A text is not a case number, or parts do not make one."""

    code = "invalid_case_number"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number by its parts; ``str()`` gives the normal form ``（2023）鲁0102执123号``.

    ``special`` is 知 or empty; ``suffix`` is 之一, 之二 … or empty. Extraction may build one without year (0) or
    without court (empty); such a number is not ``complete`` and serves only to look for candidates. Leading zeros of
    the number carry no meaning. CaseNumberError when a part has an impossible form; an unknown type is possible.
    """

    year: int
    court_code: str
    special: str
    type_code: str
    number: int
    suffix: str = ""

    def __post_init__(self) -> None:
        fits = (
            (self.year == 0 or 1949 <= self.year <= 2099)
            and (not self.court_code or re.fullmatch(COURT, self.court_code, re.ASCII))
            and (not self.special or self.special in SPECIALS)
            and re.fullmatch(TYPE, self.type_code)
            # Else the normal form would read back as something else.
            and self.type_code[0] not in SPECIALS
            and self.type_code[-1] not in "字第"
            and 0 < self.number < 10**8
            and (not self.suffix or _suffix_number(self.suffix) > 0)
        )
        if not fits:
            raise CaseNumberError("案号各部分不合规则", "The parts do not make a case number")

    @classmethod
    def parse(cls, text: str) -> CaseNumber:
        """Read a whole text as one case number; CaseNumberError when it is not.

        Forgives what typing does: half-width or odd brackets or none, full-width digits, spaces, 字 and 第, missing 号.
        Court and year must be there.
        """
        bare = re.sub(r"\s", "", text[: _TEXT_LIMIT + 1].translate(NARROW | BRACKETS))
        found = _TYPED.fullmatch(bare) if len(text) <= _TEXT_LIMIT else None
        suffix = suffix_form(found["part"]) if found else ""
        if found is None or int(found["number"]) == 0 or bool(found["part"]) != bool(suffix):
            given = text[:_TEXT_LIMIT]
            raise CaseNumberError(f"案号格式错误：{given}", f"Not a case number: {given}", given=given)
        return cls(
            year=int(found["year"]),
            court_code=found["court"],
            special=found["special"] or "",
            type_code=found["type"],
            number=int(found["number"]),
            suffix=suffix,
        )

    @property
    def complete(self) -> bool:
        """True when year and court are both stated, so that it can name one case."""
        return self.year > 0 and bool(self.court_code)

    @property
    def key(self) -> str:
        """Compare form: no brackets, no 号. Equal keys name the same case; old court codes are kept apart."""
        year = self.year or ""
        return f"{year}{self.court_code}{self.special}{self.type_code}{self.number}{self.suffix}"

    def __str__(self) -> str:
        year = f"（{self.year}）" if self.year else ""
        return f"{year}{self.court_code}{self.special}{self.type_code}{self.number}号{self.suffix}"


def suffix_form(part: str | None) -> str:
    """Return the normal suffix 之一 … 之九十九 for ``3`` or ``三``; empty for None or nonsense such as 十十."""
    if not part:
        return ""
    ordinal = int(part) if part.isdigit() else _suffix_number("之" + part)
    if not 0 < ordinal < 100:
        return ""
    tens, ones = divmod(ordinal, 10)
    upper = "" if tens == 0 else f"{_CHINESE_DIGITS[tens] if tens > 1 else ''}十"
    return f"之{upper}{_CHINESE_DIGITS[ones] if ones else ''}"


def _suffix_number(suffix: str) -> int:
    """Ordinal of 之一 … 之九十九; 0 when it is not one."""
    found = re.fullmatch(r"之(?:(?P<tens>[二三四五六七八九])?(?P<ten>十))?(?P<ones>[一二三四五六七八九])?", suffix)
    if found is None:
        return 0
    tens = 0 if found["ten"] is None else _CHINESE_DIGITS.index(found["tens"] or "一")
    return tens * 10 + (_CHINESE_DIGITS.index(found["ones"]) if found["ones"] else 0)
