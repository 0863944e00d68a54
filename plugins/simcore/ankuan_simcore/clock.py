"""The bank's clock: real time plus an offset, or standing still where a test puts it."""

from datetime import datetime, timedelta, timezone
from typing import Final

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


class BankClock:
    """Shanghai time. ``frozen_at`` set: time stands there and moves only by ``advance``."""

    def __init__(self) -> None:
        self.offset = timedelta(0)
        self.frozen_at: datetime | None = None

    def now(self) -> datetime:
        """The bank's present moment, aware, in Shanghai."""
        if self.frozen_at is not None:
            return self.frozen_at
        return datetime.now(SHANGHAI) + self.offset

    def moved(self, by: timedelta) -> dict[str, str | float | None]:
        """The settings after moving forward by ``by``, as a journal record; ValueError for going back."""
        if by < timedelta(0):
            raise ValueError("a bank's clock does not go back")
        if self.frozen_at is not None:
            return {"frozen_at": (self.frozen_at + by).isoformat(), "offset_seconds": 0.0}
        return {"frozen_at": None, "offset_seconds": (self.offset + by).total_seconds()}

    def apply(self, *, frozen_at: str | None, offset_seconds: float) -> None:
        """Take settings from a journal record."""
        self.frozen_at = datetime.fromisoformat(frozen_at).astimezone(SHANGHAI) if frozen_at else None
        self.offset = timedelta(seconds=offset_seconds)
