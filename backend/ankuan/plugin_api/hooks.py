"""Hook specifications. pluggy discovers connectors through them; see ``bank.py`` and ``sms.py`` for the Protocols."""

import pluggy

from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.events import EventListener
from ankuan.plugin_api.sms import SmsPlugin
from ankuan.plugin_api.version import ENTRY_POINT_GROUP

hookspec = pluggy.HookspecMarker(ENTRY_POINT_GROUP)
hookimpl = pluggy.HookimplMarker(ENTRY_POINT_GROUP)


class AnkuanSpec:
    """Every hook of the platform. Each returns a description; nothing is called over the network here."""

    @hookspec
    def ankuan_register_bank(self) -> BankPlugin:  # type: ignore[empty-body]
        """Return the bank this plugin speaks to. Called once at start; must not block or connect."""

    @hookspec
    def ankuan_register_sms(self) -> SmsPlugin:  # type: ignore[empty-body]
        """Return the short-message provider of this plugin. Called once at start; must not block or connect."""

    @hookspec
    def ankuan_register_event_listener(self) -> EventListener:  # type: ignore[empty-body]
        """Return a listener that is told committed events, at least once each and in order."""
