"""Writes the folder of a new plugin from the templates in ``assets/scaffold``."""

import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

_SUFFIX = ".tmpl"
_NAME = re.compile(r"[a-z][a-z0-9]{1,30}(_[a-z0-9]+)*")


class CannotMake(Exception):
    """The name or the kind does not fit, or the folder is there already."""


def kinds() -> list[str]:
    """Kinds there is a template for."""
    return sorted(entry.name for entry in _templates().iterdir() if entry.is_dir())


def scaffold(kind: str, name: str, *, title: str, parent: Path) -> Path:
    """Write the folder and return it. Raises :class:`CannotMake`; nothing is written then."""
    if kind not in kinds():
        raise CannotMake(f"no template for {kind!r}; there is {', '.join(kinds())}")
    if not _NAME.fullmatch(name):
        raise CannotMake("a name has lower-case letters, digits and underscores, and begins with a letter")
    identity = f"{kind}_{name}"
    target = parent / identity
    if target.exists():
        raise CannotMake(f"{target} is there already")
    words = {
        "@id@": identity,
        "@package@": f"ankuan_{identity}",
        "@dist@": f"ankuan-{identity.replace('_', '-')}",
        "@class@": "".join(part.capitalize() for part in name.split("_")),
        "@title@": title or identity,
    }
    for path, text in _files(_templates() / kind):
        written = target / _filled(path, words)
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(_filled(text, words), encoding="utf-8")
    return target


def _templates() -> Traversable:
    return resources.files("ankuan") / "assets" / "scaffold"


def _files(folder: Traversable, below: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            found += _files(entry, f"{below}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            found.append((f"{below}{entry.name.removesuffix(_SUFFIX)}", entry.read_text(encoding="utf-8")))
    return found


def _filled(text: str, words: dict[str, str]) -> str:
    for token, word in words.items():
        text = text.replace(token, word)
    return text
