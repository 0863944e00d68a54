"""The lives of a disbursement and of its lines (domain §7). Pure; migration 0007 keeps the same table as a trigger."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from ankuan.kernel.states import TransitionTable


class Status(StrEnum):
    """Where a disbursement stands."""

    DRAFT = "draft"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    AUDITED = "audited"
    RELEASED = "released"
    SETTLED = "settled"
    PARTLY_SETTLED = "partly_settled"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class LifeEvent(StrEnum):
    """What can happen to a disbursement."""

    SUBMIT = "submit"
    APPROVE_LEVEL = "approve_level"
    APPROVE_LAST = "approve_last"
    SEND_BACK = "send_back"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    AUDIT = "audit"
    RELEASE = "release"
    ALL_SETTLED = "all_settled"
    SOME_SETTLED = "some_settled"
    NONE_SETTLED = "none_settled"
    LATE_SETTLED = "late_settled"
    LATE_ALL_SETTLED = "late_all_settled"


class LineOutcome(StrEnum):
    """How the payment of a line ended; a line that is still on its way has none."""

    SETTLED = "settled"
    REFUSED = "refused"


LIFE: Final[TransitionTable[Status, LifeEvent]] = TransitionTable(
    {
        (Status.DRAFT, LifeEvent.SUBMIT): Status.IN_APPROVAL,
        (Status.DRAFT, LifeEvent.WITHDRAW): Status.WITHDRAWN,
        (Status.IN_APPROVAL, LifeEvent.APPROVE_LEVEL): Status.IN_APPROVAL,
        (Status.IN_APPROVAL, LifeEvent.APPROVE_LAST): Status.APPROVED,
        (Status.IN_APPROVAL, LifeEvent.SEND_BACK): Status.DRAFT,
        (Status.IN_APPROVAL, LifeEvent.REJECT): Status.REJECTED,
        (Status.IN_APPROVAL, LifeEvent.WITHDRAW): Status.WITHDRAWN,
        (Status.APPROVED, LifeEvent.AUDIT): Status.AUDITED,
        (Status.APPROVED, LifeEvent.SEND_BACK): Status.DRAFT,
        (Status.APPROVED, LifeEvent.REJECT): Status.REJECTED,
        (Status.APPROVED, LifeEvent.WITHDRAW): Status.WITHDRAWN,
        (Status.AUDITED, LifeEvent.RELEASE): Status.RELEASED,
        (Status.AUDITED, LifeEvent.SEND_BACK): Status.DRAFT,
        (Status.AUDITED, LifeEvent.WITHDRAW): Status.WITHDRAWN,
        (Status.RELEASED, LifeEvent.ALL_SETTLED): Status.SETTLED,
        (Status.RELEASED, LifeEvent.SOME_SETTLED): Status.PARTLY_SETTLED,
        (Status.RELEASED, LifeEvent.NONE_SETTLED): Status.FAILED,
        # A bank that first refused and then paid: the fact beats the status (failures D11).
        (Status.FAILED, LifeEvent.LATE_SETTLED): Status.PARTLY_SETTLED,
        (Status.FAILED, LifeEvent.LATE_ALL_SETTLED): Status.SETTLED,
        (Status.PARTLY_SETTLED, LifeEvent.LATE_SETTLED): Status.PARTLY_SETTLED,
        (Status.PARTLY_SETTLED, LifeEvent.LATE_ALL_SETTLED): Status.SETTLED,
    },
    initial=Status.DRAFT,
)

ENDED: Final = frozenset({Status.FAILED, Status.PARTLY_SETTLED})
"""Ended at the bank, yet a late payment may still be told."""


def event_of_outcomes(status: Status, outcomes: Iterable[LineOutcome | None]) -> LifeEvent | None:
    """What the outcomes of all lines together mean for the disbursement; ``None`` while a line is on its way."""
    known = list(outcomes)
    if None in known:
        return None
    settled = known.count(LineOutcome.SETTLED)
    if status in ENDED:
        return LifeEvent.LATE_ALL_SETTLED if settled == len(known) else LifeEvent.LATE_SETTLED
    if settled == len(known):
        return LifeEvent.ALL_SETTLED
    return LifeEvent.SOME_SETTLED if settled else LifeEvent.NONE_SETTLED


def status_pairs() -> frozenset[tuple[str, str]]:
    """Every change of status that may be seen in the database; the trigger of migration 0007 lists the same."""
    return frozenset((str(a), str(b)) for (a, _), b in LIFE.transitions.items() if a != b)
