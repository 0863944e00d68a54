"""Transition tables: what is not in the table raises."""

from __future__ import annotations

from enum import StrEnum

import pytest

from ankuan.kernel.errors import ErrorKind
from ankuan.kernel.states import IllegalTransition, TransitionTable


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OFF = "off"
    BLINKING = "blinking"


class Switch(StrEnum):
    GO = "go"
    STOP = "stop"
    CUT = "cut"
    REPAIR = "repair"


TABLE = TransitionTable(
    {
        (Light.RED, Switch.GO): Light.GREEN,
        (Light.GREEN, Switch.STOP): Light.RED,
        (Light.GREEN, Switch.CUT): Light.OFF,
        (Light.BLINKING, Switch.CUT): Light.OFF,
    }
)


def test_every_pair_either_moves_or_raises() -> None:
    moved = 0
    for state in Light:
        for event in Switch:
            if (state, event) in TABLE.transitions:
                assert TABLE.next(state, event) is TABLE.transitions[state, event]
                moved += 1
            else:
                with pytest.raises(IllegalTransition) as refused:
                    TABLE.next(state, event)
                assert refused.value.details == {"state": state, "event": event}
                assert refused.value.kind is ErrorKind.CONFLICT
    assert moved == 4


def test_events_final_and_reachable_states() -> None:
    assert TABLE.initial is Light.RED
    assert TABLE.events(Light.GREEN) == {Switch.STOP, Switch.CUT}
    assert TABLE.events(Light.OFF) == frozenset()
    assert TABLE.final() == {Light.OFF}
    assert TABLE.reachable() == {Light.RED, Light.GREEN, Light.OFF}
    assert TABLE.reachable(Light.BLINKING) == {Light.BLINKING, Light.OFF}


def test_gaps_name_what_is_missing() -> None:
    assert TABLE.gaps(Light, Switch) == ["state blinking is never reached", "event repair never applies"]
    assert TABLE.gaps({Light.RED, Light.GREEN}, {Switch.GO, Switch.STOP}) == [
        "state blinking is never reached",
        "state blinking is not declared",
        "state off is not declared",
        "event cut is not declared",
    ]
    whole = TransitionTable({(Light.RED, Switch.GO): Light.GREEN}, initial=Light.RED)
    assert whole.gaps([Light.RED, Light.GREEN], [Switch.GO]) == []


def test_initial_state_may_be_given() -> None:
    table = TransitionTable({(Light.RED, Switch.GO): Light.GREEN}, initial=Light.BLINKING)
    assert table.reachable() == {Light.BLINKING}
    assert Light.BLINKING in table.final()


def test_the_table_cannot_be_changed_afterwards() -> None:
    rows = {(Light.RED, Switch.GO): Light.GREEN}
    table = TransitionTable(rows)
    rows[Light.RED, Switch.CUT] = Light.OFF
    with pytest.raises(IllegalTransition):
        table.next(Light.RED, Switch.CUT)
    with pytest.raises(TypeError):
        table.transitions[Light.RED, Switch.CUT] = Light.OFF  # type: ignore[index]


def test_an_empty_table_is_no_life() -> None:
    with pytest.raises(ValueError, match="at least one"):
        TransitionTable({})
