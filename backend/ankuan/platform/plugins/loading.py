"""Finds plugins by entry point, checks their hooks, and collects what they register."""

from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Protocol, TypeVar

import pluggy
import structlog

from ankuan.platform.plugins.host import PluginHost
from ankuan.plugin_api.accounts import AccountVerifier
from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.events import EventListener
from ankuan.plugin_api.hooks import AnkuanSpec
from ankuan.plugin_api.matching import MatcherPlugin
from ankuan.plugin_api.reports import ReportPlugin
from ankuan.plugin_api.signing import SignerPlugin
from ankuan.plugin_api.sms import SmsPlugin
from ankuan.plugin_api.version import ENTRY_POINT_GROUP


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)
log = structlog.get_logger(__name__)


def load_plugins(extra: Iterable[object] = ()) -> PluginHost:
    """Discover by entry points, refuse unknown hooks, collect. ``extra`` are plugin objects (tests, scaffolds).

    A plugin that fails on import or while registering is logged and left out.
    """
    manager = pluggy.PluginManager(ENTRY_POINT_GROUP)
    manager.add_hookspecs(AnkuanSpec)
    _load_entry_points(manager)
    for plugin in extra:
        manager.register(plugin)
    manager.check_pending()
    return PluginHost(
        banks=_collect(manager, "ankuan_register_bank", BankPlugin),  # type: ignore[type-abstract]
        verifiers=_collect(manager, "ankuan_register_account_verifier", AccountVerifier),  # type: ignore[type-abstract]
        signers=_collect(manager, "ankuan_register_signer", SignerPlugin),  # type: ignore[type-abstract]
        matchers=_collect(manager, "ankuan_register_matcher", MatcherPlugin),  # type: ignore[type-abstract]
        reports=_collect(manager, "ankuan_register_report", ReportPlugin),  # type: ignore[type-abstract]
        sms=_collect(manager, "ankuan_register_sms", SmsPlugin),  # type: ignore[type-abstract]
        listeners=_collect(manager, "ankuan_register_event_listener", EventListener),  # type: ignore[type-abstract]
    )


def _load_entry_points(manager: pluggy.PluginManager) -> None:
    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            manager.register(point.load(), name=point.name)
        except Exception:  # a broken plugin must not keep the platform from starting
            log.exception("plugin.broken", plugin=point.name)


def _collect(manager: pluggy.PluginManager, hook: str, expected: type[N]) -> dict[str, N]:
    found: dict[str, N] = {}
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        try:
            made = implementation.function()
        except Exception:  # as above: left out, logged, and shown by its absence
            log.exception("plugin.broken", plugin=implementation.plugin_name, hook=hook)
            continue
        if isinstance(made, expected):
            found[made.id] = made
        else:
            log.error("plugin.wrong_type", plugin=implementation.plugin_name, hook=hook)
    return found
