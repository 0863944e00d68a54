"""The version of the plugin contract. Before 1.0 a minor number may break; from 1.0 on only a major one."""

PLUGIN_API_VERSION = "0.1.0"
ENTRY_POINT_GROUP = "ankuan"
SIMULATOR_ENTRY_POINT_GROUP = "ankuan.simulators"
