"""State of the bank as the journal's records add up to it. Applying a record decides nothing."""

from collections import defaultdict
from dataclasses import fields
from typing import Any

from ankuan_simcore.clock import BankClock
from ankuan_simcore.journal import Record
from ankuan_simcore.models import INCOME, OUTSIDE, Account, AccountKind, Entry, EntryKind, Order, OrderState
from ankuan_simcore.numbering import TAIL_DIGITS, host_no

_ENTRY_FIELDS = {field.name for field in fields(Entry)}


class State:
    """Accounts, bookings and orders. Sub-accounts registered in bulk become objects only when touched."""

    def __init__(self) -> None:
        self.clock = BankClock()
        self.accounts: dict[str, Account] = {
            OUTSIDE: Account(OUTSIDE, "行外", AccountKind.OUTSIDE, ""),
            INCOME: Account(INCOME, "手续费收入", AccountKind.INCOME, ""),
        }
        self.mains: dict[str, str] = {}
        """host number -> main account number"""
        self.next_tail: dict[str, int] = defaultdict(lambda: 1)
        self.ranges: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self.entries: dict[int, Entry] = {}
        self.by_main: dict[str, list[Entry]] = defaultdict(list)
        self.by_account: dict[str, list[Entry]] = defaultdict(list)
        self.orders: dict[str, Order] = {}
        self.adjustable: dict[int, int] = {}
        """entry on a public adjustment account -> fen not yet moved to a sub-account"""
        self.faults_fired: dict[str, int] = defaultdict(int)
        self.last_entry_no = 0
        self._booked: dict[str, int] = defaultdict(int)
        self._held: dict[str, int] = defaultdict(int)

    def account(self, number: str) -> Account | None:
        """The account of this number, if there is one."""
        found = self.accounts.get(number)
        if found is not None or len(number) <= TAIL_DIGITS:
            return found
        main = self.mains.get(number[:-TAIL_DIGITS])
        tail = number[-TAIL_DIGITS:]
        if main is None or not tail.isascii() or not tail.isdigit():
            return None
        for first, count, name in self.ranges.get(main, ()):
            if first <= int(tail) < first + count:
                made = Account(number, name, AccountKind.SUB, main)
                self.accounts[number] = made
                return made
        return None

    def main_balance(self, main: str) -> tuple[int, int]:
        """Booked and available fen of a main account: the sum of what stands below it."""
        return self._booked[main], self._booked[main] - self._held[main]

    def apply(self, record: Record) -> None:
        """Take one record into the state."""
        kind = record["kind"]
        if kind == "account.opened":
            self._opened(record)
        elif kind == "accounts.registered":
            self.ranges[record["main"]].append((record["first_tail"], record["count"], record["name"]))
            self._raise_tail(record["main"], record["first_tail"] + record["count"])
        elif kind == "order.submitted":
            order = Order(**{**record["order"], "state": OrderState(record["order"]["state"])})
            self.orders[order.client_ref] = order
            if order.state in {OrderState.APPROVAL, OrderState.PROCESSING}:
                self._hold(order, order.fen)
        elif kind == "order.changed":
            self._changed(record)
        elif kind == "clock.set":
            self.clock.apply(frozen_at=record["frozen_at"], offset_seconds=record["offset_seconds"])
        elif kind == "fault.fired":
            self.faults_fired[record["fault"]] += 1
        for entry in record.get("entries", ()):
            self._book(entry)

    def _opened(self, record: Record) -> None:
        kind = AccountKind(record["type"])
        account = Account(record["number"], record["name"], kind, record["main"])
        self.accounts[account.number] = account
        if kind is AccountKind.MAIN:
            self.mains[host_no(account.number)] = account.number
        elif record.get("auto"):
            self._raise_tail(account.main, int(account.number[-TAIL_DIGITS:]) + 1)

    def _raise_tail(self, main: str, tail: int) -> None:
        self.next_tail[main] = max(self.next_tail[main], tail)

    def _changed(self, record: Record) -> None:
        order = self.orders[record["client_ref"]]
        before, order.state = order.state, OrderState(record["state"])
        order.code, order.text = record.get("code", order.code), record.get("text", order.text)
        order.settle_after_queries = record.get("settle_after_queries", order.settle_after_queries)
        under_way = {OrderState.APPROVAL, OrderState.PROCESSING}
        if before in under_way and order.state not in under_way:
            self._hold(order, -order.fen)

    def _hold(self, order: Order, fen: int) -> None:
        payer = self.account(order.payer)
        if payer is not None:
            payer.held += fen
            self._held[payer.main] += fen
        if order.source_entry:
            self.adjustable[order.source_entry] -= fen

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
