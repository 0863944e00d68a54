"""Everything that stands around an operation, as one extension.

The library asks each extension for its part at each frame of each socket; five small ones cost more than the frame.
"""

import contextlib
from collections.abc import Iterator

from graphql import GraphQLError
from strawberry.extensions import ParserCache, ValidationCache

from ankuan.api.limits import MAX_TOKENS, LimitsRule
from ankuan.api.present_errors import PresentErrors

CACHED_DOCUMENTS = 500


class Around(ParserCache, ValidationCache, PresentErrors):
    """Caches of parsed and validated documents, the limits, and the presentation of errors."""

    def __init__(self) -> None:
        ParserCache.__init__(self, CACHED_DOCUMENTS)
        ValidationCache.__init__(self, CACHED_DOCUMENTS)
        PresentErrors.__init__(self)

    def on_operation(self) -> Iterator[None]:
        """Set the limits before anything is parsed."""
        self.execution_context.parse_options["max_tokens"] = MAX_TOKENS
        self.execution_context.validation_rules = (*self.execution_context.validation_rules, LimitsRule)
        yield from PresentErrors.on_operation(self)

    def on_parse(self) -> Iterator[None]:
        """Parse, or take it from the cache. What does not parse is left to the library, which makes an error of it:
        raised in here it would pass by the presentation, and end a subscription without a word.
        """
        context = self.execution_context
        with contextlib.suppress(GraphQLError, RecursionError):
            context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
        yield
