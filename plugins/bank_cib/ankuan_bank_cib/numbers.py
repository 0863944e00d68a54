"""PURE. Account numbers: eighteen digits of the main account, six more for a virtual sub-account."""

import re
from dataclasses import dataclass
from typing import Final

from ankuan.plugin_api.bank import FundAccountRef
from ankuan.plugin_api.errors import CannotExpress

FIRST: Final = 10_000
LAST: Final = 999_989
"""Numbers 010000 to 999989 are the customer's to give; the others are the bank's."""
CAPACITY: Final = LAST - FIRST + 1
_TAIL: Final = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers below one main account. ``unowned``: the six digits that stand for what no sub-account owns (不明款)."""

    main: str
    unowned: str | None

    def tail(self, number: str) -> str:
        """Six digits of one of our sub-accounts. Raises CannotExpress."""
        tail = number.strip().removeprefix(self.main)
        if tail == number.strip() or not _TAIL.fullmatch(tail):
            raise CannotExpress("子账户须为主账号加 6 位序号")
        return tail

    def tail_or_unowned(self, number: str | None) -> str:
        """The same; ``None`` is the main account, that is what no sub-account owns. Raises CannotExpress."""
        if number is not None:
            return self.tail(number)
        if self.unowned is None:
            raise CannotExpress("该主账户未登记公共调账账号（不明款序号）")
        return self.unowned

    def told(self, text: str) -> str | None:
        """The sub-account that the bank names by six digits or by all; ``None``: none, or the one for unowned money.

        ValueError for anything else.
        """
        tail = text.removeprefix(self.main)
        if tail in {"", self.unowned}:
            return None
        if not _TAIL.fullmatch(tail):
            raise ValueError(f"sub-account {text[:30]!r}")
        return self.main + tail

    def is_own(self, number: str) -> bool:
        """Whether a counter account stands below this main account."""
        tail = number.removeprefix(self.main)
        return tail != number and (not tail or bool(_TAIL.fullmatch(tail)))


def numbers_of(account: FundAccountRef) -> Numbers:
    """Numbers of a fund account; its public adjustment account is the main account and the six digits."""
    tail = (account.adjustment_account_no or "").strip().removeprefix(account.account_no)
    return Numbers(account.account_no, tail if _TAIL.fullmatch(tail) else None)
