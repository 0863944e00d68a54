"""Ways to look at embedded servers from outside, and to be somebody else for a while."""

import multiprocessing
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from ankuan.platform.embedded import EmbeddedPostgres

PLAIN_USER = "daemon"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand over to another account")


def query(postgres: EmbeddedPostgres, statement: str, *, role: str = "ankuan_owner") -> list[tuple[object, ...]]:
    """Rows of a statement in a transaction of its own."""
    with psycopg.connect(host=str(postgres.sockets), user=role, dbname="ankuan") as connection:
        cursor = connection.execute(statement.encode())
        return list(cursor.fetchall()) if cursor.description else []


def as_plain_user(task: Callable[[], None]) -> int:
    """Run a task in a fork that has given up root. Returns the fork's exit code.

    A fork, because the interpreter itself may stand where the plain user can't reach it.
    """

    def run() -> None:
        entry = pwd.getpwnam(PLAIN_USER)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        os.environ["HOME"] = "/"
        task()

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join(60)
    return -1 if child.exitcode is None else child.exitcode


def launcher(folder: Path, server: str = "EmbeddedPostgres") -> subprocess.Popen[str]:
    """Another process that starts a server, says so, and then only lives."""
    code = (
        "import pathlib, sys, time\n"
        f"from ankuan.platform.embedded import {server} as Server\n"
        "server = Server(pathlib.Path(sys.argv[1]))\n"
        "server.start()\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)


def wait_until(truth: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something, or fail."""
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)
