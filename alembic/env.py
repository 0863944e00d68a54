"""Runs the migrations as the role that owns the tables, one process at a time, all or nothing."""

import asyncio
import importlib.util
import pkgutil

from alembic import context
from sqlalchemy import Connection, text

import ankuan
from ankuan.platform.db import Base, make_engine
from ankuan.platform.settings import Settings

# Any number will do, as long as every migrating process takes the same.
_MIGRATION_LOCK = 0x616E6B75616E


def _import_tables() -> None:
    """Every room's tables, so that a comparison of model and database is complete."""
    for room in pkgutil.iter_modules(ankuan.__path__, "ankuan."):
        name = f"{room.name}.tables"
        if room.ispkg and importlib.util.find_spec(name) is not None:
            importlib.import_module(name)


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        context.run_migrations()


async def _run_online() -> None:
    url = context.config.attributes.get("url") or Settings().owner_url
    if not url:
        raise SystemExit("No database: set ANKUAN_DATABASE_OWNER_URL, or use `ankuan migrate`.")
    engine = make_engine(url, pool_size=1, as_role=None)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run)
            await connection.commit()
    finally:
        await engine.dispose()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    if context.config.attributes.get("compare", False):
        _import_tables()
    asyncio.run(_run_online())
