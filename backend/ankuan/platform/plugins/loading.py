"""Finds plugins by entry point and collects what they register. Nothing that a plugin does here stops the platform.

A plugin that can't be used is left out, as a whole and alone, with a reason that people can read later
(``PluginHost.left_out``): its manifest is missing or names another API, its import or a hook raises, exits or hangs, a
hook is misspelt, what a hook returns is not what it promises, or its id is taken. A misspelt hook used to stop the
start; one plugin's slip of the pen must not keep a province's courts from paying, and what is left out is seen.
"""

from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

import pluggy
import structlog

from ankuan.platform.plugins.host import LeftOut, PluginHost
from ankuan.platform.plugins.manifests import BadManifest, check_manifest, read_manifest
from ankuan.platform.plugins.probing import DIED, HOOK_PREFIX, probe
from ankuan.plugin_api.accounts import AccountVerifier
from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.events import EventListener
from ankuan.plugin_api.hooks import AnkuanSpec
from ankuan.plugin_api.matching import MatcherPlugin
from ankuan.plugin_api.reports import ReportPlugin
from ankuan.plugin_api.signing import SignerPlugin
from ankuan.plugin_api.sms import SmsPlugin
from ankuan.plugin_api.version import ENTRY_POINT_GROUP

KINDS: Final[dict[str, tuple[str, type]]] = {
    "ankuan_register_bank": ("banks", BankPlugin),
    "ankuan_register_account_verifier": ("verifiers", AccountVerifier),
    "ankuan_register_signer": ("signers", SignerPlugin),
    "ankuan_register_matcher": ("matchers", MatcherPlugin),
    "ankuan_register_report": ("reports", ReportPlugin),
    "ankuan_register_sms": ("sms", SmsPlugin),
    "ankuan_register_event_listener": ("listeners", EventListener),
}
"""Hook -> field of the host, and the Protocol that the hook's return value has to fit."""
PROBED: Final = "plugins/probed.json"
log = structlog.get_logger(__name__)


class _Unfit(Exception):
    """Why a plugin is left out: a stable word, then a detail."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def load_plugins(extra: Iterable[object] = (), *, data_dir: Path | None = None) -> PluginHost:
    """Everything that is installed and fit. ``extra`` are plugin objects (tests, scaffolds), without a manifest.

    ``data_dir``: new plugins are tried in a child process first, whose verdict is kept there. Without it nothing is
    tried, which is for tests and tools: a plugin that takes down the interpreter takes down the caller.
    """
    loader = _Loader()
    points = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
    verdicts = probe(_with_manifest(points), data_dir / PROBED) if data_dir is not None else {}
    for point in points:
        loader.take(point.name, lambda point=point: _load(point, verdicts), _version(point))
    for number, plugin in enumerate(extra):
        loader.take(f"extra-{number}", lambda plugin=plugin: plugin, "")
    return PluginHost(**loader.found, left_out=tuple(loader.left_out), versions=loader.versions)  # type: ignore[arg-type]


def _with_manifest(points: Sequence[EntryPoint]) -> list[EntryPoint]:
    """What has no fitting manifest is not even tried."""
    fit = []
    for point in points:
        try:
            check_manifest(read_manifest(point))
        except BadManifest:
            continue
        fit.append(point)
    return fit


def _load(point: EntryPoint, verdicts: dict[str, str]) -> object:
    try:
        check_manifest(read_manifest(point))
    except BadManifest as bad:
        reason, _, detail = str(bad).partition(": ")
        raise _Unfit(reason, detail) from None
    if verdicts.get(point.name) == DIED:
        raise _Unfit(DIED)
    # What only raised in the child is tried again: what it lacked may have been installed meanwhile.
    loaded: object = point.load()
    return loaded


def _version(point: EntryPoint) -> str:
    return point.dist.version if point.dist is not None else ""


class _Loader:
    """Collects, one plugin after another, each whole or not at all."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, object]] = {field: {} for field, _ in KINDS.values()}
        self.left_out: list[LeftOut] = []
        self.versions: dict[str, str] = {}

    def take(self, name: str, load: object, version: str) -> None:
        """Load and collect one. ``load`` is called without arguments."""
        try:
            offered = _offered(load())  # type: ignore[operator]
            for field, plugin_id, _ in offered:
                if plugin_id in self.found[field]:
                    raise _Unfit("duplicate_id", plugin_id)
        except _Unfit as unfit:
            self._leave_out(name, unfit.reason, unfit.detail)
        except BaseException as error:  # noqa: BLE001 - also an exit: one plugin never stops the platform
            self._leave_out(name, "raised", type(error).__name__)
        else:
            for field, plugin_id, plugin in offered:
                self.found[field][plugin_id] = plugin
                if version:
                    self.versions[plugin_id] = version

    def _leave_out(self, name: str, reason: str, detail: str) -> None:
        log.error("plugin.left_out", plugin=name, reason=reason, detail=detail)
        self.left_out.append(LeftOut(name, reason, detail))


def _offered(plugin: object) -> list[tuple[str, str, object]]:
    """What a plugin registers: (field of the host, id, object). Raises _Unfit."""
    manager = pluggy.PluginManager(ENTRY_POINT_GROUP)
    manager.add_hookspecs(AnkuanSpec)
    manager.register(plugin)
    _check_spelling(manager, plugin)
    found = []
    for hook, (field, expected) in KINDS.items():
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            made: object = implementation.function()
            if not isinstance(made, expected):
                raise _Unfit("wrong_type", hook)
            plugin_id = getattr(made, "id", None)
            if not isinstance(plugin_id, str) or not plugin_id:
                raise _Unfit("no_id", hook)
            found.append((field, plugin_id, made))
    if not found:
        raise _Unfit("registers_nothing")
    return found


def _check_spelling(manager: pluggy.PluginManager, plugin: object) -> None:
    """pluggy knows marked functions without a hook; a forgotten mark shows by the name."""
    try:
        manager.check_pending()
    except pluggy.PluginValidationError:
        raise _Unfit("unknown_hook") from None
    marked = {found.name for found in manager.get_hookcallers(plugin) or ()}
    for name in dir(plugin):
        if name.startswith(HOOK_PREFIX) and name not in marked:
            raise _Unfit("unknown_hook", name)
