"""How a bank numbers its accounts: main accounts, sub-accounts below them, and where unowned money stands."""

from collections.abc import Callable
from dataclasses import dataclass


def _same(main: str) -> str:
    return main


@dataclass(frozen=True, slots=True)
class Numbering:
    """Numbers of one bank. The default: a sub-account is the main account's number and six digits.

    ``next_main``: the number of the n-th main account (1 is the first) that the bank opens by itself.
    ``prefix``: what the numbers of all sub-accounts of a main account begin with; two main accounts never share one.
    ``tail_digits``: how many digits follow the prefix; 0: this bank has no sub-accounts.
    ``adjustment``: number of the account that holds what no sub-account owns.
    ``shows_adjustment``: the wire knows that account by its own number; otherwise it shows the main account instead.
    """

    next_main: Callable[[int], str] = "6220260000{:07d}".format
    prefix: Callable[[str], str] = _same
    tail_digits: int = 6
    first_tail: int = 1
    last_tail: int = 999_999
    adjustment: Callable[[str], str] = "{}000000".format
    shows_adjustment: bool = False

    def sub(self, main: str, tail: int | str) -> str:
        """Number of a sub-account by its tail. ValueError: this bank has no such tail."""
        text = str(tail)
        if not (text.isascii() and text.isdigit() and len(text) <= self.tail_digits):
            raise ValueError(f"a tail has {self.tail_digits} digits: {text}")
        return f"{self.prefix(main)}{int(text):0{self.tail_digits}d}"

    def tail(self, number: str) -> str:
        """The tail of a sub-account's number."""
        return number[-self.tail_digits :] if self.tail_digits else ""


WITHOUT_SUB_ACCOUNTS = Numbering(tail_digits=0, first_tail=1, last_tail=0, adjustment="{}-0".format)
"""A bank that has none: money of a main account stands on an account that only the bank sees."""
