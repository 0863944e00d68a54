"""Switch a plugin off or on while everything runs: orders wait, polls pause, every process follows within seconds."""

import asyncio
from datetime import datetime

import structlog
from sqlalchemy import func, select

from ankuan.banking.tables import PluginState
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.actor import system_actor
from ankuan.platform.db import Database, ReadSession, WriteSession
from ankuan.platform.plugins import PluginHost, UnknownPlugin

LOOK_SECONDS = 2.0
LONGEST_REASON = 500
_LOCK = 7_210_013
log = structlog.get_logger(__name__)


class PluginStateUnchanged(AnkuanError):
    """The plugin is switched as wanted already: somebody else was first, or nothing was meant."""

    code = "plugin_state_unchanged"
    kind = ErrorKind.CONFLICT


class SwitchReason(AnkuanError):
    """Who switches a plugin off or on says why, in at most 500 characters."""

    code = "switch_reason_required"
    kind = ErrorKind.INVALID


async def switch_plugin(
    session: WriteSession, *, plugin_id: str, enabled: bool, reason: str, plugins: PluginHost, now: datetime
) -> int:
    """Returns the number of the change. Orders under way are not called back: their outcome is asked for later.

    Raises ``UnknownPlugin``, :class:`PluginStateUnchanged`, :class:`SwitchReason`.
    """
    if plugin_id not in plugins.banks:
        raise UnknownPlugin(f"银行插件 {plugin_id[:60]} 未安装", f"Bank plugin {plugin_id[:60]} is not installed")
    if not reason.strip() or len(reason) > LONGEST_REASON or "\x00" in reason:
        raise SwitchReason("请说明原因，最多 500 字", "Say why, in at most 500 characters", field="reason")
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = await session.scalar(
        select(PluginState).where(PluginState.plugin_id == plugin_id).order_by(PluginState.number.desc()).limit(1)
    )
    if enabled == (last is None or last.enabled):
        raise PluginStateUnchanged("插件已是该状态", "The plugin is switched so already")
    number = last.number + 1 if last is not None else 1
    session.add(
        PluginState(
            plugin_id=plugin_id,
            number=number,
            enabled=enabled,
            changed_by=session.actor.name,
            changed_at=now,
            reason=reason.strip(),
        )
    )
    await session.flush()
    session.has_emitted = True  # rings the bell: every process looks at once
    log.warning("plugin.switched", plugin=plugin_id, enabled=enabled)
    return number


async def switched_off(session: ReadSession) -> dict[str, str]:
    """Plugins that are off, with the reason."""
    latest = select(PluginState.plugin_id, func.max(PluginState.number).label("number")).group_by(PluginState.plugin_id)
    newest = latest.subquery()
    rows = await session.execute(
        select(PluginState.plugin_id, PluginState.reason)
        .join(newest, (newest.c.plugin_id == PluginState.plugin_id) & (newest.c.number == PluginState.number))
        .where(~PluginState.enabled)
    )
    return {row.plugin_id: row.reason for row in rows}


async def refresh_switches(database: Database, plugins: PluginHost) -> None:
    """Take over into this process which plugins are off."""
    async with database.read(system_actor("plugin-switches")) as session:
        plugins.state.switch(await switched_off(session))


async def follow_switches(database: Database, plugins: PluginHost) -> None:
    """Refresh every two seconds until cancelled. While the database is away, what was known holds."""
    while True:
        try:
            await refresh_switches(database, plugins)
        except Exception as error:  # noqa: BLE001 - the database may be away; the next turn looks again
            log.warning("plugin.switches_unknown", kind=type(error).__name__)
        await asyncio.sleep(LOOK_SECONDS)
