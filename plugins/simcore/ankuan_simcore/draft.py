"""Bookings being decided together: each sees the balances the ones before it leave. Nothing is written here."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from ankuan_simcore.models import OUTSIDE, Entry, EntryKind, Order, Refusal, RefusedError
from ankuan_simcore.state import State


def bank_day(state: State) -> str:
    """The day the bank books on: the clock's, or the day after the one that was closed."""
    today = state.clock.now().date()
    if state.closed_day:
        today = max(today, date.fromisoformat(state.closed_day) + timedelta(days=1))
    return today.isoformat()


class Draft:
    """Entries for one journal record."""

    def __init__(self, state: State) -> None:
        self.entries: list[Entry] = []
        self._state = state
        self._moved: dict[str, int] = defaultdict(int)
        self._held: dict[str, int] = defaultdict(int)
        self._taken: dict[int, int] = defaultdict(int)

    def available(self, number: str) -> int:
        """Spendable fen of an account after everything drafted so far."""
        account = self._state.account(number)
        known = account.available if account is not None else 0
        return known + self._moved[number] - self._held[number]

    def adjustable(self, entry_no: int) -> int:
        """Fen of a waiting credit that nothing drafted so far has taken."""
        return self._state.adjustable.get(entry_no, 0) - self._taken[entry_no]

    def reserve(self, order: Order) -> None:
        """Set money aside for an order under way."""
        self._held[order.payer] += order.fen
        self._taken[order.source_entry] += order.fen

    def book(self, kind: EntryKind, debit: str, credit: str, fen: int, *, value_date: str = "", **more: Any) -> Entry:
        """Draft one booking; RefusedError for an amount that is none."""
        if fen <= 0:
            raise RefusedError(Refusal.BAD_AMOUNT, str(fen))
        now, day = self._state.clock.now(), bank_day(self._state)
        self._moved[debit] -= fen
        self._moved[credit] += fen
        entry = Entry(
            no=self._state.last_entry_no + 1 + len(self.entries),
            kind=kind,
            debit=debit,
            credit=credit,
            fen=fen,
            booked_at=now.isoformat(timespec="seconds"),
            value_date=value_date or day,
            debit_after=self._balance(debit),
            credit_after=self._balance(credit),
            book_date="" if day == now.date().isoformat() else day,
            **more,
        )
        self.entries.append(entry)
        return entry

    def _balance(self, number: str) -> int:
        account = self._state.account(number)
        if account is None:
            raise RefusedError(Refusal.NO_SUCH_ACCOUNT, number)
        return account.balance + self._moved[number]

    def execute(self, order: Order) -> None:
        """Draft what an order does, as often as it does it."""
        inside = self._state.account(order.payee)
        kind = EntryKind.PAYMENT
        if inside is not None:
            kind = EntryKind.ADJUSTMENT if order.source_entry else EntryKind.INTERNAL
        for _ in range(order.times):
            self.book(
                kind,
                order.payer,
                inside.number if inside else OUTSIDE,
                order.fen,
                counter_name=order.payee_name,
                counter_account=order.pay_to or order.payee,
                counter_bank=order.payee_bank,
                remark=order.remark,
                client_ref=order.client_ref,
                parent=order.source_entry,
            )
        self._taken[order.source_entry] += order.fen

    def records(self) -> list[dict[str, Any]]:
        """The journal's form."""
        return [entry.as_record() for entry in self.entries]
