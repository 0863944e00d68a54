"""Keys at the signers, for how long their certificates last: asked once a minute, not once a look."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from weakref import WeakKeyDictionary

from ankuan.banking.tables import FundAccount
from ankuan.banking.watch_certificates import Keys, all_keys, keys_used
from ankuan.platform.graphql.context import Information
from ankuan.platform.plugins import HostState, PluginHost
from ankuan.plugin_api.signing import KeyInfo

KEPT_SECONDS: Final = 60.0


@dataclass(eq=False, slots=True)
class _Kept:
    keys: Keys = field(default_factory=dict)
    until_seconds: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_KEPT: Final[WeakKeyDictionary[HostState, _Kept]] = WeakKeyDictionary()


async def nearest_end(info: Information, account: FundAccount) -> KeyInfo | None:
    """The key of an account whose certificate ends first; ``None`` when it uses none that tells its end."""
    plugin = info.context.plugins.banks.get(account.bank_id)
    if plugin is None or not info.context.plugins.signers:
        return None
    used = keys_used(account, plugin, await _keys(info.context.plugins))
    ends = [key for key in used if isinstance(key.not_after, datetime)]
    return min(ends, key=_end) if ends else None


def _end(key: KeyInfo) -> datetime:
    end = key.not_after or datetime.max.replace(tzinfo=UTC)
    return end if end.tzinfo is not None else end.replace(tzinfo=UTC)


async def _keys(plugins: PluginHost) -> Keys:
    kept = _KEPT.setdefault(plugins.state, _Kept())
    async with kept.lock:
        if time.monotonic() >= kept.until_seconds:
            kept.keys, kept.until_seconds = await all_keys(plugins), time.monotonic() + KEPT_SECONDS
    return kept.keys
