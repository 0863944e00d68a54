"""The life of a disbursement: the table, its ends, and the trigger that says the same."""

import re
from itertools import product
from pathlib import Path

import pytest

from ankuan.disbursement.transitions import LIFE, LifeEvent, LineOutcome, Status, event_of_outcomes, status_pairs
from ankuan.kernel.states import IllegalTransition

MIGRATION = Path(__file__).resolve().parents[3] / "alembic" / "versions" / "0007_disbursement.py"
S, R = LineOutcome.SETTLED, LineOutcome.REFUSED


def test_every_state_is_reached_and_every_event_applies() -> None:
    assert LIFE.gaps(Status, LifeEvent) == []


def test_final_states() -> None:
    assert LIFE.final() == {Status.SETTLED, Status.WITHDRAWN, Status.REJECTED}


def test_the_trigger_of_the_migration_lists_the_same_changes() -> None:
    listed = re.findall(r"'(\w+)>(\w+)'", MIGRATION.read_text(encoding="utf-8"))
    assert set(listed) == status_pairs()
    assert len(listed) == len(status_pairs())


@pytest.mark.parametrize(("status", "event"), list(product(Status, LifeEvent)))
def test_an_event_out_of_place_raises(status: Status, event: LifeEvent) -> None:
    if event in LIFE.events(status):
        assert LIFE.next(status, event) in Status
    else:
        with pytest.raises(IllegalTransition):
            LIFE.next(status, event)


@pytest.mark.parametrize(
    ("status", "outcomes", "event"),
    [
        (Status.RELEASED, [None], None),
        (Status.RELEASED, [S, None], None),
        (Status.RELEASED, [R, None], None),
        (Status.RELEASED, [S], LifeEvent.ALL_SETTLED),
        (Status.RELEASED, [S, S], LifeEvent.ALL_SETTLED),
        (Status.RELEASED, [S, R], LifeEvent.SOME_SETTLED),
        (Status.RELEASED, [R, R], LifeEvent.NONE_SETTLED),
        (Status.FAILED, [R, S], LifeEvent.LATE_SETTLED),
        (Status.FAILED, [S], LifeEvent.LATE_ALL_SETTLED),
        (Status.PARTLY_SETTLED, [S, S], LifeEvent.LATE_ALL_SETTLED),
        (Status.PARTLY_SETTLED, [S, R, S], LifeEvent.LATE_SETTLED),
    ],
)
def test_outcomes_of_lines_decide(status: Status, outcomes: list[LineOutcome | None], event: LifeEvent | None) -> None:
    assert event_of_outcomes(status, outcomes) is event
    if event is not None:
        assert LIFE.next(status, event) in Status
