"""Events as lines in daily files: hook implementation only."""

from ankuan.plugin_api.events import EventListener
from ankuan.plugin_api.hooks import hookimpl
from ankuan_listener_journal.journal import Journal, folder_from_environment


@hookimpl
def ankuan_register_event_listener() -> EventListener:
    """Tell the platform who writes the journal. The folder is looked up at each event."""
    return Journal(folder_from_environment)
