"""Servers that a dead launcher left running: found by their pid file, proven by their working folder, stopped."""

import signal
from pathlib import Path

import psutil

STOP_SECONDS = 20.0


def running_in(home: Path, pid_file: Path) -> psutil.Process | None:
    """The server that runs in ``home``, by its pid file.

    A pid alone proves nothing: after a crash or in a new container the same number may be anybody. Only a process
    whose working folder is ``home`` counts.
    """
    try:
        pid = int(pid_file.read_text(encoding="utf-8", errors="replace").split(maxsplit=1)[0])
        process = psutil.Process(pid)
        return process if works_in(process, home) else None
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return None


def works_in(process: psutil.Process, home: Path) -> bool:
    """Whether a process's working folder is ``home``; False when that can't be seen (it is then not ours)."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == home
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def stop(process: psutil.Process, *signals: signal.Signals) -> None:
    """Send the signals one after another, each with time to work, until the process is gone."""
    for number in signals:
        try:
            process.send_signal(number)
            process.wait(STOP_SECONDS)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return


def kill_all_in(folder: Path) -> None:
    """Kill every process that works in ``folder``: an ``initdb`` whose launcher died, say."""
    for process in psutil.process_iter():
        if works_in(process, folder):
            stop(process, signal.SIGKILL)
