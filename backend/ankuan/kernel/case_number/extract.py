"""Finding case numbers in dirty text: remarks cut at thirty characters, brackets lost, digits glued, courts left out.

Every deviation from the normal form is named as evidence and costs confidence; the costs are one table below. Nothing
found here moves money by itself: the matching rules decide which confidence suffices.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from ankuan.kernel.case_number.codes import SUPREME_COURT, TYPE_ALIASES, current_court_code, is_known_type
from ankuan.kernel.case_number.form import CaseNumber, CaseNumberError, suffix_form
from ankuan.kernel.case_number.patterns import (
    AMOUNT_AFTER,
    LIST_AFTER,
    MARK_AFTER,
    MORE_DIGITS_AFTER,
    RANGE_AFTER,
    WITH_PROVINCE,
    WITHOUT_PROVINCE,
    YEAR_ELSEWHERE,
    Cleaned,
)

TEXT_LIMIT: Final = 500
"""Characters read of a remark; longer ones are read to here."""

RANGE_LIMIT: Final = 50
"""A range 执123-125号 stands for at most this many cases; longer ones are taken as their first number."""

COST: Final[dict[str, int]] = {
    "brackets_missing": 1,
    "hao_missing": 2,
    "spaces_in_number": 12,
    "split_number": 45,
    "letters_read_as_digits": 8,
    "type_alias": 8,
    "year_after_court": 3,
    "year_short": 18,
    "year_elsewhere": 25,
    "year_missing": 40,
    "year_before_2016": 20,
    "court_by_digits": 15,
    "court_from_default": 30,
    "court_missing": 45,
    "court_digits_padded": 25,
    "court_unknown": 20,
    "type_unknown": 30,
    "shared_prefix": 5,
    "range": 5,
    "number_long": 8,
    "number_very_long": 35,
    "number_looks_like_date": 75,
    "date_glued": 20,
    "amount_follows": 70,
    "maybe_cut": 20,
}
"""Points out of 100 that each piece of evidence costs. ``exact`` and ``court_known`` cost nothing."""

_FLOOR: Final = 5
# Banks cut remarks at these lengths; a number that ends exactly there may have lost digits.
_SHORT_CUT, _LONG_CUT = 20, 30
# Characters that show that an unknown word between court and number is not a type code.
_NO_TYPE: Final = frozenset("第号年月日元款万案费人院")


@dataclass(frozen=True, slots=True)
class CaseNumberCandidate:
    """One possible case number of a remark.

    ``confidence`` 0..100; ``span`` start and end (exclusive) in the text as given; ``evidence`` names from ``COST``.
    ``number`` may lack year or court: see ``CaseNumber.complete``.
    """

    number: CaseNumber
    confidence: int
    span: tuple[int, int]
    evidence: tuple[str, ...]


def extract_case_numbers(
    text: str, *, known_courts: Collection[str] = (), default_court: str | None = None
) -> list[CaseNumberCandidate]:
    """Return the case numbers that ``text`` may mean, best first, each number once.

    ``known_courts``: codes of the courts on this deployment; a number of another court keeps a lower confidence.
    ``default_court``: the court whose account the money reached; it stands in where the remark leaves the court out.
    """
    search = _Search(text[:TEXT_LIMIT], len(text), frozenset(known_courts), default_court)
    best: dict[str, CaseNumberCandidate] = {}
    for candidate in search.candidates():
        rival = best.get(candidate.number.key)
        if rival is None or candidate.confidence > rival.confidence:
            best[candidate.number.key] = candidate
    return sorted(best.values(), key=lambda each: (-each.confidence, each.span))


@dataclass(frozen=True, slots=True)
class _Prefix:
    """Everything before the number, read from one match."""

    year: int
    court: str
    special: str
    type_code: str
    evidence: tuple[str, ...]


class _Search:
    def __init__(self, raw: str, full_length: int, known: frozenset[str], default: str | None) -> None:
        self._cleaned = Cleaned(raw)
        self._text = self._cleaned.text
        self._known = known | {current_court_code(code) for code in known}
        self._default = default
        self._cut = full_length >= _LONG_CUT or full_length == _SHORT_CUT

    def candidates(self) -> Iterator[CaseNumberCandidate]:
        taken: list[tuple[int, int]] = []
        for found in WITH_PROVINCE.finditer(self._text):
            if _plausible_with_province(found):
                taken.append(found.span())
                yield from self._numbers(found, self._prefix_with_province(found))
        for found in WITHOUT_PROVINCE.finditer(self._text):
            free = all(found.end() <= start or found.start() >= end for start, end in taken)
            if free and self._plausible_without_province(found):
                yield from self._numbers(found, self._prefix_without_province(found))

    def _plausible_without_province(self, found: re.Match[str]) -> bool:
        """Without court or year only 执123号 counts; 执123 alone is too often something else."""
        if found["year"] or found["short"] or found["alone"]:
            return True
        return MARK_AFTER.match(self._text, found.end()) is not None

    def _prefix_with_province(self, found: re.Match[str]) -> _Prefix:
        digits = (found["digits"] or "").replace(" ", "")
        late = found["late"]
        if not found["year"] and not found["short"] and not late and re.fullmatch(r"20[0-3]\d", digits):
            digits, late = "", digits
        year, evidence = self._year(found, late)
        if len(digits) == 3:
            digits = "0" + digits
            evidence.append("court_digits_padded")
        court = SUPREME_COURT if found["province"] == SUPREME_COURT else found["province"] + digits
        evidence += self._court_evidence(court)
        return self._prefix(found, year, court, evidence)

    def _prefix_without_province(self, found: re.Match[str]) -> _Prefix:
        year, evidence = self._year(found, None)
        digits = found["after"] or found["alone"] or ""
        if len(digits) == 3:
            digits = "0" + digits
            evidence.append("court_digits_padded")
        same_digits = {code for code in self._known if digits and code[1:] == digits}
        if len(same_digits) == 1:
            court = same_digits.pop()
            evidence += ["court_by_digits", "court_known"]
        elif digits and self._default:
            court = self._default[0] + digits
            evidence += ["court_by_digits", *self._court_evidence(court)]
        elif self._default:
            court = self._default
            evidence.append("court_from_default")
        else:
            court = ""
            evidence.append("court_missing")
        return self._prefix(found, year, court, evidence)

    def _year(self, found: re.Match[str], late: str | None) -> tuple[int, list[str]]:
        evidence = []
        if found["year"]:
            year = int(found["year"].replace(" ", ""))
            if self._text[max(0, found.start() - 1) : found.start()] != "(":
                evidence.append("brackets_missing")
        elif found["short"]:
            year = 2000 + int(found["short"])
            evidence.append("year_short")
        elif late:
            year = int(late)
            evidence.append("year_after_court")
        else:
            elsewhere = set(YEAR_ELSEWHERE.findall(self._text))
            year = int(elsewhere.pop()) if len(elsewhere) == 1 else 0
            evidence.append("year_elsewhere" if year else "year_missing")
        if 0 < year < 2016:
            # Court codes of this form exist since 2016-01-01 only.
            evidence.append("year_before_2016")
        return year, evidence

    def _court_evidence(self, court: str) -> list[str]:
        if not self._known:
            return []
        return ["court_known" if court in self._known or current_court_code(court) in self._known else "court_unknown"]

    def _prefix(self, found: re.Match[str], year: int, court: str, evidence: list[str]) -> _Prefix:
        type_code = found["type"]
        if type_code in TYPE_ALIASES:
            type_code = TYPE_ALIASES[type_code]
            evidence.append("type_alias")
        elif not is_known_type(type_code):
            evidence.append("type_unknown")
        if self._cleaned.mended.intersection(range(found.start(), found.end())):
            evidence.append("letters_read_as_digits")
        return _Prefix(year, court, found["special"] or "", type_code, tuple(evidence))

    def _numbers(self, found: re.Match[str], prefix: _Prefix) -> Iterator[CaseNumberCandidate]:
        """Read the number itself and what hangs on it: 号, 之一, a list, a range, glued or split digits."""
        start, end, digits = found.start(), found.end(), found["number"]
        split = MORE_DIGITS_AFTER.match(self._text, end)
        if split:
            yield from self._one(prefix, digits, start, end, ("split_number",))
            digits, end = digits + split[0].replace(" ", ""), split.end()
            yield from self._one(prefix, digits, start, end, ("spaces_in_number",))
        else:
            yield from self._one(prefix, digits, start, end, ())
        several = RANGE_AFTER.match(self._text, end)
        if several and 0 < int(several[1]) - int(digits) < RANGE_LIMIT:
            for number in range(int(digits) + 1, int(several[1]) + 1):
                yield from self._one(prefix, str(number), start, several.end(1), ("range",))
            return
        following = LIST_AFTER.match(self._text, end)
        while following:
            end = following.end("next")
            yield from self._one(prefix, following["next"], start, end, ("shared_prefix",))
            following = LIST_AFTER.match(self._text, end)

    def _one(
        self, prefix: _Prefix, digits: str, start: int, end: int, extra: tuple[str, ...]
    ) -> Iterator[CaseNumberCandidate]:
        evidence = [*prefix.evidence, *extra]
        mark = MARK_AFTER.match(self._text, end)
        suffix = suffix_form(mark["part"] or mark["bare"]) if mark else ""
        in_list = LIST_AFTER.match(self._text, end) or RANGE_AFTER.match(self._text, end)
        if mark:
            end = mark.end()
        elif not in_list:
            digits, trouble = self._unmarked(digits, end, prefix.type_code)
            evidence += trouble
        try:
            number = CaseNumber(prefix.year, prefix.court, prefix.special, prefix.type_code, int(digits), suffix)
        except CaseNumberError:
            return
        cost = sum(COST.get(name, 0) for name in evidence)
        if not cost:
            evidence.append("exact")
        span = self._cleaned.span(start - (self._text[max(0, start - 1) : start] == "("), end)
        yield CaseNumberCandidate(number, max(_FLOOR, 100 - cost), span, tuple(evidence))

    def _unmarked(self, digits: str, end: int, type_code: str) -> tuple[str, list[str]]:
        """Judge digits that no 号 closes; they may have swallowed a date or an amount, or have been cut."""
        evidence = ["hao_missing"]
        if AMOUNT_AFTER.match(self._text, end):
            evidence.append("amount_follows")
        if len(digits) > 8 and _is_date(digits[-8:]):
            return digits[:-8], [*evidence, "date_glued"]
        if len(digits) == 8 and _is_date(digits):
            evidence.append("number_looks_like_date")
        elif len(digits) > 6 and type_code != "刑核":
            evidence.append("number_very_long")
        elif len(digits) == 6:
            evidence.append("number_long")
        if self._cut and end == len(self._text):
            evidence.append("maybe_cut")
        return digits, evidence


def _plausible_with_province(found: re.Match[str]) -> bool:
    """Keep 青岛123 and 云南省 out: a province without digits needs a known type, an unknown type must look like one."""
    known = found["type"] in TYPE_ALIASES or is_known_type(found["type"])
    if known:
        return True
    return bool(found["digits"]) and not _NO_TYPE.intersection(found["type"])


def _is_date(digits: str) -> bool:
    try:
        day = date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        return False
    return 2000 <= day.year < 2100
