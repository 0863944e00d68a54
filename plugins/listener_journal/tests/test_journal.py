"""The journal: chained, on disk, once an event, whatever happens to the process that writes it."""

import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ankuan.plugin_api.events import EventListener, ToldEvent, event_kinds
from ankuan_listener_journal import ankuan_register_event_listener, reader
from ankuan_listener_journal.journal import KINDS, Journal, JournalIsAhead, append
from ankuan_listener_journal.reader import BEGINNING, BrokenChain, prove, read_journal

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SUBJECT = UUID(int=7)


def event(number: int, *, at: datetime = AT, payload: Mapping[str, Any] | None = None, xid: int = 900) -> ToldEvent:
    return ToldEvent(f"{xid}-{number}", "receipt.arrived", 102, SUBJECT, payload or {"amount_fen": number}, at)


def lines(folder: Path) -> list[bytes]:
    return [line for path in reader.journal_files(folder) for line in path.read_bytes().splitlines()]


async def test_each_line_names_the_hash_of_the_line_before(tmp_path: Path) -> None:
    listener = Journal(lambda: tmp_path)
    for number in range(1, 6):
        await listener.told(event(number, payload={"number": "R2026-1\n行", "case_id": None}))
    written = lines(tmp_path)
    before = BEGINNING
    for number, raw in enumerate(written, start=1):
        record = json.loads(raw)
        assert (record["sequence"], record["cursor"], record["previous"]) == (number, f"900-{number}", before)
        assert record["payload"] == {"number": "R2026-1\n行", "case_id": None}
        assert (record["kind"], record["court_id"], record["subject"]) == ("receipt.arrived", 102, str(SUBJECT))
        assert datetime.fromisoformat(record["at"]) == AT
        before = hashlib.sha256(raw).hexdigest()
    proof = prove(tmp_path, end=before)
    assert (proof.lines, proof.first, proof.last, proof.begins_after, proof.torn) == (5, 1, 5, BEGINNING, False)


async def test_an_event_told_again_is_written_once_even_after_a_restart(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        await Journal(lambda: tmp_path).told(event(number))
    for number in (3, 2, 1, 2, 3):
        await Journal(lambda: tmp_path).told(event(number))
    await Journal(lambda: tmp_path).told(event(4))
    assert [line.cursor for line in read_journal(tmp_path)] == ["900-1", "900-2", "900-3", "900-4"]


async def test_cursors_are_compared_as_numbers(tmp_path: Path) -> None:
    for xid, number in ((99, 5), (100, 2), (100, 10), (1000, 1)):
        append(tmp_path, event(number, xid=xid))
    assert prove(tmp_path).lines == 4


@pytest.mark.parametrize(
    "torn", [b"{", b'{"sequence":3,"cursor":"9', b"\x00" * 5000, "半".encode()[:2], b"x" * 200_000]
)
async def test_a_torn_line_is_cut_and_the_chain_goes_on(tmp_path: Path, torn: bytes) -> None:
    append(tmp_path, event(1))
    append(tmp_path, event(2))
    [path] = reader.journal_files(tmp_path)
    with path.open("ab") as file:
        file.write(torn)
    assert prove(tmp_path).torn
    append(tmp_path, event(3))
    proof = prove(tmp_path)
    assert (proof.lines, proof.torn) == (3, False)


async def test_a_file_torn_in_its_first_line_continues_the_file_before(tmp_path: Path) -> None:
    append(tmp_path, event(1))
    append(tmp_path, event(2, at=AT + timedelta(days=1)))
    reader.journal_files(tmp_path)[-1].write_bytes(b'{"seq')
    append(tmp_path, event(2, at=AT + timedelta(days=1)))
    assert [line.cursor for line in read_journal(tmp_path)] == ["900-1", "900-2"]
    assert prove(tmp_path).lines == 2


async def test_days_are_china_s_and_never_go_back(tmp_path: Path) -> None:
    midnight = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    for number, at in enumerate((midnight - timedelta(seconds=1), midnight, midnight - timedelta(seconds=2)), start=1):
        append(tmp_path, event(number, at=at))
    names = {path.name: len(path.read_bytes().splitlines()) for path in reader.journal_files(tmp_path)}
    assert names == {"journal-20261120.jsonl": 1, "journal-20261121.jsonl": 2}
    assert prove(tmp_path).lines == 3


async def test_it_is_on_disk_before_the_platform_hears_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, int]] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, os.fstat(descriptor).st_size))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    await Journal(lambda: tmp_path).told(event(1))
    size = (tmp_path / "journal-20261120.jsonl").stat().st_size
    assert synced[0] == ("journal-20261120.jsonl", size)
    assert synced[1][0] == tmp_path.name
    await Journal(lambda: tmp_path).told(event(2))
    assert [name for name, _ in synced[2:]] == ["journal-20261120.jsonl"]


def _write(folder: Path, count: int) -> None:
    for number in range(1, count + 1):
        append(folder, event(number))


def test_several_workers_told_the_same_events_write_each_once(tmp_path: Path) -> None:
    """As the processes of a worker that was thought dead and its successor do."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write, args=(tmp_path, 60)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert [line.sequence for line in read_journal(tmp_path)] == list(range(1, 61))


async def test_a_platform_that_was_set_back_is_not_swallowed(tmp_path: Path) -> None:
    append(tmp_path, event(5))
    append(tmp_path, event(9, at=AT + timedelta(days=1)))
    for number in (1, 7):
        with pytest.raises(JournalIsAhead):
            append(tmp_path, event(number))
    assert prove(tmp_path).lines == 2


async def test_a_last_line_that_cannot_be_read_stops_the_journal(tmp_path: Path) -> None:
    append(tmp_path, event(1))
    [path] = reader.journal_files(tmp_path)
    with path.open("ab") as file:
        file.write(b"not json\n")
    with pytest.raises(BrokenChain):
        await Journal(lambda: tmp_path).told(event(2))
    assert path.read_bytes().endswith(b"not json\n")


@pytest.mark.parametrize("fault", ["changed", "removed", "swapped", "inserted", "file missing", "end cut"])
def test_whoever_changes_the_journal_is_found_out(tmp_path: Path, fault: str) -> None:
    for number in range(1, 10):
        append(tmp_path, event(number, at=AT + timedelta(days=number // 4)))
    end = prove(tmp_path).end
    path = reader.journal_files(tmp_path)[1]
    kept = path.read_bytes().splitlines(keepends=True)
    match fault:
        case "changed":
            kept[1] = kept[1].replace(b'"amount_fen":5', b'"amount_fen":6')
        case "removed":
            del kept[1]
        case "swapped":
            kept[1], kept[2] = kept[2], kept[1]
        case "inserted":
            kept.insert(2, kept[1])
    path.write_bytes(b"".join(kept))
    if fault == "file missing":
        path.unlink()
    if fault == "end cut":
        reader.journal_files(tmp_path)[-1].unlink()
    with pytest.raises(BrokenChain):
        prove(tmp_path, end=end)


def test_files_carried_later_continue_what_was_carried_before(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    there.mkdir()
    for number in range(1, 7):
        append(here, event(number, at=AT + timedelta(days=number // 3)))
    first, *later = reader.journal_files(here)
    (there / first.name).write_bytes(first.read_bytes())
    known = prove(there).end
    (there / first.name).unlink()
    for path in later:
        (there / path.name).write_bytes(path.read_bytes())
    proof = prove(there, after=known)
    assert (proof.first, proof.last, proof.begins_after, proof.end) == (3, 6, known, prove(here).end)
    with pytest.raises(BrokenChain):
        prove(there, after=BEGINNING)


def test_the_reader_runs_alone(tmp_path: Path) -> None:
    append(tmp_path, event(1))
    end = prove(tmp_path).end

    def run(*more: str) -> tuple[int, str]:
        command = [sys.executable, "-S", "-I", str(reader.__file__), str(tmp_path), *more]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout

    assert run() == (0, f"whole: 1 lines, 1 to 1\nafter {BEGINNING}\nend {end}\n")
    code, printed = run("--end", BEGINNING)
    assert (code, printed.startswith("BROKEN")) == (1, True)


async def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANKUAN_JOURNAL_FOLDER", raising=False)
    listener = ankuan_register_event_listener()
    assert isinstance(listener, EventListener)
    await listener.told(event(1))
    assert reader.journal_files(tmp_path) == []
    monkeypatch.setenv("ANKUAN_JOURNAL_FOLDER", str(tmp_path / "journal"))
    await listener.told(event(2))
    assert prove(tmp_path / "journal").lines == 1


def test_it_asks_for_kinds_that_there_are() -> None:
    assert set(event_kinds()) >= KINDS
