"""Short messages to a file and the log: hook implementation only."""

from ankuan.plugin_api.hooks import hookimpl
from ankuan.plugin_api.sms import SmsPlugin
from ankuan_sms_console.console import ConsoleSms, file_from_environment


@hookimpl
def ankuan_register_sms() -> SmsPlugin:
    """Tell the platform about this provider."""
    return ConsoleSms(file_from_environment())
