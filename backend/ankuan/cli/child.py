"""A child process that is kept alive: started, watched, started again with growing pauses."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ankuan.cli.lifeline import Lifeline

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A child that lived this long has recovered: its next pause is the first one again."""
LARGEST_LOG = 10_000_000


@dataclass(slots=True)
class Child:
    """One child. ``arguments`` follow the Python program; ``passed`` are open descriptors that it inherits."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log_file: Path
    lifeline: Lifeline
    passed: Sequence[int] = ()
    restarts: int = 0
    process: subprocess.Popen[bytes] | None = None
    _pause: float = FIRST_PAUSE
    _started_at: float = 0.0
    _start_again_at: float | None = field(default=None)

    def start(self) -> None:
        """Start the process; its output goes to its log file."""
        if self.log_file.exists() and self.log_file.stat().st_size > LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".old.log"))
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                env={**os.environ, **self.environment, **self.lifeline.environment()},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[self.lifeline.child_end, *self.passed],
            )
        self._started_at = time.monotonic()
        self._start_again_at = None

    @property
    def pid(self) -> int | None:
        """Process id while the child lives."""
        return self.process.pid if self.process is not None and self.process.poll() is None else None

    def watch(self) -> str | None:
        """Look after the child; call often. Returns a line for the operator when something happened."""
        if self.pid is not None:
            return None
        now = time.monotonic()
        if self._start_again_at is None:
            if now - self._started_at > STEADY_SECONDS:
                self._pause = FIRST_PAUSE
            pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
            self._start_again_at = now + pause
            code = self.process.returncode if self.process is not None else None
            return f"{self.name} ended (exit {code}); it is started again in {pause:g} s; see {self.log_file}"
        if now >= self._start_again_at:
            self.start()
            self.restarts += 1
            return f"{self.name} runs again"
        return None


def stop_all(children: Sequence[Child], seconds: float) -> None:
    """Ask all to end at once, wait for all together, kill who is left."""
    alive = [child.process for child in children if child.process is not None and child.process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in alive:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
