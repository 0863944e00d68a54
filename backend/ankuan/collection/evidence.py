"""What spoke for or against a case number read from a remark, in words for people. Pure."""

from collections.abc import Sequence
from typing import Final

WORDS: Final[dict[str, str]] = {
    "exact": "案号完整",
    "court_known": "本院代字",
    "brackets_missing": "年份无括号",
    "hao_missing": "缺“号”字",
    "spaces_in_number": "案号中有空格",
    "split_number": "数字被隔开",
    "letters_read_as_digits": "字母按数字读",
    "type_alias": "类型代字为别称",
    "year_after_court": "年份在法院之后",
    "year_short": "年份为两位",
    "year_elsewhere": "年份在他处",
    "year_missing": "缺年份",
    "year_before_2016": "2016年以前的年份",
    "court_by_digits": "法院按数字推定",
    "court_from_default": "法院按收款法院推定",
    "court_missing": "缺法院",
    "court_digits_padded": "法院代字缺位",
    "court_unknown": "非本院代字",
    "type_unknown": "类型代字不在表中",
    "shared_prefix": "与前一案号共用前缀",
    "range": "案号区间",
    "number_long": "编号偏长",
    "number_very_long": "编号过长",
    "number_looks_like_date": "编号像日期",
    "date_glued": "后接日期",
    "amount_follows": "后接金额",
    "maybe_cut": "附言可能被截断",
}


def in_words(evidence: Sequence[str]) -> tuple[str, ...]:
    """The words for evidence names of the kernel; a name without words stands for itself."""
    return tuple(WORDS.get(name, name) for name in evidence)
