"""Amounts in Chinese capitals, as vouchers and payment receipts must carry them.

Rule: the annex of the Payment and Settlement Measures (支付结算办法 附件, protocols §6.6).
To yuan: 整 follows; to jiao: 整 follows (the annex allows it either way); to fen: none.
Zeros inside the number are one 零; a zero jiao before fen is written; the optional 零 between a round yuan and jiao
is not.
"""

from __future__ import annotations

from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")


def yuan_in_capitals(fen: int) -> str:
    """Write ``fen`` (|fen| < 10^17) in capitals: 123450 -> 壹仟贰佰叁拾肆元伍角整; negative amounts begin with 负."""
    whole, part = divmod(abs(fen), 100)
    jiao, cent = divmod(part, 10)
    text = "负" if fen < 0 else ""
    if whole or not part:
        text += (_integer(whole) or "零") + "元"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif cent and whole:
        text += "零"
    return text + (_DIGITS[cent] + "分" if cent else "整")


def _integer(number: int) -> str:
    """Capitals of an integer; empty for zero."""
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if number >= size:
            upper, lower = divmod(number, size)
            gap = "零" if 0 < lower < size // 10 else ""
            return _integer(upper) + unit + gap + _integer(lower)
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + _PLACES[place]
        gap = digit == 0
    return text
