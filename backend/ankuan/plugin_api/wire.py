"""Raw evidence: the bytes that went over the wire, exactly as they were."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RawExchange:
    """One request and what came back. The host encrypts and keeps it; a plugin never stores it itself.

    ``response`` is ``None`` when nothing at all was received. ``note`` says in a few words what went wrong.
    """

    operation: str
    request: bytes
    response: bytes | None
    started_at: datetime
    ended_at: datetime
    note: str = ""
