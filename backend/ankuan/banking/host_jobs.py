"""Background work of the plugin host: health, switches, certificates, the end of raw messages."""

from ankuan.banking.endpoint_health import store_health
from ankuan.banking.purge_messages import courts_to_purge, purge_messages
from ankuan.banking.switch_plugin import refresh_switches
from ankuan.banking.watch_certificates import watch_certificates
from ankuan.platform.jobs import Arguments, Finder, Job, JobCall, JobContext, RoomJobs

HOUR = 3600.0


async def _find_health(context: JobContext) -> list[JobCall]:
    state = context.plugins.state
    is_due = state.endpoints.is_dirty() or state.stuck() != state.told_stuck
    return [JobCall("store_health")] if is_due else []


async def _find_switches(context: JobContext) -> list[JobCall]:
    """A look that changes nothing but this process's memory; it needs no job."""
    await refresh_switches(context.database, context.plugins)
    return []


async def _find_certificates(context: JobContext) -> list[JobCall]:
    return [JobCall("watch_certificates")] if context.plugins.signers else []


async def _find_purges(context: JobContext) -> list[JobCall]:
    async with context.database.read(context.actor) as session:
        return [JobCall("purge_messages", {"court": court}) for court in await courts_to_purge(session)]


async def _store_health(context: JobContext, _: Arguments) -> None:
    await store_health(context)


async def _watch_certificates(context: JobContext, _: Arguments) -> None:
    await watch_certificates(context)


async def _purge_messages(context: JobContext, arguments: Arguments) -> None:
    await purge_messages(context, court_id=int(arguments["court"]))


HOST_JOBS = RoomJobs(
    jobs=(
        Job("store_health", _store_health, limit_seconds=20),
        Job("watch_certificates", _watch_certificates, limit_seconds=120),
        Job("purge_messages", _purge_messages, limit_seconds=60),
    ),
    finders=(
        Finder("health", _find_health, every_seconds=3.0),
        Finder("plugin_switches", _find_switches, every_seconds=1.0),
        Finder("certificates", _find_certificates, every_seconds=HOUR),
        Finder("purges", _find_purges, every_seconds=HOUR),
    ),
)
