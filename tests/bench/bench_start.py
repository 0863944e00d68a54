"""From nothing to ready: ``ankuan up`` in an empty folder, everything downloaded.

Baseline: creating and starting the two servers in an empty folder, and importing the application, one after another.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from ankuan.platform.embedded import EmbeddedPostgres, EmbeddedValkey
from tests.bench.measurement import Measurement
from tests.fixtures.supervised import Supervised

ROUNDS = 5
TARGET = 4.0


def _timed(task: Callable[[], None]) -> float:
    begin = time.perf_counter()
    task()
    return time.perf_counter() - begin


def _whole(folder: Path) -> float:
    installation = Supervised(folder)
    begin = time.perf_counter()
    process = installation.launch()
    while "Ctrl-C" not in installation.output.read_text():
        if process.poll() is not None:
            raise RuntimeError(installation.output.read_text())
        time.sleep(0.005)
    seconds = time.perf_counter() - begin
    installation.stop()
    return seconds


def _import_application() -> None:
    subprocess.run([sys.executable, "-c", "import ankuan.bootstrap, ankuan.http.app"], check=True)


def _parts(folder: Path) -> float:
    postgres, valkey = EmbeddedPostgres(folder), EmbeddedValkey(folder)
    try:
        return _timed(postgres.start) + _timed(valkey.start) + _timed(_import_application)
    finally:
        valkey.stop()
        postgres.stop()


def run() -> list[Measurement]:
    """Rounds of both, alternating; medians."""
    whole, parts = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            parts.append(_parts(Path(folder) / "parts"))
            whole.append(_whole(Path(folder) / "whole"))
    return [Measurement("start", median(whole), "s", median(parts), "<=", TARGET)]
