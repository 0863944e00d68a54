"""One execution for all subscribers of an event who ask the same and would get the same.

Two hundred people of a court follow arrivals with the same document. Executing it two hundred times makes the last of
them wait; so the first execution's data goes to all, unless a resolver asked who the viewer is. Then it goes only to
the sockets of that same person. Whether somebody may hear of the event at all is decided before, for each of them.
"""

from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, cast

from graphql import ExecutionResult, OperationDefinitionNode, OperationType, VariableNode, Visitor, visit
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

    _asks: str = ""

    def execute_operation(self, serially: bool | None = None) -> Any:
        """See the base class."""
        is_event = self.operation.operation is OperationType.SUBSCRIPTION and hasattr(self.root_value, "cursor")
        if is_event and isinstance(self.context_value, Context) and self.context_value.viewer is not None:
            return self._shared(self.context_value, self.context_value.viewer)
        return super().execute_operation(serially)

    def build_per_event_executor(self, payload: Any) -> Any:
        """Name what is asked once, before the first event; the copies for events inherit it."""
        if not self._asks:
            self._asks = f"{id(self.operation)}:{self._inner_variables()}"
        return super().build_per_event_executor(payload)

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

    async def _shared(self, context: Context, viewer: Actor) -> ExecutionResult:
        name = f"{self._asks}:{context.language}"
        made = await context.feed.shared(self.root_value, name, self._make)
        if made.depends_on_viewer:
            made = await context.feed.shared(self.root_value, f"{name}:{viewer.kind}:{viewer.id}", self._make)
        return ExecutionResult(made.result.data, list(made.result.errors or []) or None)

    async def _make(self) -> _Made:
        asked: deque[bool] = deque(maxlen=1)
        VIEWER_ASKED.set(asked)
        result = super().execute_operation(serially=False)
        if self.is_awaitable(result):
            result = await cast("Awaitable[ExecutionResult]", result)
        return _Made(self.operation, cast("ExecutionResult", result), bool(asked))
