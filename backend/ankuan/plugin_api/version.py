"""The version of the plugin contract. Only a major number may break a plugin."""

PLUGIN_API_VERSION = "1.0.0"
ENTRY_POINT_GROUP = "ankuan"
SIMULATOR_ENTRY_POINT_GROUP = "ankuan.simulators"
