"""The newest migration is found by reading files, as Alembic would find it."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from ankuan.cli.migrations import NoMigrations, newest_revision, scripts_folder


def test_same_head_as_alembic() -> None:
    folder = scripts_folder()
    scripts = ScriptDirectory.from_config(Config(str(folder.parent / "alembic.ini")))
    assert newest_revision(folder) == scripts.get_current_head()


@pytest.mark.parametrize("parent", ["None", "'0000'"])
def test_two_heads_are_refused(tmp_path: Path, parent: str) -> None:
    (tmp_path / "versions").mkdir()
    for name in ("a", "b"):
        (tmp_path / "versions" / f"{name}.py").write_text(f"revision = '{name}'\ndown_revision = {parent}\n")
    with pytest.raises(NoMigrations, match="2 heads: a, b"):
        newest_revision(tmp_path)


def test_no_migrations_at_all(tmp_path: Path) -> None:
    with pytest.raises(NoMigrations, match="0 heads"):
        newest_revision(tmp_path)
