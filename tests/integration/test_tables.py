"""The migrations make what the table classes declare: columns, types, keys and indexes, by the same names."""

import importlib
import importlib.util
import pkgutil
from typing import Any

import alembic.autogenerate
import pytest
from alembic.migration import MigrationContext
from sqlalchemy import Connection, UniqueConstraint, inspect

import ankuan
from ankuan.platform.db import Base, make_engine


def _declare_all() -> None:
    for room in pkgutil.iter_modules(ankuan.__path__, "ankuan."):
        if room.ispkg and importlib.util.find_spec(f"{room.name}.tables") is not None:
            importlib.import_module(f"{room.name}.tables")


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[Any] = list(alembic.autogenerate.compare_metadata(context, Base.metadata))
    inspector = inspect(connection)
    existing = set(inspector.get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name not in existing:  # reported above already
            continue
        made = {key["name"] for key in inspector.get_foreign_keys(table.name)}
        made |= {key["name"] for key in inspector.get_unique_constraints(table.name)}
        made.add(inspector.get_pk_constraint(table.name)["name"])
        declared = {str(key.name) for key in table.foreign_key_constraints} | {str(table.primary_key.name)}
        declared |= {str(key.name) for key in table.constraints if isinstance(key, UniqueConstraint)}
        if made != declared:
            found.append((table.name, "constraint names", sorted(map(str, made ^ declared))))
    return found


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
async def test_migrations_make_what_the_tables_declare(owner_database_url: str) -> None:
    _declare_all()
    engine = make_engine(owner_database_url, pool_size=1, as_role=None)
    try:
        async with engine.connect() as connection:
            differences = await connection.run_sync(_differences)
    finally:
        await engine.dispose()
    assert differences == [], "\n".join(str(difference)[:200] for difference in differences)
