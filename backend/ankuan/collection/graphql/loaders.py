"""Data loaders: one query for all siblings of a request, under the viewer's scope."""

from uuid import UUID

from strawberry.dataloader import DataLoader

from ankuan.collection import queries
from ankuan.collection.rules import Suggestion
from ankuan.collection.suggest_cases import Clue, suggest_cases
from ankuan.collection.tables import Allocation
from ankuan.kernel.money import Money
from ankuan.platform.graphql.context import Information

Ref = tuple[int, UUID]


def allocations(info: Information) -> DataLoader[Ref, list[Allocation]]:
    """Allocations by (court, receipt)."""

    async def load(refs: list[Ref]) -> list[list[Allocation]]:
        async with info.context.read() as session:
            found = await queries.allocations_by_receipt(session, refs)
        return [found.get(ref, []) for ref in refs]

    return info.context.loader("receipt.allocations", load)


def suggestions(info: Information) -> DataLoader[Clue, tuple[Suggestion, ...]]:
    """Suggestions by what a receipt tells."""

    async def load(clues: list[Clue]) -> list[tuple[Suggestion, ...]]:
        matchers = list(info.context.plugins.matchers.values())
        found = await suggest_cases(info.context.read, clues, matchers)
        return [found[clue.court_id, clue.receipt_id] for clue in clues]

    return info.context.loader("receipt.suggestions", load)


def available(info: Information) -> DataLoader[tuple[int, UUID, UUID], Money]:
    """What a case can dispose of, by (court, fund account, case)."""

    async def load(keys: list[tuple[int, UUID, UUID]]) -> list[Money]:
        async with info.context.read() as session:
            found = await queries.available_by_case(session, {(court, case) for court, _, case in keys})
        return [found.get(key, Money(0)) for key in keys]

    return info.context.loader("case.available", load)
