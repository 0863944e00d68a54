"""Mutations about integrations: settings of a fund account, and switching a plugin off or on."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.banking.change_settings import change_fund_account_settings
from ankuan.banking.check_settings import FundAccountSettings
from ankuan.banking.graphql.integration_types import PluginSwitch, plugin_switch
from ankuan.banking.graphql.plugin_types import check_may_switch
from ankuan.banking.graphql.settings_form import PluginSettingType, settings_form
from ankuan.banking.integration_queries import plugin_states
from ankuan.banking.queries import get_fund_account
from ankuan.banking.switch_plugin import LONGEST_REASON, SwitchReason, switch_plugin
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.queries import get_court


@strawberry.input(description="The value of one setting.")
class SettingInput:
    """One setting."""

    name: str = strawberry.field(description="Name of the setting.")
    value: str = strawberry.field(description="Value; empty: none, and for a secret: as it is.")


@strawberry.input(description="Change the settings of a fund account.")
class ChangeFundAccountSettingsInput:
    """Input of changeFundAccountSettings."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    fund_account_id: strawberry.ID = strawberry.field(description="The fund account.")
    settings: list[SettingInput] = strawberry.field(description="The whole form; what is missing has no value then.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")


@strawberry.type(description="The settings are as they were sent.")
class ChangeFundAccountSettingsSuccess:
    """Success of changeFundAccountSettings."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    changed: list[str] = strawberry.field(description="Names of what changed.")
    settings: list[PluginSettingType] = strawberry.field(description="The form as it stands now.")


@strawberry.input(description="Switch a plugin off or on for the whole province.")
class SwitchPluginInput:
    """Input of switchPlugin."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    plugin: str = strawberry.field(description="Id of the bank's plugin, such as bank_citic; no global id.")
    enabled: bool = strawberry.field(description="On or off.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")


@strawberry.type(description="The plugin is switched; every process follows within seconds.")
class SwitchPluginSuccess:
    """Success of switchPlugin."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    plugin: str = strawberry.field(description="Id of the plugin.")
    switch: PluginSwitch = strawberry.field(description="Whether it is on now, and who says so.")


ChangeFundAccountSettingsResult = Annotated[
    ChangeFundAccountSettingsSuccess | AnyError,
    strawberry.union("ChangeFundAccountSettingsResult", description="Outcome of changeFundAccountSettings."),
]
SwitchPluginResult = Annotated[
    SwitchPluginSuccess | AnyError,
    strawberry.union("SwitchPluginResult", description="Outcome of switchPlugin."),
]


@strawberry.type
class IntegrationMutation:
    """Part of Mutation."""

    @strawberry.mutation(description="Change how a fund account reaches its bank; the next connection uses it.")
    async def change_fund_account_settings(
        self,
        info: Information,
        input: Annotated[ChangeFundAccountSettingsInput, strawberry.argument(description="The form.")],  # noqa: A002 - the word of the API
    ) -> ChangeFundAccountSettingsResult:
        """Change settings."""
        return await _change_settings(info, input)

    @strawberry.mutation(
        description="Switch a bank's plugin off or on: orders wait, polls pause, nothing is called back."
    )
    async def switch_plugin(
        self,
        info: Information,
        input: Annotated[SwitchPluginInput, strawberry.argument(description="Which, and why.")],  # noqa: A002 - the word of the API
    ) -> SwitchPluginResult:
        """Switch a plugin."""
        return await _switch_plugin(info, input)


async def _change_settings(info: Information, given: ChangeFundAccountSettingsInput) -> ChangeFundAccountSettingsResult:
    context = info.context

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        account = expect_id(given.fund_account_id, "FundAccount", field="fundAccountId")
        context.gate.require(context.actor, "fund_account.manage", court_id=account.court_id)
        reason = _reason(given.reason)
        changed = await change_fund_account_settings(
            session,
            court_id=account.court_id,
            fund_account_id=account.uuid,
            settings=_once_each(given.settings),
            plugins=context.plugins,
            cipher=context.cipher,
            now=now,
            reason=reason,
        )
        return {"court_id": account.court_id, "fund_account_id": account.uuid.hex, "changed": list(changed)}

    async def present(session: WriteSession, outcome: Outcome) -> ChangeFundAccountSettingsSuccess:
        account = await get_fund_account(
            session, court_id=int(outcome["court_id"]), fund_account_id=UUID(outcome["fund_account_id"])
        )
        plugin = context.plugins.banks.get(account.bank_id)
        return ChangeFundAccountSettingsSuccess(
            dry_run=given.dry_run,
            changed=list(outcome["changed"]),
            settings=settings_form(account, plugin.settings) if plugin is not None else [],
        )

    return await run_mutation(info, given, perform=perform, present=present)


def _once_each(settings: list[SettingInput]) -> dict[str, str]:
    if not settings:
        raise FundAccountSettings("请填写设置", "No settings are given", field="settings")
    found: dict[str, str] = {}
    for setting in settings:
        if setting.name in found:
            raise FundAccountSettings(
                "同一设置填了两次", "A setting is given twice", field=f"settings.{setting.name}"[:80]
            )
        found[setting.name] = setting.value
    return found


def _reason(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_REASON:
        raise SwitchReason("请说明原因，最多 500 字", "Say why, in at most 500 characters", field="reason")
    return text.strip()


async def _switch_plugin(info: Information, given: SwitchPluginInput) -> SwitchPluginResult:
    context = info.context

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        actor = context.actor
        top = (await get_court(session, actor.court_id)).path[0] if actor.court_id is not None else None
        check_may_switch(actor, top=top)
        plugin_id = given.plugin
        number = await switch_plugin(
            session,
            plugin_id=plugin_id,
            enabled=given.enabled,
            reason=given.reason,
            plugins=context.plugins,
            now=now,
        )
        return {"plugin_id": plugin_id, "number": number}

    async def present(session: WriteSession, outcome: Outcome) -> SwitchPluginSuccess:
        plugin_id = outcome["plugin_id"]
        state = (await plugin_states(session)).get(plugin_id)
        return SwitchPluginSuccess(dry_run=given.dry_run, plugin=plugin_id, switch=plugin_switch(state))

    return await run_mutation(info, given, perform=perform, present=present)
