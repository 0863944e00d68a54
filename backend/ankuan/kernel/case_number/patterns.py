"""Patterns of case numbers in dirty text, and the cleaning they expect."""

from __future__ import annotations

import re
from typing import Final

from ankuan.kernel.case_number.codes import PROVINCES, SPECIALS, SUPREME_COURT, TYPE_ALIASES, TYPE_CODES
from ankuan.kernel.case_number.form import BRACKETS, NARROW

_TRADITIONAL: Final[dict[int, int | str]] = {
    **{ord(old): new for old, new in zip("執號魯滬遼蘇皖贛雲寧陝瓊貴藏", "执号鲁沪辽苏皖赣云宁陕琼贵藏", strict=True)},
    **{ord(old): new for old, new in zip("異復協監財強請", "异复协监财强请", strict=True)},
}
_INVISIBLE: Final = frozenset("\u200b\u200c\u200d\ufeff\u00ad")
# A letter between digits, or between a province and a digit, is a digit somebody mistyped.
_LETTER_FOR_DIGIT: Final = re.compile(
    rf"(?<=[0-9{PROVINCES}执恢初终字第])[OolI]+(?=[0-9])|(?<=[0-9])[OolI]+(?=[0-9执民刑行号])"
)
_AS_DIGIT: Final = str.maketrans("OolI", "0011")

# What may stand between two parts: up to three signs. Bounded, so that no remark can make the search slow.
SEP: Final = r"[ ()\-_·.,:;/|*#~、。]{0,3}"
_KNOWN: Final = "|".join(sorted((*TYPE_CODES, *TYPE_ALIASES), key=len, reverse=True))
_SPECIAL: Final = f"(?P<special>{'|'.join(SPECIALS)})?"
_FULL_YEAR: Final = r"(?P<year>(?:19|20) ?\d ?\d)"
# "（2023" cut at the front leaves "023" or "23".
_SHORT_YEAR: Final = r"(?<![\d.,])(?P<short>0?[123]\d)"
_TAIL: Final = rf"字?{SEP}第?{SEP}(?P<number>\d+)"

WITH_PROVINCE: Final = re.compile(
    rf"(?:(?:{_FULL_YEAR}|{_SHORT_YEAR}){SEP}年?度?{SEP})?"
    rf"(?P<province>{SUPREME_COURT}|[{PROVINCES}]){SEP}(?P<digits>\d(?: ?\d){{1,3}}(?!\d))?"
    rf"(?:{SEP}(?P<late>20\d\d)(?!\d))?{SEP}年?{SEP}"
    rf"{_SPECIAL}(?P<type>{_KNOWN}|[\u4e00-\u9fa5]{{1,3}}?){_TAIL}",
    re.ASCII,
)
WITHOUT_PROVINCE: Final = re.compile(
    # Court digits without their province: glued or loose after a year, or alone.
    rf"(?:(?:{_FULL_YEAR}|{_SHORT_YEAR}(?=[)年])){SEP}年?度?{SEP}(?P<after>\d{{2,4}})?|(?<!\d)(?P<alone>\d{{2,4}}))?{SEP}"
    rf"{_SPECIAL}(?P<type>{_KNOWN}){_TAIL}",
    re.ASCII,
)
YEAR_ELSEWHERE: Final = re.compile(r"(?<!\d)(20[0-3]\d)(?=年|\))", re.ASCII)
MARK_AFTER: Final = re.compile(
    r" ?号(?: ?之(?P<part>[一二三四五六七八九十]{1,3}|\d{1,2}(?!\d)))?|之(?P<bare>[一二三四五六七八九十]{1,3})",
    re.ASCII,
)
MORE_DIGITS_AFTER: Final = re.compile(r"(?: \d{1,4}){1,2}(?= ?号)", re.ASCII)
RANGE_AFTER: Final = re.compile(r" ?号?[-~至到](\d{1,8}) ?号", re.ASCII)
LIST_AFTER: Final = re.compile(r" ?号?(?:[、,和及/](?P<next>\d{1,8}))(?= ?号|(?:[、,和及/]\d{1,8})+ ?号)", re.ASCII)
AMOUNT_AFTER: Final = re.compile(r"\.\d|,\d{3}(?!\d)| ?(?:元|块|万|圆)", re.ASCII)


class Cleaned:
    """A remark in narrow, simplified characters with single spaces; knows where each character came from."""

    def __init__(self, raw: str) -> None:
        characters: list[str] = []
        self.origin: list[int] = []
        for position, character in enumerate(raw):
            if character in _INVISIBLE:
                continue
            plain = (
                " " if character.isspace() else character.translate(_TRADITIONAL).translate(NARROW).translate(BRACKETS)
            )
            if plain == " " and characters[-1:] == [" "]:
                continue
            characters.append(plain)
            self.origin.append(position)
        before = "".join(characters)
        self.text = _LETTER_FOR_DIGIT.sub(lambda found: found[0].translate(_AS_DIGIT), before)
        self.mended = frozenset(at for at, (old, new) in enumerate(zip(before, self.text, strict=True)) if old != new)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Positions in the remark as it came, end exclusive."""
        return self.origin[start], self.origin[end - 1] + 1
