"""Opening, closing and listing accounts."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from heapq import merge
from itertools import islice

from ankuan_simcore.books import Books
from ankuan_simcore.models import Account, AccountKind, Refusal, RefusedError

_NUMBER = re.compile(r"[0-9]{1,32}")


class AccountDesk(Books):
    """Main accounts and what is below them."""

    def open_main(self, number: str, name: str) -> Account:
        """Open a customer's main account and its public adjustment account. Doing it twice changes nothing."""
        known = self.state.account(number)
        if known is not None and known.kind is AccountKind.MAIN:
            return known
        if not _NUMBER.fullmatch(number) or self.numbering.prefix(number) in self.state.mains:
            raise RefusedError(Refusal.ALREADY_OPEN, number)
        self.commit("account.opened", number=number, name=name, type=AccountKind.MAIN, main=number)
        adjustment = self.numbering.adjustment(number)
        self.commit("account.opened", number=adjustment, name="公共调账账户", type=AccountKind.ADJUSTMENT, main=number)
        return self.account(number)

    def open_next_main(self, name: str) -> Account:
        """Open the next main account by the bank's own numbering."""
        nth = len(self.state.mains) + 1
        while self.numbering.prefix(number := self.numbering.next_main(nth)) in self.state.mains:
            nth += 1
        return self.open_main(number, name)

    def open_sub(self, main: str, name: str, tail: str | None = None) -> Account:
        """Open one sub-account, numbered by the bank or by the customer's ``tail``."""
        self._with_subs(main)
        if tail is None:
            next_tail = self.state.next_tail[main]
            while self.state.account(self.numbering.sub(main, next_tail)) is not None:
                next_tail += 1
            self._room(next_tail)
            number = self.numbering.sub(main, next_tail)
        else:
            number = self.sub_number(main, tail)
            if self.state.account(number) is not None:
                raise RefusedError(Refusal.ALREADY_OPEN, number)
        self.commit(
            "account.opened", number=number, name=name, type=AccountKind.SUB, main=main, auto=1 if tail is None else 0
        )
        return self.account(number)

    def open_range(self, main: str, count: int, name: str) -> tuple[str, str]:
        """Open ``count`` sub-accounts with consecutive numbers in one record; returns the first and the last."""
        self._with_subs(main)
        first = self.state.next_tail[main]
        # A number the customer has chosen before is never given twice.
        for tail in self.state.singles[main]:
            if first <= tail < first + count:
                first = tail + 1
        last = first + count - 1
        if count < 1:
            raise RefusedError(Refusal.ALREADY_OPEN, f"{count} more sub-accounts do not fit")
        self._room(last)
        self.commit("accounts.registered", main=main, first_tail=first, count=count, name=name)
        return self.numbering.sub(main, first), self.numbering.sub(main, last)

    def close_sub(self, number: str) -> None:
        """Close an empty sub-account. Its number is never used again; money sent to it goes to the main account."""
        account = self.account(number, AccountKind.SUB)
        if account.balance or account.held:
            raise RefusedError(Refusal.NOT_EMPTY, number)
        self.commit("account.closed", number=number)

    def sub_number(self, main: str, tail: str) -> str:
        """Number of a sub-account by the customer's tail; RefusedError for a tail that this bank does not have."""
        try:
            return self.numbering.sub(main, tail)
        except ValueError as wrong:
            raise RefusedError(Refusal.NO_SUCH_ACCOUNT, tail) from wrong

    def subs(self, main: str, after: str = "", limit: int = 100) -> list[Account]:
        """Up to ``limit`` sub-accounts of a main account with a number above ``after``, in order, closed ones too.

        Those registered in bulk are listed without becoming objects of the state.
        """
        digits = self.numbering.tail(after)
        start = int(digits) + 1 if digits.isdigit() else 0
        return [self._listed(main, tail) for tail in islice(self._tails(main, start), limit)]

    def sub_count(self, main: str) -> int:
        """How many sub-accounts a main account has."""
        return len(self.state.singles[main]) + sum(count for _, count, _ in self.state.ranges[main])

    def _tails(self, main: str, start: int) -> Iterator[int]:
        singles = self.state.singles[main]
        ones = islice(singles, bisect_right(singles, start - 1), None)
        bulk = [range(max(first, start), first + count) for first, count, _ in sorted(self.state.ranges[main])]
        return merge(ones, *bulk)

    def _listed(self, main: str, tail: int) -> Account:
        number = self.numbering.sub(main, tail)
        known = self.state.accounts.get(number)
        name = self.state.name_in_bulk(main, tail) or ""
        return known if known is not None else Account(number, name, AccountKind.SUB, main)

    def _with_subs(self, main: str) -> None:
        self.account(main, AccountKind.MAIN)
        if not self.numbering.tail_digits:
            raise RefusedError(Refusal.NO_SUCH_ACCOUNT, "this bank has no sub-accounts")

    def _room(self, last: int) -> None:
        if last > self.numbering.last_tail:
            raise RefusedError(Refusal.ALREADY_OPEN, "the numbers are used up")
