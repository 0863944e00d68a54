"""A worker killed in the middle of its jobs: the next one goes on at once, whatever the queue still believes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

PROGRAM = textwrap.dedent(
    """
    import asyncio, os, sys
    from pathlib import Path
    from ankuan.platform.bus import EventBus
    from ankuan.platform.jobs import Finder, Job, JobCall, RoomJobs
    from ankuan.platform.settings import Settings
    from ankuan.worker.main import work

    folder = Path(sys.argv[1])

    async def find(context):
        return [JobCall("long", {"row": 1})]

    async def long(context, arguments):
        (folder / f"began.{os.getpid()}").touch()
        await asyncio.sleep(300)

    async def quick(context, arguments):
        pass

    room = RoomJobs(
        jobs=(Job("long", long, limit_seconds=300), Job("quick", quick)),
        finders=(Finder("always", find, every_seconds=0.2),),
    )
    asyncio.run(work(Settings(), rooms=(room,), bus=EventBus()))
    """
)


def start(database_url: str, redis_url: str, folder: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "ANKUAN_DATABASE_URL": database_url,
        "ANKUAN_REDIS_URL": redis_url,
        "ANKUAN_DATA_DIR": str(folder),
    }
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)], env=environment)


def wait_for(began: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not began.exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.slow
def test_what_a_killed_worker_had_begun_is_begun_again_at_once(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Failures C4 and C6: ARQ believes for minutes that the dead worker still runs its jobs."""
    for _ in range(2):
        worker = start(database_url, redis_url, tmp_path)
        try:
            assert wait_for(tmp_path / f"began.{worker.pid}", 60), "the job waits for a worker that is dead"
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(10)
