"""The plugin host: finds plugins, gives them out by id, and stands between them and the platform."""

from ankuan.platform.plugins.guard import GuardedBank
from ankuan.platform.plugins.host import PluginHost, UnknownPlugin
from ankuan.platform.plugins.loading import load_plugins

__all__ = ["GuardedBank", "PluginHost", "UnknownPlugin", "load_plugins"]
