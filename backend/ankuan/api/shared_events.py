"""One execution for all subscribers of an event who ask the same and would get the same.

Two hundred people of a court follow arrivals with the same document. Executing it two hundred times makes the last of
them wait; so the first execution's data goes to all, unless a resolver asked who the viewer is. Then it goes only to
the sockets of that same person. Whether somebody may hear of the event at all is decided before, for each of them.
"""

from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, cast

from graphql import ExecutionResult, OperationDefinitionNode, VariableNode, Visitor, visit
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from ankuan.kernel.ids import content_digest
from ankuan.platform.actor import Actor
from ankuan.platform.graphql.context import VIEWER_ASKED, Context


@dataclass(frozen=True, slots=True)
class _Made:
    """A result. It keeps the document alive, by whose identity it is found again."""

    operation: OperationDefinitionNode
    result: ExecutionResult
    depends_on_viewer: bool


class SharingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes everything as usual, except events of subscriptions."""

    asks: str = ""

    def build_per_event_executor(self, payload: Any) -> Any:
        """For an event that can be shared, something lighter than a copy of everything; else the copy."""
        context = self.context_value
        if not (hasattr(payload, "cursor") and isinstance(context, Context) and context.viewer is not None):
            return super().build_per_event_executor(payload)
        if not self.asks:
            self.asks = f"{id(self.operation)}:{self._inner_variables()}:{context.language}"
        return _Event(self, payload, context, context.viewer)

    def make(self, payload: Any) -> "_Made | Awaitable[_Made]":
        """Execute; at once where no resolver has to wait, so that nobody else has to either."""
        asked: deque[bool] = deque(maxlen=1)
        before = VIEWER_ASKED.set(asked)
        try:
            result = super().build_per_event_executor(payload).execute_operation(False)
            if self.is_awaitable(result):
                return self._finish(cast("Awaitable[ExecutionResult]", result), asked)
        finally:
            VIEWER_ASKED.reset(before)
        return _Made(self.operation, cast("ExecutionResult", result), bool(asked))

    async def _finish(self, result: Awaitable[ExecutionResult], asked: deque[bool]) -> _Made:
        VIEWER_ASKED.set(asked)  # this runs as a task of its own
        return _Made(self.operation, await result, bool(asked))

    def _inner_variables(self) -> str:
        """Digest of the variables that fields below the root use; the root's own (``after``) choose events only."""
        used: set[str] = set()

        class Names(Visitor):
            def enter_variable(self, node: VariableNode, *_: Any) -> None:
                used.add(node.name.value)

        for root in self.operation.selection_set.selections:
            inner = getattr(root, "selection_set", None)
            visit(inner or root, Names())
        for fragment in self.fragment_definitions.values():
            visit(fragment, Names())
        given = self.variable_values.coerced
        return content_digest({name: str(given[name]) for name in sorted(used) if name in given}) if used else ""


@dataclass(frozen=True, slots=True)
class _Event:
    """One event of one subscription, in the place of a per-event executor."""

    executor: SharingExecutor
    payload: Any
    context: Context
    viewer: Actor

    def execute_operation(self, _serially: bool) -> ExecutionResult | Awaitable[ExecutionResult]:
        """What another subscriber's execution has made, at once where it is there."""
        made = self.context.feed.made(self.payload, self.executor.asks)
        if isinstance(made, _Made) and not made.depends_on_viewer:
            return _copy(made)
        return self._wait()

    async def _wait(self) -> ExecutionResult:
        feed, name = self.context.feed, self.executor.asks
        made: _Made = await feed.shared(self.payload, name, self._make)
        if made.depends_on_viewer:
            made = await feed.shared(self.payload, f"{name}:{self.viewer.kind}:{self.viewer.id}", self._make)
        return _copy(made)

    def _make(self) -> Awaitable[_Made]:
        return cast("Awaitable[_Made]", self.executor.make(self.payload))  # the feed takes either


def _copy(made: _Made) -> ExecutionResult:
    """The same data in a result of its own: what is around an operation may replace a result's errors."""
    return ExecutionResult(made.result.data, list(made.result.errors) if made.result.errors else None)
