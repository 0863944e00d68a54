"""Which columns a table of cases may have, and what people call them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ankuan.registry.case_table.errors import DuplicateColumn, MissingColumn, UnknownColumn
from ankuan.registry.rules import PartyRole

HEADER_WITHIN: Final = 10
"""The header stands in one of the first rows; titles may stand above it."""

IGNORED: Final = "ignored"
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "number": ("案号", "casenumber", "number", "caseno"),
    "cause": ("案由", "cause"),
    "subject_amount": ("标的额", "标的金额", "标的", "申请标的额", "申请执行标的额", "subjectamount", "amount"),
    "department": ("部门", "承办部门", "department"),
    "handler": ("承办人", "承办法官", "handler"),
    "handler_number": ("承办人工号", "工号", "handlernumber"),
    "registered_on": ("立案日期", "登记日期", "收案日期", "registeredon", "registrationdate"),
    IGNORED: ("序号", "备注", "编号", "index", "no", "remark"),
}
_PARTIES: Final[dict[PartyRole, tuple[str, ...]]] = {
    PartyRole.APPLICANT: ("申请执行人", "申请人", "applicant"),
    PartyRole.RESPONDENT: ("被执行人", "被申请人", "respondent"),
    PartyRole.PLAINTIFF: ("原告", "plaintiff"),
    PartyRole.DEFENDANT: ("被告", "defendant"),
    PartyRole.THIRD_PARTY: ("第三人", "thirdparty"),
}
_PARTY_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "": ("", "姓名", "名称", "name"),
    ".identifier": ("证件号码", "证件号", "身份证号", "身份证号码", "identifier", "id"),
    ".phone": ("电话", "联系电话", "手机", "手机号", "phone"),
}


def _all_names() -> Iterator[tuple[str, str]]:
    for column, names in _NAMES.items():
        yield from ((name, column) for name in names)
    for role, names in _PARTIES.items():
        for part, endings in _PARTY_PARTS.items():
            yield from ((name + ending, role.value + part) for name in names for ending in endings)


_COLUMN_OF: Final = dict(_all_names())


def column_of(header: str) -> str | None:
    """The column that a header means; spaces, case, units in brackets and punctuation do not matter."""
    bare = re.sub(r"[（(\[【].*?[)）\]】]", "", header)
    return _COLUMN_OF.get(re.sub(r"[\s_\-:：*]", "", bare).casefold())


def find_header(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Index of the header and the column of each of its cells.

    Raises :class:`MissingColumn`, :class:`UnknownColumn`, :class:`DuplicateColumn`.
    """
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        columns = [column_of(cell) for cell in row]
        if "number" in columns:
            return index, _checked(row, columns)
    raise MissingColumn("找不到“案号”列", "There is no column of case numbers", field="fileId")


def _checked(header: Sequence[str], columns: Sequence[str | None]) -> list[str]:
    unknown = [cell.strip() for cell, column in zip(header, columns, strict=True) if column is None and cell.strip()]
    if unknown:
        named = "、".join(cell[:30] for cell in unknown[:10])
        raise UnknownColumn(f"无法识别的列：{named}", f"Unknown columns: {named}", field="fileId", columns=named)
    known = [column or IGNORED for column in columns]
    twice = sorted({column for column in known if column != IGNORED and known.count(column) > 1})
    if twice:
        cells = "、".join(cell.strip() for cell, column in zip(header, known, strict=True) if column in twice)
        raise DuplicateColumn(f"含义重复的列：{cells}", f"Columns that mean the same: {cells}", field="fileId")
    return known
