"""What a plugin's README says that it takes for granted until its bank has been met."""

import re
from pathlib import Path
from typing import Final

HEADING: Final = "documented assumptions"
MARK: Final = re.compile(r"\[[CPKA]\]")
"""[C] confirmed by the bank's document, [P] partly, [K] general knowledge of the field, [A] assumed."""
_SECTION: Final = re.compile(r"^##\s+", re.MULTILINE)
_ITEM: Final = re.compile(r"^(?:\d+\.|[*-])\s+(.+?)(?=^(?:\d+\.|[*-])\s|\Z)", re.MULTILINE | re.DOTALL)


def documented_assumptions(folder: Path) -> list[str]:
    """The items under the README's heading of that name, one text each; none without a README."""
    path = folder / "README.md"
    return assumptions_in(path.read_text(encoding="utf-8")) if path.is_file() else []


def assumptions_in(readme: str) -> list[str]:
    """The same of a README's text."""
    found = next((part for part in _SECTION.split(readme) if part.lower().startswith(HEADING)), "")
    return [" ".join(item.split()) for item in _ITEM.findall(found)]
