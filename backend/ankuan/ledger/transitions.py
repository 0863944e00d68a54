"""The life of a hold. PURE. The trigger ``ledger_guard_hold`` says the same in the database."""

from enum import StrEnum

from ankuan.kernel.states import TransitionTable


class HoldState(StrEnum):
    """Where reserved money stands."""

    RESERVED = "reserved"
    """It may not leave by another way and has not left yet."""
    POSTED = "posted"
    """It has left the fund account."""
    VOIDED = "voided"
    """It is available to the case again."""


class HoldEvent(StrEnum):
    """What ends a hold."""

    POST = "post"
    VOID = "void"


HOLD_LIFE: TransitionTable[HoldState, HoldEvent] = TransitionTable(
    {
        (HoldState.RESERVED, HoldEvent.POST): HoldState.POSTED,
        (HoldState.RESERVED, HoldEvent.VOID): HoldState.VOIDED,
    }
)
