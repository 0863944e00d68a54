"""Queries about integrations and plugins."""

from typing import Annotated

import strawberry

from ankuan.banking.graphql.integration_types import IntegrationType, integration_type
from ankuan.banking.graphql.plugin_types import LeftOutPluginType, PluginType, plugin_types
from ankuan.banking.graphql.settings_form import PluginSettingType, settings_form
from ankuan.banking.integration_queries import get_integration, search_integrations
from ankuan.banking.queries import FundAccountNotFound, get_fund_account
from ankuan.kernel.errors import NotAllowed
from ankuan.platform.graphql.connection import Connection, connection
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import Ref, expect_id
from ankuan.registry.graphql import AFTER, FIRST, After, First, court_argument
from ankuan.registry.scope import courts_for

READ = "integration.read"
OfCourt = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this court.")]
OfAccount = Annotated[strawberry.ID, strawberry.argument(description="The fund account.")]
OfPlugin = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this id, such as bank_citic.")]


@strawberry.type
class IntegrationQuery:
    """Part of Query."""

    @strawberry.field(description="How each fund account's bank is reached, the worst first.")
    async def integrations(
        self, info: Information, court_id: OfCourt = None, first: First = FIRST, after: After = AFTER
    ) -> Connection[IntegrationType]:
        """Integrations."""
        context = info.context
        court = court_argument(info, court_id)
        context.gate.require(context.actor, READ, court_id=court)
        courts = frozenset({court}) if court_id else courts_for(context.actor, READ)
        async with context.read() as session:
            page = await search_integrations(
                session, courts=courts, plugins=context.plugins, now=context.clock.now(), first=first, after=after
            )
        return connection(page.with_rows([integration_type(row) for row in page.rows]))

    @strawberry.field(description="How one fund account's bank is reached.")
    async def integration(self, info: Information, fund_account_id: OfAccount) -> IntegrationType:
        """One of them."""
        return await _integration(info, expect_id(fund_account_id, "FundAccount", field="fundAccountId"))

    @strawberry.field(description="The form of a fund account's settings; secrets only say that they are there.")
    async def plugin_settings(self, info: Information, fund_account_id: OfAccount) -> list[PluginSettingType]:
        """The form, also of a plugin that is switched off. Raises ``UnknownPlugin``."""
        context = info.context
        ref = expect_id(fund_account_id, "FundAccount", field="fundAccountId")
        async with context.read() as session:
            account = await get_fund_account(session, court_id=ref.court_id, fund_account_id=ref.uuid)
        context.gate.require(context.actor, READ, court_id=account.court_id)
        plugin = context.plugins.banks.get(account.bank_id) or context.plugins.bank(account.bank_id)
        return settings_form(account, plugin.settings)

    @strawberry.field(description="Installed plugins, banks first.")
    async def plugins(self, info: Information, id: OfPlugin = None) -> list[PluginType]:  # noqa: A002 - as in the schema
        """All of them, or the one of an id."""
        _require_somewhere(info)
        return [one for one in plugin_types(info.context.plugins) if id is None or one.id == id]

    @strawberry.field(description="Plugins that are installed and not used, with the reason.")
    async def left_out_plugins(self, info: Information) -> list[LeftOutPluginType]:
        """What the start has left out."""
        _require_somewhere(info)
        return [
            LeftOutPluginType(name=one.name, reason=one.reason, detail=one.detail)
            for one in info.context.plugins.left_out
        ]


async def integration_node(info: Information, ref: Ref) -> IntegrationType | None:
    """An integration, by ``integration.read``."""
    try:
        return await _integration(info, ref)
    except FundAccountNotFound:
        return None


async def _integration(info: Information, ref: Ref) -> IntegrationType:
    context = info.context
    async with context.read() as session:
        found = await get_integration(
            session,
            court_id=ref.court_id,
            fund_account_id=ref.uuid,
            plugins=context.plugins,
            now=context.clock.now(),
        )
    context.gate.require(context.actor, READ, court_id=found.account.court_id)
    return integration_type(found)


def _require_somewhere(info: Information) -> None:
    """Plugins belong to no court: who may look at integrations anywhere may see them."""
    actor = info.context.actor
    if actor.court_id is None:
        raise NotAllowed("当前用户不属于任何法院", "The viewer belongs to no court", permission=READ)
    info.context.gate.require(actor, READ, court_id=actor.court_id)
