"""Children are started again with pauses, and none outlives its supervisor."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ankuan.cli import child as children
from ankuan.cli.child import Child, stop_all
from ankuan.cli.lifeline import Lifeline


@pytest.fixture
def lifeline() -> Iterator[Lifeline]:
    line = Lifeline()
    yield line
    line.close()


def make(folder: Path, lifeline: Lifeline, code: str) -> Child:
    return Child("sample", ["-c", code], {"SAMPLE": "told"}, folder / "sample.log", lifeline)


def wait_for_log(child: Child, text: str) -> None:
    deadline = time.monotonic() + 10
    while text not in child.log_file.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_starts_again_with_growing_pauses(tmp_path: Path, lifeline: Lifeline, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("ankuan.cli.child.time.monotonic", lambda: now)
    child = make(tmp_path, lifeline, "import sys; sys.exit(3)")
    child.start()
    pauses = []
    for _ in range(9):
        assert child.process is not None
        child.process.wait()
        told = child.watch()
        assert told is not None
        assert "exit 3" in told
        pauses.append(float(told.split("again in ")[1].split()[0]))
        now += pauses[-1] - 0.01
        assert child.watch() is None
        now += 0.02
        assert child.watch() == "sample runs again"
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert child.restarts == 9
    assert child.process is not None
    child.process.wait()
    now += children.STEADY_SECONDS + 1
    assert "again in 0.5 s" in str(child.watch())


def test_output_and_environment(tmp_path: Path, lifeline: Lifeline) -> None:
    child = make(tmp_path, lifeline, "import os; print(os.environ['SAMPLE'])")
    child.start()
    assert child.process is not None
    assert child.process.wait() == 0
    assert child.log_file.read_text() == "told\n"


def test_all_stop_together_and_the_deaf_are_killed(tmp_path: Path, lifeline: Lifeline) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    both = [make(tmp_path, lifeline, deaf), make(tmp_path, lifeline, "import time; time.sleep(60)")]
    for child in both:
        child.start()
    wait_for_log(both[0], "up")
    begin = time.monotonic()
    stop_all(both, 0.5)
    assert time.monotonic() - begin < 3
    assert [child.process.returncode for child in both if child.process] == [-9, -15]


def test_children_of_a_killed_supervisor_end(tmp_path: Path) -> None:
    inner = (
        "from ankuan.cli.lifeline import hold_lifeline as h; h(); print('up', flush=True); import time; time.sleep(60)"
    )
    outer = (
        "import pathlib, time\n"
        "from ankuan.cli.child import Child\n"
        "from ankuan.cli.lifeline import Lifeline\n"
        f"child = Child('sample', ['-c', {inner!r}], {{}}, pathlib.Path({str(tmp_path / 'log')!r}), Lifeline())\n"
        "child.start()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", outer], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    child = psutil.Process(int(supervisor.stdout.readline()))
    deadline = time.monotonic() + 10
    while "up" not in (tmp_path / "log").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)
