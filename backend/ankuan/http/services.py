"""What one API process holds: database, bell, plugins, keys, the event feed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from ankuan.api.feed import EventFeed
from ankuan.banking.switch_plugin import follow_switches
from ankuan.kernel.clock import SystemClock
from ankuan.platform.bell import RedisBell, SilentBell
from ankuan.platform.bus import EventBus
from ankuan.platform.crypto import FieldCipher, load_cipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.plugins import PluginHost, load_plugins
from ankuan.platform.service_loop import settle_memory
from ankuan.platform.settings import Settings


class Services:
    """Filled by :func:`open_services`; only then may it be used."""

    database: Database
    feed: EventFeed
    plugins: PluginHost
    cipher: FieldCipher

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()


@asynccontextmanager
async def open_services(services: Services, bus: EventBus) -> AsyncIterator[None]:
    """Open connections for the life of the application."""
    settings = services.settings
    redis = Redis.from_url(settings.redis_url) if settings.redis_url else None
    bell = RedisBell(redis) if redis is not None else SilentBell()
    services.database = Database(make_engine(settings.database_url, pool_size=settings.pool_size), bus=bus, bell=bell)
    services.plugins = load_plugins(data_dir=settings.data_dir)
    services.cipher = load_cipher(settings.key_file)
    services.feed = EventFeed(services.database)
    await services.feed.start()
    switches = asyncio.create_task(follow_switches(services.database, services.plugins), name="switches")
    settle_memory()
    try:
        yield
    finally:
        switches.cancel()
        await asyncio.gather(switches, return_exceptions=True)
        await services.feed.stop()
        services.plugins.close()
        await services.database.close()
        if redis is not None:
            await redis.aclose()
