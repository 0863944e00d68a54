"""Writes the generated pages of the documentation: ``python -m ankuan.cli.reference FOLDER``."""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from ankuan.cli.main import app
from ankuan.platform.settings import Settings


def pages() -> dict[str, str]:
    """File name to content."""
    return {"commands.md": _commands(), "settings.md": _settings()}


def _commands() -> str:
    lines = ["# Commands", "", "Every command also takes `--help`."]
    for command, path in _walk(get_command(app), "ankuan"):
        lines += ["", f"## `{path}`", "", " ".join((command.help or "").split()), ""]
        for parameter in command.params:
            names = " / ".join([*parameter.opts, *parameter.secondary_opts])
            variable = f" (`{parameter.envvar}`)" if parameter.envvar else ""
            lines.append(f"* `{names}`{variable}: {getattr(parameter, 'help', None) or ''}")
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"


def _walk(command: Any, path: str) -> Iterator[tuple[Any, str]]:
    """The leaves of the tree of commands (typer keeps its own copy of click's classes, which have no public name)."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield command, path
    else:
        for name, found in inner.items():
            yield from _walk(found, f"{path} {name}")


def _settings() -> str:
    meanings = _meanings()
    lines = [
        "# Settings",
        "",
        "Read from the environment by every process.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `ANKUAN_{name.upper()}` | `{field.default!s}` | {meanings.get(name, '')} |")
    return "\n".join(lines) + "\n"


def _meanings() -> dict[str, str]:
    """The strings below the settings' declarations, which Python itself forgets."""
    [found] = [node for node in ast.parse(inspect.getsource(Settings)).body if isinstance(node, ast.ClassDef)]
    return {
        declared.target.id: " ".join(said.value.value.split())
        for declared, said in zip(found.body, found.body[1:], strict=False)
        if isinstance(declared, ast.AnnAssign)
        and isinstance(declared.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }


def main(folder: Path) -> None:
    """Write all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
