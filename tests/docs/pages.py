"""The documentation as data: pages, links, blocks of code."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
_ANCHOR = re.compile(r'<a id="([^"]+)">')


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code and where it begins."""

    page: Path
    language: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of Markdown."""

    path: Path
    blocks: tuple[Block, ...]
    links: tuple[str, ...]
    inline_code: tuple[str, ...]
    headings: tuple[tuple[int, str], ...]
    anchors: frozenset[str]

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))


def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def page(path: Path) -> Page:
    """Read one page."""
    text = path.read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or []]
    headings = tuple(_headings(tokens))
    return Page(
        path,
        tuple(
            Block(path, token.info.strip(), token.content, (token.map or [0])[0] + 2)
            for token in tokens
            if token.type == "fence"
        ),
        tuple(str(t.attrs.get("href") or t.attrs.get("src")) for t in inline if t.type in {"link_open", "image"}),
        tuple(token.content for token in inline if token.type == "code_inline"),
        headings,
        frozenset({slug(heading) for _, heading in headings} | set(_ANCHOR.findall(text))),
    )


def _headings(tokens: list[Token]) -> list[tuple[int, str]]:
    return [
        (int(token.tag[1:]), tokens[number + 1].content)
        for number, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


@cache
def pages() -> tuple[Page, ...]:
    """All pages of the repository: README files, docs, plugins."""
    found = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CHANGELOG.md"]
    found += sorted((ROOT / "docs").rglob("*.md")) + sorted((ROOT / "plugins").glob("*/README.md"))
    return tuple(page(path) for path in found)


def blocks(*languages: str) -> list[Block]:
    """All blocks in these languages."""
    return [block for one in pages() for block in one.blocks if block.language in languages]


def text_of_docs() -> str:
    """README files and everything under docs, as one text."""
    return "\n".join(one.path.read_text(encoding="utf-8") for one in pages())
