"""Errors outside a mutation's union: business errors with their code, defects masked behind a reference."""

from collections.abc import Iterator

import structlog
from graphql import GraphQLError
from strawberry.extensions import MaskErrors

from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.ids import new_id
from ankuan.platform.graphql.context import Context
from ankuan.platform.graphql.mutation import InvalidText

NOT_TEXT = frozenset({"22021", "22P05"})
log = structlog.get_logger(__name__)


class PresentErrors(MaskErrors):
    """Runs around each operation. Never lets the text of an unexpected exception out."""

    def __init__(self) -> None:
        super().__init__(error_message="内部错误")

    def on_operation(self) -> Iterator[None]:
        """Forget what an earlier operation on the same socket loaded, then mask what goes out."""
        context = self.execution_context.context
        if isinstance(context, Context):
            context.loaders.clear()
        yield from super().on_operation()

    def _process_result(self, result: object) -> None:
        """Like the base class, without its structural type check, which costs more than a frame's execution."""
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = self._process_errors(errors)  # type: ignore[attr-defined]  # it has errors

    def _process_errors(self, errors: list[GraphQLError]) -> list[GraphQLError]:
        return [self._present(error) for error in errors]

    def _present(self, error: GraphQLError) -> GraphQLError:
        original = error.original_error
        while isinstance(original, GraphQLError) and original.original_error is not None:
            original = original.original_error
        if isinstance(original, RecursionError) and error.path is None:
            return GraphQLError("Query is nested too deeply", extensions={"code": "query_depth_exceeded"})
        if _is_unstorable_text(original):
            original = InvalidText("文本含无效字符", "The text has invalid characters")
        if isinstance(original, AnkuanError):
            context = self.execution_context.context
            english = isinstance(context, Context) and context.language == "en"
            return GraphQLError(
                original.en if english else original.zh,
                nodes=error.nodes,
                path=error.path,
                extensions={"code": original.code, "field": original.field},
            )
        if original is None or isinstance(original, GraphQLError):
            if not (error.extensions or {}).get("code"):
                error.extensions = {**(error.extensions or {}), "code": "bad_request"}
            return error
        reference = str(new_id())  # logs mask long numbers, and know an id by its hyphens
        log.error("graphql.defect", reference=reference, path=error.path, exc_info=original)
        return GraphQLError(
            "内部错误",
            nodes=error.nodes,
            path=error.path,
            extensions={"code": "internal_error", "reference": reference},
        )


def _is_unstorable_text(error: BaseException | None) -> bool:
    """Whether the database or its driver refused a text of a query: a NUL, or half of a surrogate pair."""
    while error is not None:
        if isinstance(error, UnicodeEncodeError) or getattr(error, "sqlstate", None) in NOT_TEXT:
            return True
        error = error.__cause__
    return False
