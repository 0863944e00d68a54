"""Hook specifications. pluggy discovers plugins through them; the Protocols they return do the work."""

import pluggy

from ankuan.plugin_api.accounts import AccountVerifier
from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.events import EventListener
from ankuan.plugin_api.matching import MatcherPlugin
from ankuan.plugin_api.reports import ReportPlugin
from ankuan.plugin_api.signing import SignerPlugin
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
    def ankuan_register_account_verifier(self) -> AccountVerifier:  # type: ignore[empty-body]
        """Return an intermediary that checks accounts of many banks. Called once at start."""

    @hookspec
    def ankuan_register_signer(self) -> SignerPlugin:  # type: ignore[empty-body]
        """Return a holder of keys. Called once at start; must not open the keys yet."""

    @hookspec
    def ankuan_register_matcher(self) -> MatcherPlugin:  # type: ignore[empty-body]
        """Return a matcher of unidentified receipts. Called once at start."""

    @hookspec
    def ankuan_register_report(self) -> ReportPlugin:  # type: ignore[empty-body]
        """Return a report that courts can draw. Called once at start."""

    @hookspec
    def ankuan_register_sms(self) -> SmsPlugin:  # type: ignore[empty-body]
        """Return the short-message provider of this plugin. Called once at start; must not block or connect."""

    @hookspec
    def ankuan_register_event_listener(self) -> EventListener:  # type: ignore[empty-body]
        """Return a listener that is told committed events, at least once each and in order."""
