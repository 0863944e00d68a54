"""State of the bank as the journal's records add up to it. Applying a record decides nothing."""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from ankuan_simcore.clock import BankClock
from ankuan_simcore.journal import Record
from ankuan_simcore.models import INCOME, OUTSIDE, Account, AccountKind, Batch, Entry, EntryKind, Order, OrderState
from ankuan_simcore.numbering import Numbering

_ENTRY_FIELDS = {field.name for field in fields(Entry)}
UNDER_WAY = frozenset({OrderState.APPROVAL, OrderState.PROCESSING})


class State:
    """Accounts, bookings and orders. Sub-accounts registered in bulk become objects only when touched."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.clock = BankClock()
        self.accounts: dict[str, Account] = {
            OUTSIDE: Account(OUTSIDE, "行外", AccountKind.OUTSIDE, ""),
            INCOME: Account(INCOME, "手续费收入", AccountKind.INCOME, ""),
        }
        self.mains: dict[str, str] = {}
        """what its sub-accounts begin with -> main account number"""
        self.next_tail: dict[str, int] = defaultdict(lambda: numbering.first_tail)
        self.ranges: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self.singles: dict[str, list[int]] = defaultdict(list)
        """main account -> tails of sub-accounts opened one by one, ascending"""
        self.entries: dict[int, Entry] = {}
        self.by_main: dict[str, list[Entry]] = defaultdict(list)
        self.by_account: dict[str, list[Entry]] = defaultdict(list)
        self.orders: dict[str, Order] = {}
        self.batches: dict[str, Batch] = {}
        self.payees: dict[str, tuple[str, str]] = {}
        """account outside the bank -> its name and state"""
        self.adjustable: dict[int, int] = {}
        """entry on a public adjustment account -> fen not yet moved to a sub-account"""
        self.faults_fired: dict[str, int] = defaultdict(int)
        self.last_entry_no = 0
        self.closed_day = ""
        self.manual_confirm: bool | None = None
        self.large_hours: tuple[str, str] | tuple[()] | None = None
        self.notify_url = ""
        self._booked: dict[str, int] = defaultdict(int)
        self._held: dict[str, int] = defaultdict(int)
        self._appliers: dict[str, Callable[[Record], None]] = {
            "account.opened": self._opened,
            "account.closed": self._closed,
            "accounts.registered": self._registered,
            "order.submitted": self._submitted,
            "batch.submitted": self._batch,
            "order.changed": self._changed,
            "clock.set": self._clock_set,
            "fault.fired": self._fired,
            "payee.registered": self._payee,
            "day.closed": self._day_closed,
            "rules.set": self._rules,
        }

    def account(self, number: str) -> Account | None:
        """The account of this number, if there is one."""
        found = self.accounts.get(number)
        if found is not None:
            return found
        digits = self.numbering.tail_digits
        main = self.mains.get(number[:-digits]) if 0 < digits < len(number) else None
        tail = number[-digits:]
        if main is None or not tail.isascii() or not tail.isdigit():
            return None
        name = self.name_in_bulk(main, int(tail))
        if name is None:
            return None
        made = Account(number, name, AccountKind.SUB, main)
        self.accounts[number] = made
        return made

    def name_in_bulk(self, main: str, tail: int) -> str | None:
        """Name of a sub-account that was registered in bulk."""
        return next((name for first, count, name in self.ranges.get(main, ()) if first <= tail < first + count), None)

    def main_balance(self, main: str) -> tuple[int, int]:
        """Booked and available fen of a main account: the sum of what stands below it."""
        return self._booked[main], self._booked[main] - self._held[main]

    def apply(self, record: Record) -> None:
        """Take one record into the state."""
        apply = self._appliers.get(record["kind"])
        if apply is not None:
            apply(record)
        for entry in record.get("entries", ()):
            self._book(entry)

    def _opened(self, record: Record) -> None:
        kind = AccountKind(record["type"])
        account = Account(record["number"], record["name"], kind, record["main"])
        self.accounts[account.number] = account
        if kind is AccountKind.MAIN:
            self.mains[self.numbering.prefix(account.number)] = account.number
        elif kind is AccountKind.SUB:
            tail = int(self.numbering.tail(account.number))
            insort(self.singles[account.main], tail)
            if record.get("auto"):
                self._raise_tail(account.main, tail + 1)

    def _closed(self, record: Record) -> None:
        account = self.account(record["number"])
        if account is not None:
            account.closed = True

    def _registered(self, record: Record) -> None:
        self.ranges[record["main"]].append((record["first_tail"], record["count"], record["name"]))
        self._raise_tail(record["main"], record["first_tail"] + record["count"])

    def _raise_tail(self, main: str, tail: int) -> None:
        self.next_tail[main] = max(self.next_tail[main], tail)

    def _submitted(self, record: Record) -> None:
        self._take(record["order"])

    def _batch(self, record: Record) -> None:
        for row in record["orders"]:
            self._take(row)
        batch = Batch(**record["batch"])
        self.batches[batch.batch_ref] = batch

    def _take(self, row: dict[str, Any]) -> None:
        order = Order(**{**row, "state": OrderState(row["state"]), "entries": []})
        self.orders[order.client_ref] = order
        if order.state in UNDER_WAY:
            self._hold(order, order.fen)

    def _changed(self, record: Record) -> None:
        order = self.orders[record["client_ref"]]
        before, order.state = order.state, OrderState(record["state"])
        order.code, order.text = record.get("code", order.code), record.get("text", order.text)
        order.settle_after_queries = record.get("settle_after_queries", order.settle_after_queries)
        if before in UNDER_WAY and order.state not in UNDER_WAY:
            self._hold(order, -order.fen)

    def _hold(self, order: Order, fen: int) -> None:
        payer = self.account(order.payer)
        if payer is not None:
            payer.held += fen
            self._held[payer.main] += fen
        if order.source_entry:
            self.adjustable[order.source_entry] -= fen

    def _clock_set(self, record: Record) -> None:
        self.clock.apply(frozen_at=record["frozen_at"], offset_seconds=record["offset_seconds"])

    def _fired(self, record: Record) -> None:
        self.faults_fired[record["fault"]] += 1

    def _payee(self, record: Record) -> None:
        self.payees[record["number"]] = (record["name"], record["state"])

    def _day_closed(self, record: Record) -> None:
        self.closed_day = record["date"]

    def _rules(self, record: Record) -> None:
        self.manual_confirm = record.get("manual_confirm", self.manual_confirm)
        self.notify_url = record.get("notify_url", self.notify_url)
        if "large_hours" in record:
            hours = record["large_hours"]
            self.large_hours = (hours[0], hours[1]) if hours else ()

    def _book(self, record: dict[str, Any]) -> None:
        known = {key: value for key, value in record.items() if key in _ENTRY_FIELDS}
        entry = Entry(**{**known, "kind": EntryKind(record["kind"])})
        debit, credit = self.account(entry.debit), self.account(entry.credit)
        if debit is None or credit is None:
            raise KeyError(f"entry {entry.no} names an account nobody opened")
        debit.balance -= entry.fen
        credit.balance += entry.fen
        self._booked[debit.main] -= entry.fen
        self._booked[credit.main] += entry.fen
        self.entries[entry.no] = entry
        self.last_entry_no = entry.no
        for account in (debit, credit):
            self.by_account[account.number].append(entry)
        for main in dict.fromkeys(account.main for account in (debit, credit) if account.main):
            self.by_main[main].append(entry)
        if credit.kind is AccountKind.ADJUSTMENT and entry.kind is not EntryKind.ADJUSTMENT:
            self.adjustable[entry.no] = entry.fen
        if entry.kind is EntryKind.REVERSAL and entry.parent in self.adjustable:
            self.adjustable[entry.parent] -= entry.fen
        order = self.orders.get(entry.client_ref)
        if order is not None:
            order.entries.append(entry.no)
            if order.source_entry and entry.kind is EntryKind.ADJUSTMENT:
                self.adjustable[order.source_entry] -= entry.fen
