"""The books of the bank: a journal, the state it adds up to, and who is told about new facts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ankuan_simcore.draft import Draft
from ankuan_simcore.journal import Journal
from ankuan_simcore.models import Account, AccountKind, Entry, EntryKind, Order, Refusal, RefusedError
from ankuan_simcore.numbering import Numbering
from ankuan_simcore.state import State

Listener = Callable[[Entry | Order], None]


class Books:
    """What all desks of the bank share. Whatever changes something returns only after the journal is on disk."""

    def __init__(self, journal_path: Path, numbering: Numbering | None = None) -> None:
        self.numbering = numbering or Numbering()
        self.state = State(self.numbering)
        self.listeners: list[Listener] = []
        """Told of every new booking, and of every order that is new or has changed, after the disk has it."""
        self.journal = Journal(journal_path)
        try:
            for record in self.journal.replay():
                self.state.apply(record)
        except BaseException:
            self.journal.close()
            raise

    def close(self) -> None:
        """Let go of the journal."""
        self.journal.close()

    def account(self, number: str, *kinds: AccountKind) -> Account:
        """The account of that number and kind; RefusedError when there is none."""
        found = self.state.account(number)
        if found is None or found.closed or (kinds and found.kind not in kinds):
            raise RefusedError(Refusal.NO_SUCH_ACCOUNT, number)
        return found

    def standing(self, number: str) -> str:
        """The number under which money stands: of a main account, the account that holds what no sub-account owns."""
        found = self.state.account(number)
        return self.numbering.adjustment(number) if found is not None and found.kind is AccountKind.MAIN else number

    def shown(self, number: str) -> str:
        """The number as the wire shows it: of an adjustment account kept to itself, the main account's."""
        found = self.state.account(number)
        hidden = found is not None and found.kind is AccountKind.ADJUSTMENT and not self.numbering.shows_adjustment
        return found.main if found is not None and hidden else number

    def commit(self, kind: str, **content: Any) -> None:
        """Write one record, take it into the state, tell the listeners."""
        at = self.state.clock.now().isoformat(timespec="milliseconds")
        record = self.journal.append({"at": at, "kind": kind, **content})
        self.state.apply(record)
        facts: list[Entry | Order] = [self.state.entries[entry["no"]] for entry in record.get("entries", ())]
        if kind in {"order.submitted", "order.changed", "batch.submitted"}:
            rows = record.get("orders", [record.get("order", record)])
            facts += [self.state.orders[row["client_ref"]] for row in rows]
        for fact in facts:
            for listener in self.listeners:
                listener(fact)

    def book(self, kind: EntryKind, debit: str, credit: str, fen: int, **more: Any) -> Entry:
        """Book one entry at once."""
        draft = Draft(self.state)
        entry = draft.book(kind, debit, credit, fen, **more)
        self.commit("booked", entries=draft.records())
        return self.state.entries[entry.no]
