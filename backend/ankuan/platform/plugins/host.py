"""What the installed plugins have registered, by kind and id."""

from dataclasses import dataclass, field

from ankuan.kernel.clock import Clock, SystemClock
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.plugins.guard import GuardedBank
from ankuan.plugin_api.accounts import AccountVerifier
from ankuan.plugin_api.bank import BankPlugin, FundAccountRef
from ankuan.plugin_api.events import EventListener
from ankuan.plugin_api.matching import MatcherPlugin
from ankuan.plugin_api.reports import ReportPlugin
from ankuan.plugin_api.services import PluginServices
from ankuan.plugin_api.signing import SignerPlugin
from ankuan.plugin_api.sms import SmsPlugin

GRACE_SECONDS = 5
"""How much longer than its own limit a call may take before the host cuts it off."""


class UnknownPlugin(AnkuanError):
    """A fund account names a plugin that is not installed here."""

    code = "plugin_not_installed"
    kind = ErrorKind.REFUSED


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

    def bank(self, plugin_id: str) -> BankPlugin:
        """The bank plugin of this id. Raises :class:`UnknownPlugin`."""
        found = self.banks.get(plugin_id)
        if found is None:
            raise UnknownPlugin(f"银行插件 {plugin_id} 未安装", f"Bank plugin {plugin_id} is not installed")
        return found

    def connect(self, plugin_id: str, account: FundAccountRef, *, timeout_seconds: int) -> GuardedBank:
        """A guarded connector for one fund account."""
        services = PluginServices(timeout_seconds=timeout_seconds, clock=self.clock, signers=self.signers)
        connector = self.bank(plugin_id).connect(account, services)
        return GuardedBank(connector, timeout_seconds=timeout_seconds + GRACE_SECONDS)
