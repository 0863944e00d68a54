"""The bank's clock, its days and the statements of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ankuan_simcore.books import Books
from ankuan_simcore.clock import SHANGHAI
from ankuan_simcore.draft import bank_day
from ankuan_simcore.models import AccountKind, Entry, Refusal, RefusedError


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement: what it adds (below zero: takes) and the balance after it."""

    entry: Entry
    fen: int
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One account's day. ``opening`` plus the lines is ``closing``. ``closed``: the bank has ended that day."""

    account: str
    day: str
    opening: int
    lines: tuple[Line, ...]
    closing: int
    closed: bool


class DayDesk(Books):
    """Time and statements."""

    @property
    def today(self) -> str:
        """The day the bank books on now, ``2026-11-21``."""
        return bank_day(self.state)

    def advance(self, by: timedelta) -> None:
        """Move the bank's clock forward."""
        self.commit("clock.set", **self.state.clock.moved(by))

    def freeze(self, at: datetime) -> None:
        """Stop the clock at a moment; it moves by ``advance`` only. ValueError: something was booked after it."""
        moment = at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at
        last = self.state.entries.get(self.state.last_entry_no)
        if last is not None and moment < datetime.fromisoformat(last.booked_at):
            raise ValueError("a bank's clock does not go back behind its last booking")
        self.commit("clock.set", frozen_at=moment.astimezone(SHANGHAI).isoformat(), offset_seconds=0.0)

    def run_clock(self) -> None:
        """Let a stopped clock go on from where it stands."""
        stopped = self.state.clock.frozen_at
        if stopped is not None:
            offset = (stopped - datetime.now(SHANGHAI)).total_seconds()
            self.commit("clock.set", frozen_at=None, offset_seconds=offset)

    def close_day(self) -> str:
        """End of day: what is booked from now on belongs to the next day. Returns the day that was closed."""
        day = self.today
        self.commit("day.closed", date=day)
        return day

    def statement(self, number: str, day: str) -> Statement:
        """One day of a main account (what crossed its edge), of a sub-account, or of the adjustment account."""
        account = self.state.account(number)
        if account is None or not account.main:
            raise RefusedError(Refusal.NO_SUCH_ACCOUNT, number)
        is_main = account.kind is AccountKind.MAIN
        source = self.state.by_main if is_main else self.state.by_account
        balance, opening, lines = 0, 0, []
        for entry in source.get(number, []):
            fen = self._added_to_main(entry, number) if is_main else self._added(entry, number)
            if fen == 0 or entry.day > day:
                continue
            balance += fen
            if entry.day < day:
                opening = balance
            else:
                lines.append(Line(entry, fen, balance))
        return Statement(number, day, opening, tuple(lines), balance, day <= self.state.closed_day)

    def _added(self, entry: Entry, number: str) -> int:
        return entry.fen if entry.credit == number else -entry.fen

    def crosses_edge(self, entry: Entry) -> bool:
        """Whether a booking changes a main account's balance; moves between its sub-accounts do not."""
        debit, credit = self.state.account(entry.debit), self.state.account(entry.credit)
        return debit is not None and credit is not None and debit.main != credit.main

    def _added_to_main(self, entry: Entry, main: str) -> int:
        debit, credit = self.state.account(entry.debit), self.state.account(entry.credit)
        into, out = credit is not None and credit.main == main, debit is not None and debit.main == main
        return 0 if into == out else entry.fen if into else -entry.fen
