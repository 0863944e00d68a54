"""Installed plugins as GraphQL shows them."""

from collections.abc import Iterable

import strawberry

from ankuan.banking.graphql.bank import BankCapabilitiesType, bank_type
from ankuan.banking.graphql.certificate import PluginCertificateType, certificate_of, certificate_type
from ankuan.banking.graphql.integration_types import PluginStatus, PluginSwitch, load_switch, status_of
from ankuan.identity.permission import decide
from ankuan.kernel.errors import NotAllowed
from ankuan.platform.actor import Actor
from ankuan.platform.graphql.allowed import Allowed, allowed_unless
from ankuan.platform.graphql.context import Information
from ankuan.platform.plugins import PluginHost
from ankuan.platform.plugins.installed import InstalledPlugin, installed_plugins
from ankuan.registry.queries import get_court


@strawberry.type(name="Assumption", description="Something that a plugin takes for granted until its bank was met.")
class AssumptionType:
    """One item of the README."""

    mark: str | None = strawberry.field(
        description="C confirmed by the bank's document, P partly, K general knowledge, A assumed."
    )
    text: str = strawberry.field(description="What, as the plugin's README has it.")


@strawberry.type(name="LeftOutPlugin", description="A plugin that is installed and not used.")
class LeftOutPluginType:
    """One that was left out."""

    name: str = strawberry.field(description="Name of its entry point.")
    reason: str = strawberry.field(
        description="Stable word: manifest_missing, api_incompatible, raised, died_or_hung …"
    )
    detail: str = strawberry.field(description="Names the culprit; may be empty.")


@strawberry.type(name="Plugin", description="An installed plugin.")
class PluginType:
    """One plugin."""

    id: strawberry.ID = strawberry.field(description="Id of the plugin, such as bank_citic.")
    kind: str = strawberry.field(description="bank, verifier, signer, matcher, report, sms or listener.")
    name: str = strawberry.field(description="Name in Chinese.")
    version: str = strawberry.field(description="Version of its distribution.")
    api: str = strawberry.field(description="Versions of the plugin API that it is written for.")
    document: str = strawberry.field(description="The bank's document that it follows; may be empty.")
    document_version: str = strawberry.field(description="Version of that document.")
    is_used: bool = strawberry.field(description="Loaded; false: left out at the start.")
    abilities: list[str] = strawberry.field(description="What its manifest or, for a bank, its code declares.")

    @strawberry.field(description="How far it has come; null when it does not say.")
    def status(self) -> PluginStatus | None:
        """Status."""
        return status_of(str(self.id))

    @strawberry.field(description="Whether it is switched on, and who says so.")
    async def switch(self, info: Information) -> PluginSwitch:
        """Switch."""
        return await load_switch(info, str(self.id))

    @strawberry.field(description="What a bank can do; null for other kinds.")
    def capabilities(self, info: Information) -> BankCapabilitiesType | None:
        """Abilities one by one."""
        bank = info.context.plugins.banks.get(str(self.id))
        return bank_type(bank).capabilities if bank is not None else None

    @strawberry.field(description="What it takes for granted until its bank has been met.")
    def assumptions(self) -> list[AssumptionType]:
        """Of the README, in its order."""
        about = next((one for one in installed_plugins().values() if one.id == self.id), None)
        return [_assumption(text) for text in about.assumptions] if about is not None else []

    @strawberry.field(description="Its last certification; null when there is none.")
    def certificate(self, info: Information) -> PluginCertificateType | None:
        """Certificate."""
        found = certificate_of(info, str(self.id))
        return certificate_type(found, info.context.language) if found is not None else None

    @strawberry.field(description="Whether the viewer may switch it on or off.")
    async def viewer_can_switch(self, info: Information) -> Allowed:
        """For the administrators of the highest court; only banks can be switched."""
        actor, is_bank = info.context.actor, str(self.id) in info.context.plugins.banks
        top = await _top_court(info, actor)
        return allowed_unless(lambda: check_may_switch(actor, top=top, is_bank=is_bank), info.context.language)


async def _top_court(info: Information, actor: Actor) -> int | None:
    if actor.court_id is None:
        return None
    async with info.context.read() as session:
        return (await get_court(session, actor.court_id)).path[0]


def check_may_switch(actor: Actor, *, top: int | None, is_bank: bool = True) -> None:
    """A plugin serves every court: only an administrator of the court at the top switches it. Raises ``NotAllowed``."""
    if not is_bank:
        raise NotAllowed("只有银行插件可以启停", "Only a bank's plugin can be switched", permission="plugin.manage")
    if top is None or actor.court_id != top or not decide(actor, "plugin.manage", court_id=top).allowed:
        raise NotAllowed(
            "只有高级法院的管理员可以启停插件",
            "Only an administrator of the high court switches plugins",
            permission="plugin.manage",
        )


def plugin_types(plugins: PluginHost) -> list[PluginType]:
    """All that are installed, banks first, each kind by its id."""
    used = used_ids(plugins)
    installed = installed_plugins().values()
    known = {about.id for about in installed}
    found = [_plugin(about, plugins, is_used=about.id in used) for about in installed]
    found += [_bare(plugin_id, kind, plugins) for plugin_id, kind in used.items() if plugin_id not in known]
    return sorted(found, key=lambda one: (one.kind != "bank", one.kind, str(one.id)))


def used_ids(plugins: PluginHost) -> dict[str, str]:
    """Ids of loaded plugins, with their kinds."""
    kinds: dict[str, Iterable[str]] = {
        "bank": plugins.banks,
        "verifier": plugins.verifiers,
        "signer": plugins.signers,
        "matcher": plugins.matchers,
        "report": plugins.reports,
        "sms": plugins.sms,
        "listener": plugins.listeners,
    }
    return {plugin_id: kind for kind, found in kinds.items() for plugin_id in found}


def _plugin(about: InstalledPlugin, plugins: PluginHost, *, is_used: bool) -> PluginType:
    bank = plugins.banks.get(about.id)
    return PluginType(
        id=strawberry.ID(about.id),
        kind=about.kind,
        name=about.title,
        version=about.version,
        api=about.api,
        document=about.document,
        document_version=about.document_version,
        is_used=is_used,
        abilities=list(bank.capabilities.declared() if bank is not None else about.capabilities),
    )


def _bare(plugin_id: str, kind: str, plugins: PluginHost) -> PluginType:
    """One that has registered itself without a manifest of that id."""
    bank = plugins.banks.get(plugin_id)
    return PluginType(
        id=strawberry.ID(plugin_id),
        kind=kind,
        name=bank.display_name if bank is not None else plugin_id,
        version=plugins.versions.get(plugin_id, ""),
        api="",
        document="",
        document_version="",
        is_used=True,
        abilities=list(bank.capabilities.declared()) if bank is not None else [],
    )


def _assumption(text: str) -> AssumptionType:
    mark, _, rest = text.partition("] ")
    if rest and len(mark) == 2 and mark[0] == "[" and mark[1] in "CPKA":
        return AssumptionType(mark=mark[1], text=rest)
    return AssumptionType(mark=None, text=text)
