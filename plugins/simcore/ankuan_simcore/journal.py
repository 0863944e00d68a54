"""The append-only journal: one JSON object a line, on disk before anybody hears of it."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class JournalCorrupt(Exception):
    """A line other than the last can't be read. A torn last line is cut off: nobody was told of it."""


class Journal:
    """Append records with fsync; read them back. The file is locked: two banks never write one journal."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise
        self._seq = 0

    @property
    def last_seq(self) -> int:
        """Number of the newest record."""
        return self._seq

    def replay(self) -> Iterator[Record]:
        """Yield all records, oldest first. Call once, before the first append."""
        good = 0
        with self.path.open("rb") as source:
            for line in source:
                try:
                    record: Record = json.loads(line)
                except ValueError as broken:
                    if source.read(1):
                        raise JournalCorrupt(f"{self.path}: record after {self._seq} is unreadable") from broken
                    break
                if not line.endswith(b"\n"):
                    break
                good += len(line)
                self._seq = record["seq"]
                yield record
        if good != self.path.stat().st_size:
            os.truncate(self.path, good)

    def append(self, record: Record) -> Record:
        """Number the record, write it and return only when the disk has it."""
        self._seq += 1
        numbered = {"seq": self._seq, **record}
        self._file.write(json.dumps(numbered, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._file.flush()
        os.fdatasync(self._file.fileno())
        return numbered

    def read(self, after: int, limit: int) -> list[Record]:
        """Up to ``limit`` records with a number above ``after``."""
        found: list[Record] = []
        with self.path.open("rb") as source:
            for line in source:
                # The number stands first in the line, so that skipping needs no JSON parser.
                if int(line[7 : line.index(b",")]) <= after:
                    continue
                found.append(json.loads(line))
                if len(found) >= limit:
                    break
        return found

    def close(self) -> None:
        """Release the file."""
        self._file.close()
