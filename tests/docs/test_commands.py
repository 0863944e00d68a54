"""Every command and target that the documentation names exists."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from ankuan.cli.main import app
from tests.docs.pages import ROOT, blocks, pages

_PROGRAMS = {"make", "ankuan", "pytest", "mypy", "docker", "cp", "python"}
_MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
_ANKUAN = re.compile(r"^(?:\.venv/bin/)?ankuan (.+)$")


def command_lines() -> Iterator[tuple[str, list[str]]]:
    for block in blocks("sh"):
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield f"{block}: {line}", words


def test_blocks_of_commands_use_known_programs_only() -> None:
    used = {where: words[0].removeprefix(".venv/bin/") for where, words in command_lines()}
    assert {where: program for where, program in used.items() if program not in _PROGRAMS} == {}
    assert "make" in used.values()


def test_every_make_target_exists() -> None:
    texts = [block.text for block in blocks("sh")] + [code for one in pages() for code in one.inline_code]
    named = {target for text in texts for target in _MAKE.findall(text)}
    assert {"up", "test", "check", "bench"} <= named
    # Only whether there is a rule: `make -n` would walk the whole tree of files for each.
    rules = {
        word
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if (found := re.match(r"^([a-z][a-z ._-]*):(?!=)", line))
        for word in found[1].split()
    }
    assert named - rules == set()


def test_make_accepts_the_lines_of_the_readme() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "help", "status"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def ankuan_lines() -> list[str]:
    written = [shlex.join(words) for _, words in command_lines()]
    written += [code for one in pages() for code in one.inline_code]
    return sorted({found[1] for text in written if (found := _ANKUAN.match(text))})


@pytest.mark.parametrize("line", ankuan_lines())
def test_every_ankuan_command_and_option_exists(line: str) -> None:
    command: Any = typer.main.get_command(app)
    words = shlex.split(line)
    while words and not words[0].startswith("-") and hasattr(command, "commands"):
        found = command.commands.get(words[0])
        assert found is not None, f"ankuan {line}: no command {words[0]}"
        command, words = found, words[1:]
    known = {name for parameter in command.params for name in [*parameter.opts, *parameter.secondary_opts]}
    given = {word.partition("=")[0] for word in words if word.startswith("-")}
    assert given - known - {"--help"} == set(), f"ankuan {line}"
