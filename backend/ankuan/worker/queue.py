"""The queue port: names of jobs over ARQ. Everything in it can be lost; the finders find it again."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import msgspec
import structlog
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.typing import WorkerCoroutine
from arq.worker import Function, func
from redis.exceptions import RedisError

from ankuan.platform.jobs import Job, JobCall, JobContext

RUN = secrets.token_hex(8)
"""This run of the worker. Its queue and its jobs' ids are its own: ARQ holds what a killed worker had begun for running
until the longest job's limit is over, and under a shared id nobody could begin it again (failures C4, C6).
"""
QUEUE_NAME = f"ankuan:jobs:{RUN}"
EXPIRES = timedelta(minutes=5)
log = structlog.get_logger(__name__)


def encode(value: dict[str, Any]) -> bytes:
    """Wire form of a job; never pickle, which would run what it reads."""
    return msgspec.msgpack.encode(value, enc_hook=repr)


def decode(value: bytes) -> dict[str, Any]:
    """Read a job."""
    found: dict[str, Any] = msgspec.msgpack.decode(value)
    return found


async def open_queue(redis_url: str) -> ArqRedis:
    """A connection to put jobs into the queue."""
    return await create_pool(
        redis_settings(redis_url), job_serializer=encode, job_deserializer=decode, default_queue_name=QUEUE_NAME
    )


def redis_settings(redis_url: str) -> RedisSettings:
    """ARQ's form of our Redis address."""
    settings = RedisSettings.from_dsn(redis_url)
    settings.conn_timeout = 5
    return settings


async def enqueue(queue: ArqRedis, calls: Sequence[JobCall]) -> None:
    """Queue calls; one that waits or runs here already is not queued twice. A Redis that is away costs a poll interval.

    Another worker may find and run the same: the jobs' own look at their rows decides.
    """
    for call in calls:
        try:
            await queue.enqueue_job(call.name, dict(call.arguments), _job_id=f"{RUN}:{call.key}", _expires=EXPIRES)
            await queue.expire(QUEUE_NAME, EXPIRES)
        except (RedisError, OSError) as error:
            log.warning("queue.away", error=type(error).__name__)
            return


def arq_function(job: Job, context: JobContext) -> Function:
    """A job as ARQ runs it: one try (finders try again), no kept result (it would block the job's id)."""

    async def run(_: dict[str, Any], arguments: dict[str, str | int]) -> None:
        try:
            await job.run(context, arguments)
        except Exception:  # a poison job must not stop the others; its row shows that it is stuck
            log.exception("job.failed", job=job.name, arguments=arguments)

    return func(cast("WorkerCoroutine", run), name=job.name, timeout=job.limit_seconds, keep_result=0, max_tries=1)
