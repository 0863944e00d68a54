"""The form of the log: one JSON object a line, in UTC, tracebacks without the values of variables."""

import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger

from ankuan.platform.redaction import plain_message, redact

LONGEST_CHAIN = 8


def _plain_traceback(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Where a defect happened and what kind it was. Values of variables hold people's names, keys and passwords."""
    found = event.pop("exc_info", None)
    if found is None or found is False:
        return event
    error = found if isinstance(found, BaseException) else sys.exc_info()[1]
    chain: list[BaseException] = []
    while error is not None and len(chain) < LONGEST_CHAIN:
        chain.append(error)
        error = error.__cause__ or error.__context__
    event["exceptions"] = [
        {
            "kind": type(one).__qualname__,
            "message": plain_message(one),
            "frames": [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(one.__traceback__)],
        }
        for one in chain
    ]
    return event


def configure_logs() -> None:
    """Set the form for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _plain_traceback,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
