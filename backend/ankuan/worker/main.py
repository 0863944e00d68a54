"""Entry of the worker process."""

import asyncio
import os
import signal
import socket
from collections.abc import Sequence

import structlog
from arq.worker import Worker

from ankuan.kernel.clock import SystemClock
from ankuan.platform.bell import RedisBell
from ankuan.platform.bus import EventBus
from ankuan.platform.crypto import load_cipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.jobs import Finder, Job, JobContext, RoomJobs
from ankuan.platform.logs import configure_logs
from ankuan.platform.plugins import load_plugins
from ankuan.platform.service_loop import settle_memory
from ankuan.platform.settings import Settings
from ankuan.worker import telling
from ankuan.worker.finding import run_finders
from ankuan.worker.queue import QUEUE_NAME, arq_function, decode, encode, enqueue, open_queue, redis_settings

LONGEST_JOB = 120
DRAIN_SECONDS = 5
log = structlog.get_logger(__name__)


async def work(settings: Settings, *, rooms: Sequence[RoomJobs], bus: EventBus) -> None:
    """Run finders and jobs until cancelled or told to stop (SIGTERM, SIGINT)."""
    configure_logs()
    queue = await open_queue(settings.redis_url)
    database = Database(
        make_engine(settings.database_url, pool_size=settings.pool_size), bus=bus, bell=RedisBell(queue)
    )
    context = JobContext(
        database=database,
        clock=SystemClock(),
        plugins=load_plugins(data_dir=settings.data_dir),
        settings=settings,
        cipher=load_cipher(settings.key_file),
    )
    all_rooms = [*rooms, telling.JOBS]
    jobs: list[Job] = [job for room in all_rooms for job in room.jobs]
    finders: list[Finder] = [finder for room in all_rooms for finder in room.finders]
    worker = Worker(
        functions=[arq_function(job, context) for job in jobs],
        queue_name=QUEUE_NAME,
        redis_settings=redis_settings(settings.redis_url),
        job_serializer=encode,
        job_deserializer=decode,
        handle_signals=False,
        job_timeout=LONGEST_JOB,
        job_completion_wait=DRAIN_SECONDS,
        max_jobs=20,
        poll_delay=0.1,
        keep_result=0,
        max_tries=1,
        health_check_key=f"{QUEUE_NAME}:health:{socket.gethostname()}:{os.getpid()}",
    )
    tasks = [
        asyncio.create_task(worker.async_run(), name="arq"),
        asyncio.create_task(run_finders(context, finders, lambda calls: enqueue(queue, calls)), name="finders"),
    ]
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopping = asyncio.create_task(stop.wait(), name="stop")
    settle_memory()
    log.info("worker.ready", jobs=len(jobs), finders=len(finders))
    done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, stopping):
        task.cancel()
    await asyncio.gather(*tasks, stopping, return_exceptions=True)
    await worker.close()
    context.plugins.close()
    await database.close()
    await queue.aclose()
    failed = next((t for t in done if t is not stopping and t.exception()), None)
    if failed is not None:
        raise RuntimeError(f"{failed.get_name()} ended") from failed.exception()
