"""The generated pages speak of every command and every setting."""

from typer.main import get_command

from ankuan.cli.main import app
from ankuan.cli.reference import pages
from ankuan.platform.settings import Settings
from tests.tidy.source import ROOT


def test_every_command_stands_there_with_its_meaning() -> None:
    text = pages()["commands.md"]
    commands = getattr(get_command(app), "commands", {})
    assert len(commands) > 5
    for name, command in commands.items():
        assert f"## `ankuan {name}" in text
        assert command.help


def test_every_setting_stands_there() -> None:
    text = pages()["settings.md"]
    for name in Settings.model_fields:
        assert f"`ANKUAN_{name.upper()}`" in text
    assert "|  |" not in text  # each with its meaning


def test_committed_pages_are_what_the_code_says() -> None:
    for name, text in pages().items():
        page = ROOT / "docs" / "reference" / name
        assert page.exists(), "run make docs"
        assert page.read_text(encoding="utf-8") == text, "run make docs"
