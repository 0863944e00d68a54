"""The public contract between the platform and its plugins (semantic versioning).

A plugin imports this package (and the value types of ``ankuan.kernel`` re-exported here) and nothing else of
Ankuan. Hooks only *discover*; the typed Protocols found through them *do* the work.
"""

from ankuan.plugin_api.version import PLUGIN_API_VERSION

__all__ = ["PLUGIN_API_VERSION"]
