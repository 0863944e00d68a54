"""Bookings as the platform numbers them: one row for each side of a booking that is under the account asked for."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

from ankuan_simcore.bank import Bank
from ankuan_simcore.models import AccountKind, Entry, EntryKind


@dataclass(frozen=True, slots=True)
class Leg:
    """One row. ``number`` runs in the order of booking, with gaps; ``own``: the account it is booked on."""

    number: int
    entry: Entry
    own: str
    fen: int

    @property
    def key(self) -> str:
        """AcctSvcrRef."""
        return f"BP{self.entry.no:012d}{'C' if self.fen > 0 else 'D'}"


@dataclass(slots=True)
class Book:
    """All rows of one account so far. ``balances[n]``: the balance before row n."""

    legs: list[Leg] = field(default_factory=list)
    balances: list[int] = field(default_factory=lambda: [0])
    read: int = 0

    def place(self, after: int) -> int:
        """Index of the first row with a number above ``after``."""
        return bisect_right(self.legs, after, key=lambda leg: leg.number)


class Books:
    """Books of all accounts that were asked for. The bank's entries only grow, so each is read once."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._books: dict[str, Book] = defaultdict(Book)

    def of(self, number: str) -> Book:
        """Rows of a main account and everything below it, or of one sub-account."""
        account, book = self._bank.account(number), self._books[number]
        is_main = account.kind is AccountKind.MAIN
        entries = (self._bank.state.by_main if is_main else self._bank.state.by_account).get(number, [])
        for entry in entries[book.read :]:
            for side, (own, fen) in enumerate(((entry.debit, -entry.fen), (entry.credit, entry.fen))):
                found = self._bank.state.account(own)
                if found is not None and number in {found.number, found.main if is_main else ""}:
                    book.legs.append(Leg(entry.no * 2 + side, entry, own, fen))
                    book.balances.append(book.balances[-1] + fen)
        book.read = len(entries)
        return book


def entry_of(bank: Bank, key: str) -> Entry | None:
    """The booking behind an AcctSvcrRef."""
    digits = key[2:-1]
    if len(key) != 15 or not (digits.isascii() and digits.isdigit()):
        return None
    return bank.state.entries.get(int(digits))


def end_to_end(bank: Bank, entry: Entry) -> str:
    """The payer's reference; a payment that comes back carries the one it went out with."""
    if entry.kind is EntryKind.RETURNED and entry.parent in bank.state.entries:
        return bank.state.entries[entry.parent].client_ref
    return entry.client_ref
