"""The plugin host: finds plugins, gives them out by id, and stands between them and the platform."""

from ankuan.platform.plugins.errors import CircuitOpen, NothingSent, PluginDisabled, UnknownPlugin
from ankuan.platform.plugins.guarded_bank import GuardedBank
from ankuan.platform.plugins.host import HostState, LeftOut, PluginHost
from ankuan.platform.plugins.loading import load_plugins

__all__ = [
    "CircuitOpen",
    "GuardedBank",
    "HostState",
    "LeftOut",
    "NothingSent",
    "PluginDisabled",
    "PluginHost",
    "UnknownPlugin",
    "load_plugins",
]
