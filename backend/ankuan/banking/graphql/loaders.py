"""Data loaders: one query for all siblings of a request, under the viewer's scope."""

from collections import defaultdict
from typing import cast
from uuid import UUID

from strawberry.dataloader import DataLoader

from ankuan.banking import queries
from ankuan.banking.integration_queries import plugin_states
from ankuan.banking.tables import FundAccount, Instruction, PluginState
from ankuan.ledger.queries import FundAccountPosition, fund_account_position
from ankuan.platform.graphql.context import Information

Ref = tuple[int, UUID]


def fund_accounts(info: Information) -> DataLoader[Ref, FundAccount]:
    """Fund accounts by (court, id); one that is not in sight raises where it is awaited."""

    async def load(refs: list[Ref]) -> list[FundAccount]:
        async with info.context.read() as session:
            found = await queries.fund_accounts_by_id(session, refs)
        missing = queries.FundAccountNotFound("案款专户不存在", "No such fund account")
        # The loader raises a value that is an exception, so a caller only ever sees accounts.
        return cast("list[FundAccount]", [found.get(ref) or missing for ref in refs])

    return info.context.loader("fund_account", load)


def positions(info: Information) -> DataLoader[Ref, FundAccountPosition]:
    """What lies on fund accounts by the ledger, by (court, id)."""

    async def load(refs: list[Ref]) -> list[FundAccountPosition]:
        async with info.context.read() as session:
            return [
                await fund_account_position(session, court_id=court_id, fund_account_id=key) for court_id, key in refs
            ]

    return info.context.loader("fund_account.position", load)


def latest_instructions(info: Information) -> DataLoader[Ref, Instruction | None]:
    """The latest order of each origin, by (court, origin)."""

    async def load(refs: list[Ref]) -> list[Instruction | None]:
        by_court: defaultdict[int, list[UUID]] = defaultdict(list)
        for court_id, origin_id in refs:
            by_court[court_id].append(origin_id)
        found: dict[Ref, Instruction] = {}
        async with info.context.read() as session:
            for court_id, origins in by_court.items():
                issued = await queries.instructions_by_origin(session, court_id, origins)
                found |= {(court_id, origin): rows[-1] for origin, rows in issued.items()}
        return [found.get(ref) for ref in refs]

    return info.context.loader("instruction.latest", load)


def switches(info: Information) -> DataLoader[str, PluginState | None]:
    """The last switch of each plugin."""

    async def load(ids: list[str]) -> list[PluginState | None]:
        async with info.context.read() as session:
            found = await plugin_states(session)
        return [found.get(plugin_id) for plugin_id in ids]

    return info.context.loader("plugin.switch", load)
