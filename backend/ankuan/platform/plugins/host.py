"""What the installed plugins have registered, by kind and id."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from ankuan.kernel.clock import Clock, SystemClock
from ankuan.platform.plugins.bulkhead import Bulkhead
from ankuan.platform.plugins.endpoints import Endpoints, Owner
from ankuan.platform.plugins.errors import PluginDisabled, UnknownPlugin
from ankuan.platform.plugins.guard import Guard, Keep, Line
from ankuan.platform.plugins.guarded_bank import GuardedBank
from ankuan.plugin_api.accounts import AccountVerifier
from ankuan.plugin_api.bank import BankPlugin, FundAccountRef
from ankuan.plugin_api.events import EventListener
from ankuan.plugin_api.matching import MatcherPlugin
from ankuan.plugin_api.reports import ReportPlugin
from ankuan.plugin_api.services import PluginServices
from ankuan.plugin_api.signing import SignerPlugin
from ankuan.plugin_api.sms import SmsPlugin

GRACE_SECONDS: Final = 5
"""How much longer than its own limit a call may take before the host cuts it off."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A plugin that is installed and not used. ``reason`` is a stable word, ``detail`` names the culprit."""

    name: str
    reason: str
    detail: str = ""


@dataclass(eq=False)
class HostState:
    """What lives as long as the process: threads, endpoints, and which plugins are switched off."""

    endpoints: Endpoints = field(default_factory=lambda: Endpoints(SystemClock()))
    bulkheads: dict[str, Bulkhead] = field(default_factory=dict)
    switched_off: dict[str, str] = field(default_factory=dict)
    """Plugin id -> reason. Filled from the database by whoever runs this process."""
    told_stuck: set[str] = field(default_factory=set)
    """Plugins without threads of which an alarm has told."""
    _lock: Lock = field(default_factory=Lock)

    def stuck(self) -> set[str]:
        """Plugins that have blocked all the threads they could have."""
        return {plugin_id for plugin_id, bulkhead in self.bulkheads.items() if bulkhead.is_spent}

    def bulkhead(self, plugin_id: str) -> Bulkhead:
        """The plugin's own thread."""
        with self._lock:
            return self.bulkheads.setdefault(plugin_id, Bulkhead(plugin_id))

    def switch(self, switched_off: dict[str, str]) -> None:
        """Take over which plugins are off. One that is switched on again gets threads again."""
        for plugin_id in self.switched_off.keys() - switched_off.keys():
            if plugin_id in self.bulkheads:
                self.bulkheads[plugin_id].forgive()
        self.switched_off = switched_off


@dataclass(frozen=True, slots=True)
class PluginHost:
    """What the installed plugins have registered."""

    banks: dict[str, BankPlugin] = field(default_factory=dict)
    verifiers: dict[str, AccountVerifier] = field(default_factory=dict)
    signers: dict[str, SignerPlugin] = field(default_factory=dict)
    matchers: dict[str, MatcherPlugin] = field(default_factory=dict)
    reports: dict[str, ReportPlugin] = field(default_factory=dict)
    sms: dict[str, SmsPlugin] = field(default_factory=dict)
    listeners: dict[str, EventListener] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    left_out: tuple[LeftOut, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    state: HostState = field(default_factory=HostState)

    def bank(self, plugin_id: str) -> BankPlugin:
        """The bank plugin of this id. Raises :class:`UnknownPlugin`, :class:`PluginDisabled`."""
        found = self.banks.get(plugin_id)
        if found is None:
            raise UnknownPlugin(f"银行插件 {plugin_id} 未安装", f"Bank plugin {plugin_id} is not installed")
        if plugin_id in self.state.switched_off:
            raise PluginDisabled(f"银行插件 {plugin_id} 已停用", f"Bank plugin {plugin_id} is switched off")
        return found

    def pinned(self, plugin_id: str) -> str:
        """Id and version of the code that would act now, as attempts record it (failures D27)."""
        version = self.versions.get(plugin_id)
        return f"{plugin_id} {version}" if version else plugin_id

    def connect(
        self,
        plugin_id: str,
        account: FundAccountRef,
        *,
        timeout_seconds: int,
        owner: Owner | None = None,
        keep: Keep | None = None,
    ) -> GuardedBank:
        """A guarded connector for one fund account; nothing is called yet.

        ``owner``: (court, fund account), whose health the calls tell. ``keep``: keeps the exchanges of what is neither
        an order nor a page of lines. Raises :class:`UnknownPlugin`, :class:`PluginDisabled`.
        """
        plugin = self.bank(plugin_id)
        state = self.state
        line = Line(
            plugin,
            account,
            PluginServices(timeout_seconds=timeout_seconds, clock=self.clock, signers=self.signers),
            state.bulkhead(plugin_id),
            state.endpoints.endpoint(plugin, account.settings, owner=owner),
            state.endpoints,
            timeout_seconds + GRACE_SECONDS,
        )
        return GuardedBank(Guard(line, keep))

    def close(self) -> None:
        """End the plugins' threads."""
        for bulkhead in self.state.bulkheads.values():
            bulkhead.close()
