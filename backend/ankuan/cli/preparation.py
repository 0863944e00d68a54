"""The process that prepares the database, as the supervisor sees it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


class StartFailed(Exception):
    """The installation can't start; the message tells the operator what to do."""


class Preparation:
    """A running ``ankuan.cli.prepare``."""

    def __init__(self, log_file: Path, environment: Mapping[str, str], demonstration: bool) -> None:
        self.log_file = log_file
        with log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ankuan.cli.prepare", *(["--demonstration"] if demonstration else [])],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def is_done(self) -> bool:
        """Whether it has ended well. Raises StartFailed when it has ended badly."""
        code = self._process.poll()
        if code:
            raise StartFailed(f"the database could not be prepared; see {self.log_file}:\n{tail(self.log_file)}")
        return code == 0

    def stop(self) -> None:
        """End it: what it had not committed is as if it had never been."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


def tail(file: Path, lines: int = 12) -> str:
    """The end of a log."""
    return "\n".join(file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
