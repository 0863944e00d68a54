"""The writer: one line an event, on disk before the platform hears that it was taken."""

import asyncio
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from ankuan.plugin_api.events import ToldEvent
from ankuan_listener_journal.reader import BEGINNING, BrokenChain, Line, journal_files, parse_line, place_of

FOLDER_VARIABLE: Final = "ANKUAN_JOURNAL_FOLDER"
KINDS: Final = frozenset({"receipt.arrived", "receipt.changed", "disbursement.changed", "instruction.changed"})
CHINA: Final = timezone(timedelta(hours=8))
_CHUNK: Final = 64 * 1024


class JournalIsAhead(Exception):
    """An event that the journal should hold and does not: the platform was set back, e.g. restored from a backup.

    The journal takes no further event; a new folder begins a new one.
    """


def folder_from_environment() -> Path | None:
    """The folder of the journal that the environment names, if any."""
    named = os.environ.get(FOLDER_VARIABLE, "")
    return Path(named) if named else None


class Journal:
    """Implements ``EventListener``. ``folder`` is asked at each event; ``None``: the journal is off."""

    id = "listener_journal"
    kinds = KINDS

    def __init__(self, folder: Callable[[], Path | None]) -> None:
        self._folder = folder

    async def told(self, event: ToldEvent) -> None:
        """Append one line; an event that is there already is not written again.

        Raises ``OSError``, ``BrokenChain`` (the end of the journal can't be read) and :class:`JournalIsAhead`; the
        platform then tells the event again.
        """
        folder = self._folder()
        if folder is not None:
            await asyncio.to_thread(append, folder, event)


def append(folder: Path, event: ToldEvent) -> None:
    """Write the event behind the last line and wait for the disk. Safe among several processes."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        last = _last_line(folder)
        place = place_of(event.cursor)
        if last is not None and place <= last.place:
            if not _holds(folder, place):
                raise JournalIsAhead(f"cursor {event.cursor} is behind {last.cursor} and not in the journal")
            return
        path = _file_for(folder, event.at)
        is_new = not path.exists()
        with path.open("ab") as file:
            file.write(_line(event, last))
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _sync_folder(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two workers may be told the same event at once; the lock ends with the process that holds it."""
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _file_for(folder: Path, at: datetime) -> Path:
    """The file of the event's day in China, but never one before the last: lines stand in the order of cursors."""
    wanted = f"journal-{at.astimezone(CHINA):%Y%m%d}.jsonl"
    files = journal_files(folder)
    return folder / max(wanted, files[-1].name if files else "")


def _line(event: ToldEvent, last: Line | None) -> bytes:
    record = {
        "sequence": last.sequence + 1 if last is not None else 1,
        "previous": last.sha256 if last is not None else BEGINNING,
        "cursor": event.cursor,
        "at": event.at.astimezone(CHINA).isoformat(),
        "kind": event.kind,
        "court_id": event.court_id,
        "subject": str(event.subject),
        "payload": dict(event.payload),
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _last_line(folder: Path) -> Line | None:
    """The last whole line; what was torn off behind it (power failed, disk full) is cut away first."""
    for path in reversed(journal_files(folder)):
        with path.open("r+b") as file:
            end = _end_of_last_line(file.fileno())
            if end < file.seek(0, os.SEEK_END):
                file.truncate(end)
                file.flush()
                os.fsync(file.fileno())
            if end:
                try:
                    return parse_line(_line_before(file.fileno(), end))
                except ValueError as error:
                    raise BrokenChain(f"{path.name}: the last line cannot be read: {error}") from error
    return None


def _end_of_last_line(descriptor: int) -> int:
    """How many bytes stand up to and with the last line's end; 0 when no line ends."""
    return _find_end(descriptor, os.fstat(descriptor).st_size)


def _find_end(descriptor: int, before: int) -> int:
    while before:
        start = max(0, before - _CHUNK)
        found = os.pread(descriptor, before - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        before = start
    return 0


def _line_before(descriptor: int, end: int) -> bytes:
    start = _find_end(descriptor, end - 1)
    return os.pread(descriptor, end - 1 - start, start)


def _holds(folder: Path, place: tuple[int, int]) -> bool:
    """Whether the journal has an event of this cursor. Lines are in order, so one look from the end decides."""
    for path in reversed(journal_files(folder)):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            end = os.fstat(descriptor).st_size
            while end:
                line = parse_line(_line_before(descriptor, end))
                if line.place <= place:
                    return line.place == place
                end = _find_end(descriptor, end - 1)
        finally:
            os.close(descriptor)
    return False


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
