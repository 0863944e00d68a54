"""Applies the migrations, and tells cheaply whether any are missing."""

import re
from pathlib import Path

import ankuan

_REVISION = re.compile(r"^revision(?::\s*\w+)?\s*=\s*[\"'](?P<id>[^\"']+)", re.MULTILINE)
_PARENT = re.compile(r"^down_revision[^=]*=\s*[\"'](?P<id>[^\"']+)", re.MULTILINE)


class NoMigrations(Exception):
    """The migrations are not where this installation should have them, or they have no single head."""


def scripts_folder() -> Path:
    """The folder that holds ``env.py`` and ``versions/``: beside the backend in a checkout."""
    folder = Path(ankuan.__file__).resolve().parents[2] / "alembic"
    if not (folder / "env.py").exists():
        raise NoMigrations(f"no migrations in {folder}: run from a checkout")
    return folder


def newest_revision(folder: Path) -> str:
    """Id of the last migration, read from the files without importing Alembic (which takes a second)."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((folder / "versions").glob("*.py"))]
    revisions = {found["id"] for text in texts if (found := _REVISION.search(text))}
    parents = {found["id"] for text in texts if (found := _PARENT.search(text))}
    heads = revisions - parents
    if len(heads) != 1:
        raise NoMigrations(f"the migrations in {folder} have {len(heads)} heads: {', '.join(sorted(heads))}")
    return heads.pop()


async def applied_revision(owner_url: str) -> str | None:
    """Id of the last migration that the database has seen; None when it has seen none."""
    import asyncpg

    connection = await asyncpg.connect(owner_url.replace("+asyncpg", "", 1))
    try:
        if await connection.fetchval("select to_regclass('public.alembic_version')") is None:
            return None
        found: str | None = await connection.fetchval("select version_num from alembic_version")
        return found
    finally:
        await connection.close()


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Apply all migrations up to ``revision`` as the owner. Must not be called inside a running event loop."""
    from alembic import command
    from alembic.config import Config

    folder = scripts_folder()
    config = Config(str(folder.parent / "alembic.ini"))
    config.attributes["url"] = owner_url
    command.upgrade(config, revision)
