"""The published face of the program as files: the GraphQL schema and the catalogue of errors."""

from collections.abc import Mapping
from pathlib import Path


def documents() -> Mapping[str, str]:
    """File name to content."""
    from ankuan.api.schema import schema
    from ankuan.kernel.errors import all_errors

    lines = [
        "# Errors",
        "",
        "Every typed error of a mutation or query. The code is stable; the message may change.",
        "",
        "| code | kind | meaning |",
        "|---|---|---|",
    ]
    for error in all_errors().values():
        meaning = (error.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ").replace("|", "\\|")
        lines.append(f"| `{error.code}` | {error.kind} | {' '.join(meaning.split())} |")
    return {"schema.graphql": schema.as_str().rstrip() + "\n", "errors.md": "\n".join(lines) + "\n"}


def write(folder: Path, found: Mapping[str, str]) -> None:
    """Write all files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in found.items():
        (folder / name).write_text(text, encoding="utf-8")


def differing(folder: Path, found: Mapping[str, str]) -> list[str]:
    """Names of files that are missing or differ."""
    return [
        name
        for name, text in found.items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]
