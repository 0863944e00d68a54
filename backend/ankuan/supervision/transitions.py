"""The life of a notice. PURE. The trigger ``notice_life`` says the same in the database."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from ankuan.kernel.states import TransitionTable


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class NoticeEvent(StrEnum):
    """What happens to it."""

    TAKE = "take"
    ACCEPT = "accept"
    TRY_AGAIN = "try_again"
    GIVE_UP = "give_up"
    LOSE_SIGHT = "lose_sight"


_S, _E = NoticeState, NoticeEvent
LIFE: Final = TransitionTable[NoticeState, NoticeEvent](
    {
        (_S.WAITING, _E.TAKE): _S.SENDING,
        (_S.SENDING, _E.ACCEPT): _S.SENT,
        # Only a clear no of the provider: nothing has gone out.
        (_S.SENDING, _E.TRY_AGAIN): _S.WAITING,
        (_S.SENDING, _E.GIVE_UP): _S.REFUSED,
        (_S.SENDING, _E.LOSE_SIGHT): _S.UNKNOWN,
    }
)

PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""Waits after the first, second and third refusal; the fourth is final."""


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after this many refused attempts; ``None``: no further one."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
