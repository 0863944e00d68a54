"""What a ledger is, said once more in plain Python: a list of entries, and sums over it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class ModelEntry:
    """An entry as the model keeps it."""

    id: int
    debit: int
    credit: int
    fen: int
    on: date
    at: datetime
    ref: str
    reverses: int | None = None


@dataclass
class ModelHold:
    """A hold as the model keeps it."""

    case: int
    held: int
    fen: int
    origin: UUID
    state: str = "reserved"


@dataclass
class LedgerModel:
    """Accounts are numbers; ``floored`` may not fall below zero; ``asset`` grows by debit."""

    asset: int
    floored: frozenset[int]
    entries: list[ModelEntry] = field(default_factory=list)
    holds: dict[UUID, ModelHold] = field(default_factory=dict)

    def balance(self, account: int, *, as_of: date | None = None, known_at: datetime | None = None) -> int:
        """Sum of the entries that count, in the account's normal side."""
        total = sum(
            (entry.credit == account) * entry.fen - (entry.debit == account) * entry.fen
            for entry in self.entries
            if (as_of is None or entry.on <= as_of) and (known_at is None or entry.at <= known_at)
        )
        return -total if account == self.asset else total

    def short(self, moves: Iterable[tuple[int, int, int]]) -> bool:
        """Whether these (debit, credit, fen) together would take an account below its floor."""
        after = {account: self.balance(account) for account in self.floored}
        for debit, credit, fen in moves:
            if debit in after:
                after[debit] -= fen
            if credit in after:
                after[credit] += fen
        return any(fen < 0 for fen in after.values())

    def reversal_of(self, entry_id: int) -> ModelEntry | None:
        """The entry that undid this one."""
        return next((e for e in self.entries if e.reverses == entry_id), None)

    def living_hold(self, origin: UUID) -> UUID | None:
        """The hold of an origin that is reserved or posted."""
        return next((i for i, h in self.holds.items() if h.origin == origin and h.state != "voided"), None)

    def problems(self) -> list[str]:
        """What must hold of the model itself (domain §4: I1, I2, I3)."""
        found = [f"account {a} below zero" for a in self.floored if self.balance(a) < 0]
        accounts = {a for e in self.entries for a in (e.debit, e.credit)} - {self.asset}
        if self.balance(self.asset) != sum(self.balance(a) for a in accounts):
            found.append("the bank differs from what is owed")
        for held in {h.held for h in self.holds.values()}:
            reserved = sum(h.fen for h in self.holds.values() if h.held == held and h.state == "reserved")
            if self.balance(held) != reserved:
                found.append(f"held account {held} differs from its holds")
        return found
