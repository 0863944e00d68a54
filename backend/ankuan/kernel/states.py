"""Lives: one table of transitions for each thing that has states. What the table does not allow raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from ankuan.kernel.errors import AnkuanError, ErrorKind

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class IllegalTransition(AnkuanError):
    """The thing is in a state in which this event may not happen; nothing was changed."""

    code = "illegal_transition"
    kind = ErrorKind.CONFLICT


class TransitionTable(Generic[S, E]):
    """The transitions of one life, ``{(state, event): next state}``.

    The life begins in ``initial``, or, when not given, in the state of the first row.
    """

    def __init__(self, transitions: Mapping[tuple[S, E], S], *, initial: S | None = None) -> None:
        if not transitions:
            raise ValueError("a life has at least one transition")
        self.transitions: Mapping[tuple[S, E], S] = MappingProxyType(dict(transitions))
        self.initial: S = next(iter(transitions))[0] if initial is None else initial

    def next(self, state: S, event: E) -> S:
        """Return the state after ``event`` in ``state``; IllegalTransition when the table has no such row."""
        after = self.transitions.get((state, event))
        if after is None:
            raise IllegalTransition(
                f"当前状态“{state}”不允许操作“{event}”",
                f"In state {state} the event {event} is not allowed",
                state=str(state),
                event=str(event),
            )
        return after

    def events(self, state: S) -> frozenset[E]:
        """Return the events allowed in ``state``; none means that the state is final."""
        return frozenset(event for source, event in self.transitions if source == state)

    def states(self) -> frozenset[S]:
        """Return every state the table mentions."""
        sources = {source for source, _ in self.transitions}
        return frozenset({self.initial, *sources, *self.transitions.values()})

    def final(self) -> frozenset[S]:
        """Return the states that no event leaves."""
        return frozenset(state for state in self.states() if not self.events(state))

    def reachable(self, start: S | None = None) -> frozenset[S]:
        """Return the states that events can lead to from ``start`` (default: the initial state), itself included."""
        seen: set[S] = set()
        queue = [self.initial if start is None else start]
        while queue:
            state = queue.pop()
            if state not in seen:
                seen.add(state)
                queue.extend(after for (source, _), after in self.transitions.items() if source == state)
        return frozenset(seen)

    def gaps(self, states: Iterable[S], events: Iterable[E]) -> list[str]:
        """Say what is missing: declared states that cannot be reached, declared events that never apply, strangers.

        For tests: ``assert TABLE.gaps(State, Event) == []``.
        """
        declared, known = set(states), set(events)
        used = {event for _, event in self.transitions}
        reached = self.reachable()
        return [
            *sorted(f"state {state} is never reached" for state in declared | self.states() if state not in reached),
            *sorted(f"state {state} is not declared" for state in self.states() - declared),
            *sorted(f"event {event} never applies" for event in known - used),
            *sorted(f"event {event} is not declared" for event in used - known),
        ]
