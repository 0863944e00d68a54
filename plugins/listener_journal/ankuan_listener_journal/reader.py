"""Reads a journal and proves its chain. Needs Python only: it may be carried to the far side with the files.

``python reader.py FOLDER [--after SHA256] [--end SHA256]`` prints what it found; it ends with 1 when the chain is
broken.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_NAME = re.compile(r"journal-[0-9]{8}\.jsonl", re.ASCII)
BEGINNING = "0" * 64
"""What the first line of a journal names as the line before it."""


class BrokenChain(Exception):
    """A line that can't be read, or does not continue the one before. Says in which file and line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event. ``sha256`` of the line's bytes without its end; ``previous`` of the line before."""

    sequence: int
    cursor: str
    previous: str
    sha256: str
    record: dict[str, Any]

    @property
    def place(self) -> tuple[int, int]:
        """The cursor as numbers, which order all events."""
        return place_of(self.cursor)


@dataclass(frozen=True, slots=True)
class Proof:
    """A chain without a fault. ``begins_after``: the line before its first (``BEGINNING``: it is whole).

    ``torn``: the last file ends within a line, as a copy of a file does that is being written.
    """

    lines: int
    first: int
    last: int
    begins_after: str
    end: str
    torn: bool


def place_of(cursor: str) -> tuple[int, int]:
    """A cursor as numbers. Raises ``ValueError``."""
    left, _, right = cursor.partition("-")
    return int(left), int(right)


def journal_files(folder: Path) -> list[Path]:
    """The files of a journal, the oldest first."""
    return sorted(path for path in folder.iterdir() if FILE_NAME.fullmatch(path.name))


def parse_line(raw: bytes) -> Line:
    """One line without its end. Raises ``ValueError``."""
    record = json.loads(raw.decode("utf-8"))
    if not isinstance(record, dict):
        raise ValueError("no object")
    try:
        line = Line(
            int(record["sequence"]),
            str(record["cursor"]),
            str(record["previous"]),
            hashlib.sha256(raw).hexdigest(),
            record,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"lacks {error}") from error
    place_of(line.cursor)
    return line


def read_journal(folder: Path, *, after: str | None = None) -> Iterator[Line]:
    """Every line in order, each proved to continue the one before. Raises :class:`BrokenChain`.

    ``after``: sha256 of the line before the first one here; ``None``: the first line is believed.
    """
    before: Line | None = None
    for path in journal_files(folder):
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if not raw.endswith(b"\n"):
                    break  # torn: the next file, if any, shows whether something is missing
                try:
                    line = parse_line(raw[:-1])
                except ValueError as error:
                    raise BrokenChain(f"{path.name}:{number}: {error}") from error
                _check(line, before, after, f"{path.name}:{number}")
                before = line
                yield line


def _check(line: Line, before: Line | None, after: str | None, where: str) -> None:
    expected = before.sha256 if before is not None else after
    if expected is not None and line.previous != expected:
        raise BrokenChain(f"{where}: does not continue the line before it")
    if before is not None and line.sequence != before.sequence + 1:
        raise BrokenChain(f"{where}: sequence {line.sequence} after {before.sequence}")
    if before is not None and line.place <= before.place:
        raise BrokenChain(f"{where}: cursor {line.cursor} after {before.cursor}")
    if (line.sequence == 1) != (line.previous == BEGINNING):
        raise BrokenChain(f"{where}: sequence {line.sequence} after {line.previous}")


def prove(folder: Path, *, after: str | None = None, end: str | None = None) -> Proof:
    """Walk the whole chain. ``end``: sha256 of a line that it must end with. Raises :class:`BrokenChain`."""
    first: Line | None = None
    last: Line | None = None
    for line in read_journal(folder, after=after):
        first, last = first or line, line
    found = last.sha256 if last is not None else after or BEGINNING
    if end is not None and found != end:
        raise BrokenChain(f"ends with {found}")
    files = journal_files(folder)
    torn = bool(files) and not _ends_with_a_line(files[-1])
    if first is None or last is None:
        return Proof(0, 0, 0, found, found, torn)
    return Proof(last.sequence - first.sequence + 1, first.sequence, last.sequence, first.previous, found, torn)


def _ends_with_a_line(path: Path) -> bool:
    content_end = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, content_end - 1))
        return file.read() in {b"", b"\n"}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Prove the chain of a journal.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--after", help="sha256 of the line before the first file here")
    parser.add_argument("--end", help="sha256 that the chain must end with")
    given = parser.parse_args(arguments)
    try:
        proof = prove(given.folder, after=given.after, end=given.end)
    except (BrokenChain, OSError) as error:
        sys.stdout.write(f"BROKEN {error}\n")
        return 1
    torn = ", torn end" if proof.torn else ""
    sys.stdout.write(
        f"whole: {proof.lines} lines, {proof.first} to {proof.last}{torn}\n"
        f"after {proof.begins_after}\nend {proof.end}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
