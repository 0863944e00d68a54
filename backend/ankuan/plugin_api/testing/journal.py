"""The outside truth: what the simulated bank has booked, read from its journal file and from nowhere else."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any


class Journal:
    """Reads what was added since the last look. Entries are the bank's own: ``debit``, ``credit``, integer ``fen``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._by_ref: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._by_account: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def executions(self, client_ref: str) -> list[tuple[int, str]]:
        """What the bank really did for a reference: amounts in fen and payees, from first to last."""
        self._refresh()
        return [(entry["fen"], entry.get("counter_account", "")) for entry in self._by_ref.get(client_ref, ())]

    def entries(self, account: str) -> list[dict[str, Any]]:
        """All bookings on one account, in order."""
        self._refresh()
        return list(self._by_account.get(account, ()))

    def _refresh(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self._keep(json.loads(line))

    def _keep(self, record: dict[str, Any]) -> None:
        for entry in record.get("entries", ()):
            if entry.get("client_ref"):
                self._by_ref[entry["client_ref"]].append(entry)
            for side in {entry["debit"], entry["credit"]}:
                self._by_account[side].append(entry)
