"""Money: an integer number of fen (分), CNY. There is no float and no rounding in here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from ankuan.kernel.capitals import yuan_in_capitals
from ankuan.kernel.errors import AnkuanError, ErrorKind

LIMIT_FEN: Final = 10**17
"""Amounts stay below this in size (10^15 yuan), so that a 64-bit column can still hold the sum of ninety of them."""

_TEXT_LIMIT: Final = 64
# Full-width ASCII (FF01-FF5E) to ASCII, and the signs banks print. Not NFKC: that would turn "5²" into "52".
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFFE5: "¥", 0x2212: "-"}
_AMOUNT: Final = re.compile(
    r"(?P<sign>[-+]?)\s?(?:(?:人民币|RMB|CNY)\s?)?¥?\s?(?P<inner>-?)"
    r"(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]{1,2}))?\s?(?:元整|圆整|元|圆)?"
)


class MoneyFormatError(AnkuanError):
    """A text is not an amount of yuan with at most two decimals, or is out of range."""

    code = "invalid_amount"
    kind = ErrorKind.INVALID


class MoneyOverflow(AnkuanError):
    """A computed amount reached 10^17 fen."""

    code = "amount_overflow"
    kind = ErrorKind.INVALID


class AllocationError(AnkuanError):
    """Weights of a split are negative or all zero, so no share is defined."""

    code = "invalid_weights"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in fen, of either sign. TypeError unless ``fen`` is an int; MoneyOverflow from 10^17 on."""

    fen: int

    ZERO: ClassVar[Money]

    def __post_init__(self) -> None:
        if type(self.fen) is not int:
            raise TypeError(f"fen is an int, not {type(self.fen).__name__}")
        if not -LIMIT_FEN < self.fen < LIMIT_FEN:
            raise MoneyOverflow("金额超出系统上限", "The amount is beyond what the system can hold")

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read yuan as people and banks write them: ``1,234.50``, ``￥1,234.5元``, full width, with a sign.

        MoneyFormatError for anything else: three decimals, exponent, wrong grouping, a number that is not text.
        """
        if not isinstance(text, str):
            raise MoneyFormatError("金额须以文本给出，不接受浮点数", "An amount is given as text, never as a float")
        found = _AMOUNT.fullmatch(text.translate(_NARROW).strip()) if len(text) <= _TEXT_LIMIT else None
        if found is None or (found["sign"] and found["inner"]):
            raise MoneyFormatError(
                "金额格式错误，应为元，最多两位小数",
                "Not an amount in yuan with at most two decimals",
                given=str(text)[:_TEXT_LIMIT],
            )
        fen = int(found["yuan"].replace(",", "")) * 100 + int((found["part"] or "").ljust(2, "0"))
        if fen >= LIMIT_FEN:
            raise MoneyFormatError("金额超出系统上限", "The amount is beyond what the system can hold")
        return cls(-fen if "-" in (found["sign"], found["inner"]) else fen)

    @classmethod
    def positive(cls, text: str) -> Money:
        """Like ``parse``, but MoneyFormatError for zero and below: the form of every amount a user may order."""
        amount = cls.parse(text)
        if amount.fen <= 0:
            raise MoneyFormatError("金额必须大于零", "The amount must be greater than zero")
        return amount

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Money:
        """Sum amounts; of none, zero."""
        return cls(sum(amount.fen for amount in amounts))

    @property
    def yuan(self) -> str:
        """Plain decimal string in yuan, ``1234.50``: the form of the API and of canonical JSON."""
        whole, part = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{whole}.{part:02d}"

    def display(self) -> str:
        """Yuan for reading, ``1,234.50``."""
        whole, part = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{whole:,}.{part:02d}"

    def capitals(self) -> str:
        """Chinese capitals for vouchers and receipts, ``壹仟贰佰叁拾肆元伍角整`` (rule: see capitals.py)."""
        return yuan_in_capitals(self.fen)

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Split by weights so that the shares sum to this amount exactly.

        Largest remainder: each share is its exact part rounded toward zero, the fen left over go one each to the
        largest remainders, equal remainders in order of position (domain §6). AllocationError for a negative weight or
        a sum of zero.
        """
        whole = sum(weights)
        if whole <= 0 or any(weight < 0 for weight in weights):
            raise AllocationError("分配权重不得为负且不得全为零", "Weights must not be negative nor all zero")
        sign = -1 if self.fen < 0 else 1
        parts = [divmod(abs(self.fen) * weight, whole) for weight in weights]
        shares = [share for share, _ in parts]
        left = abs(self.fen) - sum(shares)
        by_remainder = sorted(range(len(parts)), key=lambda position: (-parts[position][1], position))
        for position in by_remainder[:left]:
            shares[position] += 1
        return [Money(sign * share) for share in shares]

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.fen - other.fen)

    def __mul__(self, times: int) -> Money:
        return Money(self.fen * times) if type(times) is int else NotImplemented

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __abs__(self) -> Money:
        return Money(abs(self.fen))

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        return self.yuan


ZERO: Final = Money(0)
Money.ZERO = ZERO
